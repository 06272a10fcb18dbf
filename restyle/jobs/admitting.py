"""Letting a job in: who pays for it, from which account, and the first rows of its book.

A whole has a row of its own and one for each part; rows, budget and key are written together.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from restyle.clips import Clip
from restyle.cloud import CloudClient, account_fingerprint
from restyle.errors import KeyRefused, OptionError
from restyle.fitting import FitPlan, plan_fit, plan_parts, scene_changes
from restyle.jobs.budgets import Budgets
from restyle.jobs.job import JobRequest, Stage
from restyle.jobs.keys import KeyBox
from restyle.jobs.queueing import next_turn
from restyle.jobs.tables import JOBS
from restyle.pricing import FREE, Quote, quote
from restyle.settings import Secret, Settings

LOCAL_ACCOUNT = "local"


@dataclass(frozen=True)
class Payer:
    """Whose account a job runs on: `key` is None on this machine, where nobody pays."""

    account: str
    key: Secret | None
    is_host: bool


def payer_of(request: JobRequest, settings: Settings) -> Payer:
    """Who pays; raises KeyRefused where there is no usable key, OptionError for no service."""
    if request.service == "local":
        return Payer(LOCAL_ACCOUNT, None, is_host=False)
    if request.service != "cloud":
        raise OptionError(
            f"service is {request.service!r}, but there are two: local and cloud.",
            what_next="Choose local (this machine, free) or cloud.",
        )
    key = request.api_key or settings.api_key
    if not key:
        raise KeyRefused(
            "The cloud needs an API key, and none was given.",
            what_next="Give your own key of Alibaba Cloud Model Studio (Beijing), "
            "or choose this machine, which is free.",
            code="NoApiKey",
        )
    # The client looks at the key's form: better now than when the job's turn comes.
    CloudClient(settings.cloud_base_url, key)
    return Payer(account_fingerprint(key), key, is_host=not request.api_key)


def new_rows(
    request: JobRequest, clip: Clip, payer: Payer, job_id: str, upload: str
) -> list[dict[str, Any]]:
    """The rows of a new job without their turns: one, or a whole's and then its parts'.

    Raises what planning raises.
    """
    if not request.whole:
        return [_row(request, plan_fit(clip, **request.wishes), payer, job_id, upload)]
    changes = request.scene_changes_s
    if changes is None:
        changes = scene_changes(clip, start_s=request.start_s, end_s=request.end_s)
    whole = plan_parts(clip, changes, **request.wishes)
    if len(whole.parts) == 1:
        return [_row(request, whole.parts[0], payer, job_id, upload)]
    parts = []
    for number, plan in enumerate(whole.parts):
        row = _row(request, plan, payer, uuid.uuid4().hex, upload)
        times = {"start_s": plan.start_s, "end_s": plan.end_s, "copying": False}
        row |= {"wishes": {**request.wishes, **times}, "whole": job_id, "part": number}
        parts.append(row)
    sums = {name: _sum([row[name] for row in parts]) for name in ("quote", "cloud_quote")}
    own = {
        **_row(request, whole.parts[0], payer, job_id, upload),
        "plan": whole.as_dict(),
        "duration_s": float(whole.duration_s),
        "whole": job_id,
    }
    return [{**own, **sums}, *parts]


def admit(
    engine: sa.Engine,
    budgets: Budgets,
    keys: KeyBox,
    payer: Payer,
    rows: Sequence[dict[str, Any]],
) -> list[str]:
    """Write the rows of a new job with their turns, budget and key, all or none of it.

    Gives the ids of those that are tasks. Raises BudgetExceeded.
    """
    with engine.begin() as book:
        return write(book, budgets, keys, payer, rows)


def write(
    book: sa.Connection,
    budgets: Budgets,
    keys: KeyBox,
    payer: Payer,
    rows: Sequence[dict[str, Any]],
) -> list[str]:
    """As `admit`, in the caller's transaction."""
    visitor = rows[0]["visitor"]
    turn = next_turn(book, payer.account, visitor)
    tasks = [row for row in rows if row["whole"] is None or row["part"] is not None]
    if payer.is_host:
        prices = {row["job_id"]: Decimal(row["quote"]["total_usd"]) for row in tasks}
        budgets.hold_all(book, prices, visitor)
    elif payer.key is not None:
        for row in tasks:
            keys.keep(book, row["job_id"], payer.key)
    for row in rows:
        book.execute(sa.insert(JOBS).values({**row, "turn": turn + (row["part"] or 0)}))
    return [row["job_id"] for row in tasks]


def _row(
    request: JobRequest, plan: FitPlan, payer: Payer, job_id: str, upload: str
) -> dict[str, Any]:
    """The columns of a new job, without its turn."""
    now = time.time()
    cloud_quote = quote(plan.duration_s, request.options)
    price = cloud_quote
    if request.service == "local":
        price = replace(cloud_quote, rate_usd=FREE, total_usd=FREE)
    return {
        "job_id": job_id,
        "upload": upload,
        "whole": None,
        "part": None,
        "created": now,
        "visitor": request.visitor,
        "service": request.service,
        "account": payer.account,
        "host_pays": payer.is_host,
        "wishes": request.wishes,
        "clip_name": request.clip_path.name[:300],
        "options": request.options.as_parameters(),
        "plan": plan.as_dict(),
        "duration_s": float(plan.duration_s),
        "quote": price.as_dict(),
        "cloud_quote": cloud_quote.as_dict(),
        "stage": str(Stage.QUEUED),
        "since": now,
        "times": {str(Stage.QUEUED): datetime.fromtimestamp(now, UTC).isoformat()},
        "attempt": 1,
        "host_index": 0,
        "notes": [],
        "cancel_asked": False,
    }


def _sum(quotes: Sequence[dict[str, Any]]) -> dict[str, str | int]:
    """One quote for all: their seconds and their totals together."""
    seconds = sum((Decimal(one["seconds"]) for one in quotes), Decimal(0))
    total = sum((Decimal(one["total_usd"]) for one in quotes), Decimal(0))
    first = quotes[0]
    rate = Decimal(first["rate_usd"])
    return Quote(seconds, rate, total, int(first["output_short_side"])).as_dict()
