"""Compiled loops: how a pixel function and a whole-picture kernel are declared.

A *brush* works on one pixel and is inlined into the kernels that use it; a *kernel* loops over a
picture, its rows shared among the cores. Both are compiled by numba and kept on disk.

Rules inside either: float32 only, so literals are written F(0.5) (a bare literal is a float64 and
pulls the whole expression up); no division by what can be zero (`fastmath` knows no infinity).
numba notices a changed kernel file, but not a changed brush in another file: `kernel_cache` gives
each state of the sources a folder of its own. Without NUMBA_CACHE_DIR (a script of your own),
remove the `__pycache__` folders after editing a brush.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
F = np.float32

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a loop over a picture; its `numba.prange` loops run on all cores."""
    compiled = numba.njit(
        cache=True, parallel=True, fastmath=True, error_model="numpy", nogil=True
    )(function)
    return cast(_Function, compiled)


def brush(function: _Function) -> _Function:
    """Compile a function of one pixel, to be called from kernels."""
    compiled = numba.njit(cache=True, fastmath=True, error_model="numpy", inline="never")(function)
    return cast(_Function, compiled)
