"""The process that compiles ahead of the renderer: `python -m restyle.engine.compiler`.

numba compiles one kernel at a time in each process. On a first start the renderer compiles what it
comes to as it paints; this one works towards it, from the last style to the first, and in each
from the last kernel to the first. Each loads from disk what the other has left there. An order,
{"first": style}, names a style that somebody waits for: the longest kernels then go first, so that
neither process has a long one left when the other is done. Answers: the styles that are compiled.
It ends when all are.
"""

from functools import cache

from restyle.engine.kernels import Compilation, rehearsal
from restyle.engine.lines import Line, Lines
from restyle.engine.niceness import step_back
from restyle.engine.stylize import warm_up
from restyle.styles import Style


def main() -> None:
    """Compile the kernels of all styles."""
    step_back()
    Lines().warm_up(reversed(Style), compile_ahead, _go_first)


def _go_first(order: Line) -> None:
    for compilation in sorted(compilations(Style(order["first"])), key=lambda one: -one.size):
        compilation.carry_out(wait=False)


def compile_ahead(style: Style) -> None:
    """Compile the kernels of a style, but for what another process is at; raises Interrupted."""
    for compilation in reversed(compilations(style)):
        compilation.carry_out(wait=False)


@cache
def compilations(style: Style) -> tuple[Compilation, ...]:
    """All that has to be compiled for a style, in the order in which a painting comes to it."""
    with rehearsal() as listed:
        warm_up([style])
    return tuple(dict.fromkeys(listed))


if __name__ == "__main__":
    main()
