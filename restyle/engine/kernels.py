"""Compiled loops: how a pixel function and a whole-picture kernel are declared.

A *brush* works on one pixel or one row and is compiled into the kernels that use it; a *kernel*
loops over a picture, whose rows are shared in bands among the cores (`sharing`). Both are
compiled by numba and kept on disk, once for all processes. What kernels a painting takes can be
listed without running any (`rehearsal`), so that another process may compile some ahead.

Rules inside either: float32 only, so literals are written F(0.5) (a bare literal is a float64 and
pulls the whole expression up); no division by what can be zero (`fastmath` knows no infinity).
numba notices a changed kernel file, but not a changed brush in another file: `kernel_cache` gives
each state of the sources a folder of its own. Without NUMBA_CACHE_DIR (a script of your own),
remove the `__pycache__` folders after editing a brush.

A process that has compiled a kernel may round its last digit otherwise than one that found it on
disk: where LLVM does not inline a brush, it takes the copy that was loaded first. Inlining all
(`forceinline`) would make both the same and each first compile a third longer.

numba could share the rows itself (`parallel=True`), but then each kernel takes twice as long to
compile, and a first visitor waits for that; it would also not vectorise the loop inside.
"""

import contextlib
import functools
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba.core.registry import CPUDispatcher

from restyle.engine.kernel_cache import Claimed, claim
from restyle.engine.sharing import share

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
F = np.float32

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
    def run(*arguments: Any) -> None:
        if not _begins(compiled, (Band(0, 1), *arguments)):
            return
        share(lambda number, of: compiled(Band(number, of), *arguments))

    return cast(Callable[_Arguments, None], run)


def loop(function: Callable[_Arguments, None]) -> Callable[_Arguments, None]:
    """Compile a loop that cannot be shared: one core runs it."""
    compiled = numba.njit(**_OPTIONS)(function)

    @functools.wraps(function)
    def run(*arguments: Any) -> None:
        if _begins(compiled, arguments):
            compiled(*arguments)

    return cast(Callable[_Arguments, None], run)


@dataclass(frozen=True)
class Compilation:
    """A kernel or loop, and the types of what it is called with."""

    compiled: Any
    types: tuple[Any, ...]

    def carry_out(self, *, wait: bool = True) -> None:
        """Compile it, or load what another process has compiled.

        One that another process is compiling is waited for, or else left to it. Raises
        Interrupted.
        """
        _give_way()
        if self.types not in self.compiled.overloads:
            with contextlib.suppress(Claimed), claim(self._name, wait=wait), _keeping_garbage():
                self.compiled.compile(self.types)

    @property
    def size(self) -> int:
        """Bytes of Python's code in it and its brushes: about how long it takes to compile."""
        return sum(len(function.__code__.co_code) for function in _compiled_into(self.compiled))

    @property
    def _name(self) -> str:
        function = self.compiled.py_func
        return f"{function.__module__}.{function.__qualname__}"


@contextlib.contextmanager
def _keeping_garbage() -> Iterator[None]:
    """A compile makes so many objects that looking for garbage among them is a sixth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _compiled_into(compiled: Any) -> set[Any]:
    found: set[Any] = set()
    waiting = [compiled.py_func]
    while waiting:
        function = waiting.pop()
        if function not in found:
            found.add(function)
            named = (function.__globals__.get(name) for name in function.__code__.co_names)
            waiting += [one.py_func for one in named if hasattr(one, "py_func")]
    return found


def _begins(compiled: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether to run now what is compiled by then; raises Interrupted."""
    _give_way()
    if _rehearsals:
        _rehearsals[-1].append(_compilation(compiled, arguments))
        for argument in arguments:
            if isinstance(argument, np.ndarray) and argument.flags.writeable:
                argument.fill(1)
        return False
    if not compiled.overloads:
        _compilation(compiled, arguments).carry_out()
    return True


def _compilation(compiled: Any, arguments: tuple[Any, ...]) -> Compilation:
    return Compilation(compiled, tuple(compiled.typeof_pyval(one) for one in arguments))


def _give_way() -> None:
    if _interrupts[-1]():
        raise Interrupted


@contextlib.contextmanager
def rehearsal() -> Iterator[list[Compilation]]:
    """Within it nothing is compiled or run: what would be is listed, in order.

    Every array given to a kernel comes back full of ones, the sources and whatever is remembered
    between frames or clips included: for processes that paint nothing afterwards. Ones, because
    they can be divided by, lead somewhere, and trust each other.
    """
    _rehearsals.append([])
    try:
        yield _rehearsals[-1]
    finally:
        _rehearsals.pop()


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


class _Brush(CPUDispatcher):
    """What kernels call, without the way in from Python: compiling that is an eighth of all."""

    def __call__(self, *arguments: Any) -> Any:
        return self._from_python(*arguments)

    @functools.cached_property
    def _from_python(self) -> Any:
        # Not from disk: there lies the one that Python cannot call.
        return numba.njit(**{**_OPTIONS, "cache": False})(self.py_func)


def brush(function: _Function) -> _Function:
    """Compile a function of one pixel or row, to be called from kernels.

    It may be called from Python too, as tests do, but is then compiled anew in each process.
    """
    return _brush(function)


def inlined(function: _Function) -> _Function:
    """A brush that is always compiled into its caller: what it takes or gives stays in registers.

    A call would put vectors (`lanes`) into memory.
    """
    return _brush(function, forceinline=True)


def _brush(function: _Function, **more: bool) -> _Function:
    options = {name: value for name, value in _OPTIONS.items() if name != "cache"}
    options |= {"nopython": True, "no_cpython_wrapper": True, **more}
    made = _Brush(function, targetoptions=options)
    made.enable_caching()
    return cast(_Function, made)


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
_rehearsals: list[list[Compilation]] = []
