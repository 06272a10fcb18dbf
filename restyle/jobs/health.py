"""`/healthz`: whether this process can take and carry jobs, for whatever watches over it."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from restyle.jobs.report import living_workers, unfinished
from restyle.jobs.retention import FLOOR_BYTES, free_bytes
from restyle.jobs.storage import Storage
from restyle.jobs.workers import Membership


def route(engine: sa.Engine, membership: Membership, storage: Storage) -> Route:
    """200 when all is well, else 503: `ok`, and what it depends on; nothing of visitors."""

    def healthz(_: Request) -> Response:
        told: dict[str, object] = {"working": membership.is_held}
        try:
            told["workers"] = living_workers(engine)
            told["unfinished"] = unfinished(engine)
            told["database"] = True
        except sa.exc.SQLAlchemyError:
            told["database"] = False
        told["room"] = free_bytes(storage.jobs) >= FLOOR_BYTES
        is_well = bool(told["working"] and told["database"])
        return JSONResponse({"ok": is_well, **told}, 200 if is_well else 503)

    return Route("/healthz", healthz, methods=["GET", "HEAD"])
