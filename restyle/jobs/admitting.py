"""Letting a job in: who pays for it, from which account, and the first row of its book."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from restyle.cloud import CloudClient, account_fingerprint
from restyle.errors import KeyRefused, OptionError
from restyle.fitting import FitPlan
from restyle.jobs.job import JobRequest, Stage
from restyle.pricing import FREE, quote
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


def new_row(request: JobRequest, plan: FitPlan, payer: Payer) -> dict[str, Any]:
    """The columns of a new job, without its id, its upload and its turn."""
    now = time.time()
    cloud_quote = quote(plan.duration_s, request.options)
    price = cloud_quote
    if request.service == "local":
        price = replace(cloud_quote, rate_usd=FREE, total_usd=FREE)
    return {
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
