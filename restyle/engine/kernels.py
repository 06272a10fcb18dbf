"""Compiled loops: how a pixel function and a whole-picture kernel are declared.

A *brush* works on one pixel or one row and is compiled into the kernels that use it; a *kernel*
loops over a picture, whose rows are shared in bands among the cores. Both are compiled by numba
and kept on disk.

Rules inside either: float32 only, so literals are written F(0.5) (a bare literal is a float64 and
pulls the whole expression up); no division by what can be zero (`fastmath` knows no infinity).
numba notices a changed kernel file, but not a changed brush in another file: `kernel_cache` gives
each state of the sources a folder of its own. Without NUMBA_CACHE_DIR (a script of your own),
remove the `__pycache__` folders after editing a brush.

numba could share the rows itself (`parallel=True`), but then each kernel takes twice as long to
compile, and a first visitor waits for that; it would also not vectorise the loop inside.
"""

import contextlib
import functools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
F = np.float32

BANDS_PER_CORE = 3  # more than one: a core that has other work to do takes fewer of them

_Arguments = ParamSpec("_Arguments")
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Interrupted(Exception):
    """Something else has to be done first."""


class Band(NamedTuple):
    """One of the equal parts in which a picture's rows are shared."""

    number: int
    of: int


def kernel(
    function: Callable[Concatenate[Band, _Arguments], None],
) -> Callable[_Arguments, None]:
    """Compile a loop over `rows_in` its band; called without one, it runs them on all cores."""
    compiled = numba.njit(**_OPTIONS)(function)

    @functools.wraps(function)
    def run(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> None:
        if _interrupts[-1]():
            raise Interrupted
        # Taking from a deque is safe in any thread.
        waiting = deque(_BANDS)

        def work() -> None:
            while True:
                try:
                    band = waiting.popleft()
                except IndexError:  # None is left.
                    return
                compiled(band, *arguments, **named)

        helping = [_others.submit(work) for _ in range(_CORES - 1)]
        work()
        for helper in helping:
            # One that has not begun is not waited for: all bands are taken.
            if not helper.cancel():
                helper.result()

    return run


@contextlib.contextmanager
def interruptible(wanted: Callable[[], bool]) -> Iterator[None]:
    """Within it no kernel begins once this is wanted: Interrupted is raised instead.

    Between kernels, since a compile cannot be cut off. For one thing at a time.
    """
    _interrupts.append(wanted)
    try:
        yield
    finally:
        _interrupts.pop()


def brush(function: _Function) -> _Function:
    """Compile a function of one pixel or row, to be called from kernels, or a loop on one core."""
    return cast(_Function, numba.njit(**_OPTIONS)(function))


_OPTIONS: dict[str, Any] = {
    "cache": True,
    "fastmath": True,
    "error_model": "numpy",
    "nogil": True,
    # The way in from C, which nobody takes: compiling it is a fifth of all.
    "no_cfunc_wrapper": True,
}


@brush
def rows_in(band: Band, height: int) -> range:
    """The rows, of `height` in all, that a kernel paints in this band."""
    return range(height * band.number // band.of, height * (band.number + 1) // band.of)


_interrupts: list[Callable[[], bool]] = [lambda: False]
_CORES: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # set as it starts
_BANDS = [Band(number, BANDS_PER_CORE * _CORES) for number in range(BANDS_PER_CORE * _CORES)]
_others = ThreadPoolExecutor(max(1, _CORES - 1), thread_name_prefix="kernel")
