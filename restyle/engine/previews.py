"""Previews: one frame in several styles, at once, in a process that never waits for a render.

A visitor has one request at a time: a newer one ends the one before. Requests of several visitors
take turns, a style each. A first start compiles each style's kernels; previews then follow the
renderer, which does that anyway, and do not compile the same beside it.
"""

import contextlib
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from restyle.engine.renderer import Renderer, RendererGone
from restyle.styles import Style

MAX_WAITING = 16
# Longer than any first compile on a small machine takes.
PAINT_LIMIT_S = 180.0
# So long a request waits while the renderer compiles nothing (it may have a task at hand); then
# the kernels are compiled here.
KERNELS_WAIT_S = 60.0
_POLL_S = 0.1
_LOG = logging.getLogger(__name__)

Answer = Mapping[str, object]


class TooManyPreviews(Exception):
    """More visitors wait than can be served soon."""


@dataclass(eq=False)
class PreviewRequest:
    """One frame: `picture` is its file in base64, `styles` what is left to paint of it.

    `say` gets each answer, from a thread of the previews, and must not block: {"style", "jpeg"} or
    {"style", "failed"}, at last {"done"}; or {"unusable"} or {"superseded"}, which end it.
    """

    visitor: str
    picture: str = field(repr=False)
    styles: list[Style]
    size_px: int
    say: Callable[[Answer], None]
    asked_at: float = field(default_factory=time.monotonic)


class Previews:
    """Serves requests in a thread of its own, from `start()` to `stop()`.

    `compiled` gives the styles whose kernels are on disk. With `warm_up` the process starts as
    soon as all of them are; without, and at the latest, with the first request.
    """

    def __init__(self, compiled: Callable[[], Collection[int]], *, warm_up: bool) -> None:
        self._ask_compiled = compiled
        self._painted: set[Style] = set()
        self._compiled: frozenset[int] = frozenset()
        self._compiled_at = -math.inf
        self._warm_up = warm_up
        self._waiting: deque[PreviewRequest] = deque()
        self._changing = threading.Condition()
        self._ending = False
        self._process: Renderer | None = None
        self._thread = threading.Thread(target=self._run, name="previews", daemon=True)

    @property
    def is_warm(self) -> bool:
        """Whether the previews' process has the kernels of all styles at hand."""
        process = self._process
        return process is not None and process.is_warm

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop at once; who waits is told. Nothing happens when it has stopped already."""
        with self._changing:
            self._ending = True
            self._changing.notify_all()
        self._thread.join()
        while self._waiting:
            self._waiting.popleft().say({"superseded": True})
        if self._process is not None:
            self._process.kill()

    def ask(self, request: PreviewRequest) -> None:
        """Put a request in the queue, in place of the visitor's earlier one.

        Raises TooManyPreviews.
        """
        with self._changing:
            for earlier in [r for r in self._waiting if r.visitor == request.visitor]:
                self._waiting.remove(earlier)
                earlier.say({"superseded": True})
            if self._ending or len(self._waiting) >= MAX_WAITING:
                raise TooManyPreviews
            self._waiting.append(request)
            self._changing.notify_all()

    def drop(self, request: PreviewRequest) -> None:
        """Nobody waits for this one any more."""
        with self._changing:
            if request in self._waiting:
                self._waiting.remove(request)

    def _run(self) -> None:
        while not self._ending:
            chosen = self._next()
            if chosen is None:
                if self._process is None and self._warm_up and self._now_compiled() >= set(Style):
                    with contextlib.suppress(OSError):
                        self._process = self._started()
                continue
            request, style = chosen
            answer = self._paint(request, style)
            with self._changing:
                if request in self._waiting:
                    self._tell(request, style, answer)

    def _next(self) -> tuple[PreviewRequest, Style] | None:
        """Whose turn it is, with which style; None where nothing can be painted yet."""
        compiled = self._now_compiled()
        with self._changing:
            for request in self._waiting:
                waited_s = time.monotonic() - max(request.asked_at, self._compiled_at)
                for style in request.styles:
                    if style in compiled or not self._warm_up or waited_s > KERNELS_WAIT_S:
                        return request, style
            self._changing.wait(_POLL_S if self._waiting else 10 * _POLL_S)
            return None

    def _now_compiled(self) -> frozenset[int]:
        found = frozenset(self._ask_compiled())
        if found != self._compiled:
            self._compiled, self._compiled_at = found, time.monotonic()
        return found | self._painted

    def _tell(self, request: PreviewRequest, style: Style, answer: Answer) -> None:
        self._waiting.remove(request)
        if "unusable" in answer:
            request.say(answer)
            return
        request.styles.remove(style)
        request.say({"style": int(style), **answer})
        if request.styles:
            self._waiting.append(request)
        else:
            request.say({"done": True})

    def _paint(self, request: PreviewRequest, style: Style) -> Answer:
        order = {"picture": request.picture, "style": int(style), "size_px": request.size_px}
        for _ in range(2):  # A process that ended meanwhile, whatever ended it, costs nothing.
            try:
                self._process = self._process or self._started()
                answer = self._answer(self._process, order)
            except (RendererGone, OSError):  # It crashed; or there is no memory to start it.
                answer = None
            if answer is not None:
                if "jpeg" in answer:
                    self._painted.add(style)
                return answer
            if self._process is not None:
                self._process.kill()
                self._process = None
            if self._ending:
                break
            _LOG.warning("The previews' process ended or hung; it is started again.")
        return {"failed": "The style could not be painted."}

    def _answer(self, process: Renderer, order: Mapping[str, object]) -> Answer | None:
        """What the process says, or None when it took too long; raises RendererGone."""
        process.send(order)
        ends_at = time.monotonic() + PAINT_LIMIT_S
        while not self._ending and time.monotonic() < ends_at:
            answer = process.receive(_POLL_S)
            if answer is not None and "ready" not in answer:
                return answer
        return None

    def _started(self) -> Renderer:
        # Not what the renderer still compiles: two would do the same at once.
        warm_up = self._warm_up and self._now_compiled() >= set(Style)
        return Renderer("restyle.engine.previewer", warm_up=warm_up)
