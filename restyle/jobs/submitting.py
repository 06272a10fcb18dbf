"""The step that spends: host the clip, write the intent down, POST once, write the task id down.

Money rules 1–3. An intent whose answer was lost, or that a killed process left open, is first
looked for in the service's own list (`reconciling`); only what made no task is sent again.
"""

import logging

from restyle.cloud import CloudClient
from restyle.errors import (
    AnswerLost,
    BadAnswer,
    CloudError,
    HostingError,
    RestyleError,
    ServiceFault,
    SourceRefused,
    Throttled,
    Unreachable,
)
from restyle.hosting import Host, Hosted, verify
from restyle.jobs.desk import Desk, Patience
from restyle.jobs.job import Stage
from restyle.jobs.ledger import Record
from restyle.jobs.reconciling import look_for, take_stock
from restyle.jobs.submits import Intent, Outcome
from restyle.styles import Options

log = logging.getLogger("restyle.jobs")

# After these nobody knows whether a task was made; after the others of a submit, it was not.
AMBIGUOUS = (AnswerLost, ServiceFault, BadAnswer)
TRANSIENT = (Unreachable, Throttled)

PLACES = {
    "self": "this app's own address",
    "upload": "the service's temporary store",
    "bucket": "the bucket",
}


def submit(desk: Desk, job_id: str) -> bool:
    """Make the job's one task; True when it has one, False when the job has ended.

    Safe to repeat after a cut at any point. Raises what ends the job (RestyleError), Unclear
    and Canceled among it.
    """
    record = desk.ledger.read(job_id)
    if record.stage.is_final:
        return False
    if record.task_id:
        return True
    client = desk.client(record)
    intent = desk.submits.open_intent(job_id)
    if intent is not None:
        desk.ledger.move(job_id, Stage.SUBMITTING)
        if look_for(desk, client, record, intent):
            return True
    return _submit_to_hosts(desk, client, record)


def next_host(desk: Desk, client: CloudClient, record: Record, why: RestyleError) -> bool:
    """Turn to the next way of hosting the clip; False when there is none left."""
    hosts = desk.hosts(record.service, client)
    following = record.host_index + 1
    if following >= len(hosts):
        return False
    before, after = (PLACES[hosts[number].name] for number in (record.host_index, following))
    if isinstance(why, HostingError):
        reason = f"The clip could not be offered from {before}: {why.message}"
    else:
        reason = f"The service did not take the clip from {before} ({why.code}); nothing is billed."
    with desk.ledger.change(record.job_id) as change:
        change.set(host_index=following, task_id=None, task_status=None, submitted=None)
        change.note(f"{reason} It is now offered from {after}.")
    return True


def _submit_to_hosts(desk: Desk, client: CloudClient, record: Record) -> bool:
    while True:
        desk.heed_cancel(record.job_id)
        try:
            host, hosted = _host(desk, client, record)
            return _post(desk, client, record, host, hosted)
        except (SourceRefused, HostingError) as why:
            if not next_host(desk, client, record, why):
                raise
            record = desk.ledger.read(record.job_id)


def _host(desk: Desk, client: CloudClient, record: Record) -> tuple[Host, Hosted]:
    """Put the clip where the service can fetch it, and see for ourselves that it can."""
    job_id = record.job_id
    desk.ledger.move(job_id, Stage.HOSTING)
    hosts = desk.hosts(record.service, client)
    # The settings, and with them the ways of hosting, may have changed since a restart.
    host = hosts[min(record.host_index, len(hosts) - 1)]
    patience = desk.patience(desk.pace.submit_patience_s)
    own_patience = desk.patience(desk.pace.own_address_patience_s)
    while True:
        try:
            clip = desk.storage.bring(desk.folder(job_id) / str(record.fitted))
            hosted = host.host(clip)
            verify(hosted)
        except (*TRANSIENT, *AMBIGUOUS) as trouble:
            # Nothing is billed for hosting: any trouble may be tried again.
            _wait_out(desk, job_id, patience, trouble)
        except HostingError as trouble:
            if host.name != "self":
                raise
            _wait_out(desk, job_id, own_patience, trouble)
        else:
            return host, hosted


def _post(desk: Desk, client: CloudClient, record: Record, host: Host, hosted: Hosted) -> bool:
    job_id = record.job_id
    desk.ledger.move(job_id, Stage.SUBMITTING)
    options = Options(**record.options)
    patience = desk.patience(desk.pace.submit_patience_s)
    while True:
        stock = take_stock(desk, client, record)
        # Before the intent: between that and the POST nothing may take time.
        if record.service == "cloud":
            desk.submissions.pass_through(record.account)
        desk.heed_cancel(job_id)
        intent = desk.submits.intend(job_id, record.account, host.name, stock)
        if intent is None:
            return submit(desk, job_id)
        try:
            task = client.submit(
                hosted.url,
                options,
                headers=hosted.headers,
                # A process that slept between the intent and here must not send it any more.
                before_sending=desk.fence.check_lease,
            )
        except AMBIGUOUS as trouble:
            log.warning("job=%s the submit's answer is unknown: %s", job_id, trouble.code)
            intent = desk.submits.traced(intent, trouble.request_id)
            if look_for(desk, client, record, intent):
                return True
            _wait_out(desk, job_id, patience, trouble)
        except TRANSIENT as trouble:
            _close(desk, intent, trouble)
            _wait_out(desk, job_id, patience, trouble)
        except CloudError as refusal:
            _close(desk, intent, refusal)
            raise
        else:
            desk.submits.accepted(intent, task.task_id, task.request_id)
            desk.ledger.heard(job_id, "submit", task.raw)
            return True


def _close(desk: Desk, intent: Intent, refusal: CloudError) -> None:
    desk.submits.close(intent, Outcome.NONE, refusal.request_id)


def _wait_out(desk: Desk, job_id: str, patience: Patience, trouble: RestyleError) -> None:
    """Wait before another try; raises the trouble at the end of patience, or Canceled."""
    if not patience.again(job_id, trouble):
        raise trouble
    desk.heed_cancel(job_id)
