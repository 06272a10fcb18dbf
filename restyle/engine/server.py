"""The engine's HTTP server: the reference's API, on this machine.

Routes read the request, ask the store or the dispatcher, and answer in the words of `wire`. Three
things go beyond the reference: `POST /api/v1/tasks/{id}/cancel?running=true` also stops a task
that is being rendered, `POST /api/v1/previews` paints one frame (see `preview_route`), and
`GET /healthz` tells how the engine is.
"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from restyle.engine import preview_route, wire
from restyle.engine.bodies import body_of
from restyle.engine.dispatch import Dispatcher
from restyle.engine.forms import UploadRefused
from restyle.engine.installation import Installation
from restyle.engine.preview_route import PreviewRoute
from restyle.engine.previews import Previews
from restyle.engine.tasks import TaskStore, TooManySubmits
from restyle.engine.uploads import Uploads

SUBMIT_PATH = "/api/v1/services/aigc/video-generation/video-synthesis"
MAX_BODY_BYTES = 1_000_000
PURGE_EVERY_S = 60.0
NOT_CANCELABLE = "Failed to cancel the task, please confirm if the task is in PENDING status."
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "::1"]
_RESULT_NAME = re.compile(r"[0-9a-f]{48}\.mp4")


@dataclass(frozen=True)
class Engine:
    """The parts that the routes speak to."""

    installation: Installation
    store: TaskStore
    uploads: Uploads
    dispatcher: Dispatcher
    previews: Previews


def create_app(engine: Engine, host: str) -> Starlette:
    """The server of one engine, bound to `host`.

    On loopback it answers only to loopback names, so that no web page can reach it through a
    name that it points here.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(engine.dispatcher.start)
        engine.previews.start()
        purging = asyncio.create_task(_purge_for_ever(engine.dispatcher))
        try:
            yield
        finally:
            purging.cancel()
            await run_in_threadpool(engine.previews.stop)
            await run_in_threadpool(engine.dispatcher.stop)

    routes = _Routes(engine)
    app = Starlette(
        routes=[
            *_both(SUBMIT_PATH, routes.submit, "POST"),
            *_both("/api/v1/tasks", routes.list_tasks, "GET"),
            *_both("/api/v1/tasks/{task_id}", routes.query, "GET"),
            *_both("/api/v1/tasks/{task_id}/cancel", routes.cancel, "POST"),
            *_both("/api/v1/uploads", routes.upload_policy, "GET"),
            *_both("/uploads", routes.upload, "POST"),
            *_both(preview_route.PATH, PreviewRoute(engine.previews).answer, "POST"),
            Route("/results/{name}", routes.result, methods=["GET"]),
            Route("/healthz", routes.health, methods=["GET"]),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=_LOOPBACK if host in _LOOPBACK else ["*"],
                www_redirect=False,
            )
        ],
        exception_handlers={
            wire.Refusal: _refused,
            HTTPException: _not_found,
            Exception: _broken,
        },
    )
    app.router.redirect_slashes = False
    return app


class _Routes:
    """What each path does. Sync methods run in Starlette's threads: the store may wait a moment."""

    def __init__(self, engine: Engine) -> None:
        self._store = engine.store
        self._uploads = engine.uploads
        self._dispatcher = engine.dispatcher
        self._previews = engine.previews
        self._installation = engine.installation

    async def submit(self, request: Request) -> Response:
        account = self._account(request)
        submission = wire.read_submission(request.headers, await body_of(request, MAX_BODY_BYTES))
        request_id = _new_id()
        try:
            task = await run_in_threadpool(
                self._store.submit,
                account,
                submission.video_url,
                submission.options,
                request_id,
            )
        except TooManySubmits as error:
            raise wire.Refusal(429, "Throttling.RateQuota", error.message) from error
        self._dispatcher.wake()
        return JSONResponse(wire.submit_answer(task, request_id))

    def query(self, request: Request) -> Response:
        task_id = request.path_params["task_id"]
        task = self._store.get(task_id, self._account(request))
        if task is None:
            return JSONResponse(wire.unknown_answer(task_id, _new_id()))
        return JSONResponse(
            wire.query_answer(
                task,
                _new_id(),
                f"{_base_url(request)}/results/{task.result_name}",
                # Another engine's progress is as new as its last word.
                self._dispatcher.frames(task_id) or task.frames,
            )
        )

    def list_tasks(self, request: Request) -> Response:
        account = self._account(request)
        listing = wire.read_listing(request.query_params, self._store.now_ms())
        tasks, total = self._store.page(
            account,
            listing.start_ms,
            listing.end_ms,
            listing.status,
            listing.page_no,
            listing.page_size,
        )
        if listing.model not in (None, wire.MODEL):
            tasks, total = [], 0
        return JSONResponse(wire.list_answer(tasks, total, listing, _new_id()))

    def cancel(self, request: Request) -> Response:
        task_id = request.path_params["task_id"]
        running = request.query_params.get("running", "").lower() == "true"
        if not self._store.cancel(task_id, self._account(request), running=running):
            raise wire.Refusal(400, "UnsupportedOperation", NOT_CANCELABLE)
        self._dispatcher.stop_render(task_id)
        return JSONResponse({"request_id": _new_id()})

    def upload_policy(self, request: Request) -> Response:
        account = self._account(request)
        if request.query_params.get("action") != "getPolicy":
            raise wire.Refusal(400, "InvalidParameter", "the action parm is invalid!")
        if request.query_params.get("model") != wire.MODEL:
            raise wire.Refusal(400, "InvalidParameter", "Model not exist.")
        policy = self._uploads.policy(account, f"{_base_url(request)}/uploads")
        return JSONResponse({"request_id": _new_id(), "data": policy})

    async def upload(self, request: Request) -> Response:
        try:
            await self._uploads.receive(request.headers.get("content-type", ""), request.stream())
        except UploadRefused as refused:
            return Response(
                refused.as_xml(),
                refused.http_status,
                media_type="application/xml",
                # What was refused is not read to its end: the connection cannot go on.
                headers={"Connection": "close"},
            )
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=200)

    def result(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = self._dispatcher.results / name
        if not _RESULT_NAME.fullmatch(name) or not self._store.has_result(name):
            raise HTTPException(404)
        if not path.is_file():  # Its 24 hours ended this moment.
            raise HTTPException(404)
        return FileResponse(path, media_type="video/mp4")

    def health(self, _request: Request) -> Response:
        running, pending = self._store.counts()
        return JSONResponse(
            {
                "ok": True,
                "warm": self._dispatcher.is_warm,
                "previews_warm": self._previews.is_warm,
                "running": running,
                "pending": pending,
            }
        )

    def _account(self, request: Request) -> str:
        return self._installation.account(wire.api_key_of(request.headers))


def _both(path: str, endpoint: Callable[[Request], object], method: str) -> list[Route]:
    # One of the vendor's SDKs ends its paths with a slash.
    return [Route(p, endpoint, methods=[method]) for p in (path, path + "/")]


def _new_id() -> str:
    return str(uuid.uuid4())


def _base_url(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _purge_for_ever(dispatcher: Dispatcher) -> None:
    while True:
        await asyncio.sleep(PURGE_EVERY_S)
        await run_in_threadpool(dispatcher.purge)


def _error(http_status: int, code: str, message: str) -> Response:
    return JSONResponse(wire.error_body(code, message, _new_id()), http_status)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, wire.Refusal)
    return _error(error.http_status, error.code, error.message)


async def _not_found(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(error.status_code, "NotFound", str(error.detail))


async def _broken(_request: Request, _error_inside: Exception) -> Response:
    return _error(500, "InternalError", "An internal error has occurred.")
