"""The last step: bring the result home, whole, and close the books.

Money rule 5: the service keeps a result for 24 hours, and it was paid for; it is fetched at
once, and fetched again until it is whole.
"""

import logging
from decimal import Decimal
from pathlib import Path

from restyle.cloud import CloudClient, TaskStatus
from restyle.errors import CloudError, DownloadFailed, TaskGone
from restyle.jobs.desk import Desk
from restyle.jobs.job import Stage
from restyle.jobs.ledger import Record
from restyle.jobs.retention import make_room

log = logging.getLogger("restyle.jobs")

RESULT = "result.mp4"


def save(desk: Desk, job_id: str) -> bool:
    """Download the result and end the job as succeeded; safe to repeat.

    Raises CloudError when the result cannot be had within the bound.
    """
    record = desk.ledger.read(job_id)
    if record.stage.is_final:
        return False
    target = desk.folder(job_id) / RESULT
    if not desk.storage.bring(target).exists():
        _fetch(desk, record, target)
        desk.storage.keep(target)
    spent = Decimal(record.charge or 0)
    desk.ledger.end(job_id, Stage.SUCCEEDED, spent=spent)
    return True


def _fetch(desk: Desk, record: Record, target: Path) -> None:
    client = desk.client(record)
    patience = desk.patience(desk.pace.save_patience_s)
    url, fresh = _known_url(desk, record), False
    while True:
        try:
            if not url:
                url, fresh = _ask_url(client, record), True
            client.download(url, target)
        except TaskGone:
            raise
        except CloudError as trouble:
            log.warning("job=%s the download: %s", record.job_id, trouble.code)
            if trouble.code == "DiskFull":
                make_room(desk)
            # A URL may have expired since it was told: ask for a fresh one. If that one is
            # gone as well, the result is.
            gone = fresh and trouble.code == "ResultExpired"
            if gone or not patience.again(record.job_id, trouble, heed_cancel=False):
                raise
            url = ""
        else:
            return


def _known_url(desk: Desk, record: Record) -> str:
    for heard in reversed(desk.ledger.answers(record.job_id)):
        output = heard["answer"].get("output")
        url = output.get("output_video_url") if isinstance(output, dict) else None
        if isinstance(url, str) and output.get("task_id") == record.task_id:
            return url
    return ""


def _ask_url(client: CloudClient, record: Record) -> str:
    task = client.query(str(record.task_id))
    if task.status is TaskStatus.UNKNOWN:
        raise TaskGone(
            "The service removed the result before it could be fetched.",
            what_next="It was billed: show the request id to the service's support.",
            request_id=task.request_id,
        )
    if not task.output_video_url:
        raise DownloadFailed(
            "The service says that the task succeeded, but not where its result is.",
            what_next="Look again in a few minutes.",
            request_id=task.request_id,
        )
    return task.output_video_url
