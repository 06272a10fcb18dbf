"""Memory kept between frames."""

import subprocess
import sys

# Pieces as large as a frame's maps, taken, touched and left over and over: what is left is trimmed.
_ROUNDS = """
import resource
import numpy as np
from restyle.engine.allocation import keep_memory
keep_memory()
def take():
    return [np.ones(3 << 20, np.uint8) for _ in range(8)]
take()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    take()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
_PAGES_A_ROUND = 8 * (3 << 20) // 4096


def test_memory_that_a_frame_leaves_is_not_asked_for_again() -> None:
    command = [sys.executable, "-c", _ROUNDS]
    faults = int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert faults < _PAGES_A_ROUND
