"""What is compiled ahead is what painting comes to: all of it, and as it is called."""

import subprocess
import sys
from pathlib import Path

import pytest

from restyle.engine.renderer import Renderer, RendererGone
from restyle.styles import Style

ROOT = Path(__file__).parents[2]
WAIT_S = 300.0

# In a process of its own: after a rehearsal nothing is what it was.
REHEARSED = """
from restyle.engine import kernels
from restyle.engine.compiler import compilations, compile_ahead
from restyle.engine.stylize import warm_up
from restyle.styles import Style

for style in Style:
    compile_ahead(style)
    for one in compilations(style):
        one.carry_out()  # waits for what another test's process was at just now
ahead = {one.compiled: set(one.compiled.overloads) for s in Style for one in compilations(s)}
missed = []
kernels.Compilation.carry_out = lambda one, **_: missed.append(one)
warm_up()
assert not missed, missed
for compiled, types in ahead.items():
    assert set(compiled.overloads) == types, compiled
print(len(ahead))
"""


def test_a_rehearsal_finds_every_kernel_of_every_style_as_it_is_called() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REHEARSED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_the_process_tells_of_each_style_and_ends() -> None:
    compiler = Renderer("restyle.engine.compiler", warm_up=True)
    try:
        compiler.send({"first": int(Style.PAPER_ART)})
        with pytest.raises(RendererGone):
            compiler.receive(WAIT_S)
        assert compiler.warm_styles == set(Style)
        assert compiler.is_warm
    finally:
        compiler.kill()
