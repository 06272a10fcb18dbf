"""The dispatcher: takes tasks from the queue one at a time and has the renderer carry them out.

The renderer is a process of its own that stays warm. A crash of it ends at most the task at hand
(which is tried again), and a cancel that it does not follow at once is a kill. Several engines may
share one database and one data folder; each has a dispatcher.
"""

import contextlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from restyle.engine.compiling import Compiling
from restyle.engine.faults import Fault, download_fault, render_fault, timeout_fault
from restyle.engine.heartbeat import Heartbeat
from restyle.engine.leases import MAX_ATTEMPTS, Leases
from restyle.engine.renderer import Renderer, RendererGone
from restyle.engine.task import Task
from restyle.engine.tasks import TaskStore
from restyle.engine.tidying import tidy, work_name
from restyle.engine.uploads import Uploads
from restyle.fetching import origin

RENDER_LIMIT_S = 3 * 3600.0
STOP_GRACE_S = 2.0
IDLE_POLL_S = 0.5
FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 30.0
# A database that is away (a restart of PostgreSQL, a full disk) is asked again after this.
DATABASE_PAUSE_S = 1.0
_LOG = logging.getLogger(__name__)
_Said = TypeVar("_Said")


@dataclass
class _Current:
    """The task at hand, its frames so far, and whether it is to be stopped."""

    task_id: str
    frames: tuple[int, int] | None = None
    stopping: bool = False


class Dispatcher:
    """Carries out the store's tasks in a thread of its own, from `start()` to `stop()`.

    `folder` is the engine's data folder: results lie in `results/`, work in progress in `work/`.
    """

    def __init__(
        self,
        store: TaskStore,
        leases: Leases,
        uploads: Uploads,
        folder: Path,
        allow_origins: Sequence[str],
        *,
        warm_up: bool = True,
    ) -> None:
        self._store = store
        self._leases = leases
        self._uploads = uploads
        self._work = folder / "work"
        self.results = folder / "results"
        self._warm_up = warm_up
        self._allow_origins = [origin(url) for url in allow_origins]
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._changing = threading.Condition()
        self._current: _Current | None = None
        self._renderer: Renderer | None = None
        self._compiling: Compiling | None = None
        self._compiled: frozenset[int] = frozenset()
        self._has_database = True
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    @property
    def is_warm(self) -> bool:
        """Whether the renderer has the kernels of all styles compiled."""
        renderer = self._renderer
        return renderer is not None and renderer.is_warm

    @property
    def compiled_styles(self) -> frozenset[int]:
        """The styles whose compiled kernels are on disk by now."""
        if (renderer := self._renderer) is not None:
            self._compiled |= renderer.warm_styles
        if (compiling := self._compiling) is not None:
            self._compiled |= compiling.compiled_styles
        return self._compiled

    def start(self) -> None:
        """Take up what an earlier engine left, and begin."""
        self._work.mkdir(parents=True, exist_ok=True)
        self.results.mkdir(parents=True, exist_ok=True)
        self._leases.recover()
        self.purge()
        self._thread.start()

    def stop(self) -> None:
        """Stop at once; a task at hand goes back to its place in the queue."""
        self._ending.set()
        self._wake.set()
        self._thread.join()

    def wake(self) -> None:
        """There is a new task."""
        self._wake.set()

    def frames(self, task_id: str) -> tuple[int, int] | None:
        """Frames done and in all of a task that is being rendered, else None."""
        current = self._current
        return current.frames if current and current.task_id == task_id else None

    def stop_render(self, task_id: str) -> None:
        """Stop the render of a task that was canceled; returns when it has truly stopped."""
        with self._changing:
            current = self._current
            if current and current.task_id == task_id:
                current.stopping = True
                self._changing.wait_for(lambda: self._current is not current, STOP_GRACE_S * 5)

    def purge(self) -> None:
        """Remove what has outlived its time: tasks and results 24 hours, uploads 48."""
        self._uploads.purge()
        tidy(self._work, self.results, self._store, self._leases)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        self._compiling = Compiling(warm_up=self._warm_up)
        while not self._ending.is_set():
            self._renderer = renderer = Renderer(warm_up=self._warm_up)
            try:
                self._await_ready(renderer)
                pause_s = FIRST_PAUSE_S
                self._serve(renderer)
            except RendererGone:
                if not self._ending.is_set():
                    _LOG.warning("The renderer ended; it is started again.")
            except Exception:
                # A full disk, a locked database: say so, put right what can be, and go on.
                _LOG.exception("The dispatcher stumbled; it begins again.")
                with contextlib.suppress(SQLAlchemyError):
                    self._leases.recover()
            finally:
                self._renderer = None
                renderer.kill()
            self._ending.wait(pause_s)
            pause_s = min(2 * pause_s, MAX_PAUSE_S)
        self._compiling.stop()

    def _await_ready(self, renderer: Renderer) -> None:
        while not self._ending.is_set():
            if renderer.receive(IDLE_POLL_S):
                return
        raise RendererGone

    def _serve(self, renderer: Renderer) -> None:
        while not self._ending.is_set():
            if renderer.has_ended:
                raise RendererGone
            with self._changing:
                # Under the lock: a cancel that finds the task RUNNING also finds it here.
                task = self._claim()
                current = self._current = _Current(task.task_id) if task else None
            if task is None or current is None:
                self._wake.wait(IDLE_POLL_S)
                self._wake.clear()
                continue
            folder = self._work / work_name(task.task_id, self._leases.owner)
            try:
                with self._heartbeat(current):
                    self._carry_out(renderer, task, current, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                with self._changing:
                    self._current = None
                    self._changing.notify_all()

    def _claim(self) -> Task | None:
        try:
            task = self._leases.claim()
        except OperationalError:
            self._database_is_away()
            return None
        self._has_database = True
        return task

    def _surely(self, end: Callable[[], _Said]) -> _Said:
        """Have the database note how a task ended, when it is there again at the latest."""
        while True:
            try:
                return end()
            except OperationalError:
                self._database_is_away()
                if self._ending.wait(DATABASE_PAUSE_S):
                    raise

    def _database_is_away(self) -> None:
        if self._has_database:
            _LOG.exception("The database cannot be used; it is asked again until it can be.")
        self._has_database = False

    def _heartbeat(self, current: _Current) -> Heartbeat:
        def stop() -> None:
            current.stopping = True

        return Heartbeat(self._leases, current.task_id, lambda: current.frames, stop)

    def _carry_out(self, renderer: Renderer, task: Task, current: _Current, folder: Path) -> None:
        result = folder / "result.mp4"
        try:
            folder.mkdir(parents=True)
            if self._compiling is not None:
                self._compiling.first(task.options.style)
            renderer.send(self._order(task, folder, result))
            duration_s = self._follow(renderer, current)
            if duration_s is not None:
                self._keep(task, result, duration_s)
        except Fault as fault:
            self._fail(task, fault)
        except OSError as error:
            self._fail(task, render_fault(f"The engine's disk: {error.strerror or error}."))
        except RendererGone:
            if task.attempts < MAX_ATTEMPTS or self._ending.is_set():
                counts = not self._ending.is_set()
                self._surely(lambda: self._leases.requeue(task.task_id, counts=counts))
            else:
                self._fail(task, render_fault("The renderer ended each time on this clip."))
            raise

    def _order(self, task: Task, folder: Path, result: Path) -> dict[str, Any]:
        file: Path | None = None
        if task.video_url and task.video_url.startswith("oss://"):
            file = self._uploads.resolve(task.video_url, task.account)
            if file is None:
                raise download_fault("There is no such upload in this account any more.")
        return {
            "task_id": task.task_id,
            "file": str(file) if file else None,
            "video_url": task.video_url,
            "options": task.options.as_parameters(),
            "folder": str(folder),
            "target": str(result),
            "allow_origins": self._allow_origins,
        }

    def _follow(self, renderer: Renderer, current: _Current) -> float | None:
        """The output's duration, or None when the task was stopped; raises Fault."""
        ends_at = time.monotonic() + RENDER_LIMIT_S
        kill_at: float | None = None
        while True:
            message = renderer.receive(0.1) or {}
            now = time.monotonic()
            if "progress" in message:
                done, total = message["progress"]
                current.frames = (done, total)
            elif "done" in message:
                duration_s: float = message["done"]["duration_s"]
                return duration_s
            elif "failed" in message:
                raise Fault(
                    message["failed"]["message"],
                    code=message["failed"]["code"],
                    detail=message["failed"]["detail"],
                )
            elif "stopped" in message:
                return None
            if self._ending.is_set():
                raise RendererGone
            if current.stopping and kill_at is None:
                renderer.send({"stop": current.task_id})
                kill_at = now + STOP_GRACE_S
            if kill_at is not None and now > kill_at:
                renderer.kill()
            if now > ends_at:
                renderer.kill()
                raise timeout_fault()

    def _fail(self, task: Task, fault: Fault) -> None:
        self._surely(
            lambda: self._leases.fail(task.task_id, fault.code, fault.message, fault.detail)
        )

    def _keep(self, task: Task, result: Path, duration_s: float) -> None:
        kept = self.results / f"{os.urandom(24).hex()}.mp4"
        result.replace(kept)
        if not self._surely(lambda: self._leases.succeed(task.task_id, kept.name, duration_s)):
            kept.unlink()
