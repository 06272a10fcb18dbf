"""Compiling ahead as the engine sees it: a second process that helps the renderer, once.

Only where the kernels of all styles have never been compiled; it ends by itself.
"""

import contextlib

from restyle.engine.kernel_cache import is_whole
from restyle.engine.renderer import Renderer, RendererGone
from restyle.styles import Style


class Compiling:
    """The compiler's process, if there is a need for one, from its making to `stop()`."""

    def __init__(self, *, warm_up: bool) -> None:
        self._process: Renderer | None = None
        if warm_up and not is_whole():
            with contextlib.suppress(OSError):  # No memory for another one: the renderer compiles.
                self._process = Renderer("restyle.engine.compiler", warm_up=True)

    @property
    def is_running(self) -> bool:
        """Whether it compiles."""
        return self._process is not None and not self._process.has_ended

    @property
    def compiled_styles(self) -> frozenset[int]:
        """The styles whose kernels it has compiled, or found compiled."""
        return self._process.warm_styles if self._process is not None else frozenset()

    def first(self, style: Style) -> None:
        """Somebody waits for this style."""
        if self._process is not None:
            with contextlib.suppress(RendererGone):  # It has done all of it.
                self._process.send({"first": int(style)})

    def stop(self) -> None:
        """End it, done or not."""
        if self._process is not None:
            self._process.kill()
