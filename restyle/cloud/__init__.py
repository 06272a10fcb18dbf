"""The style service by its HTTP API: the only speaker of it, with typed answers and errors.

`CloudClient` makes the calls; `Task` and its kin are the answers; `patiently` repeats what is safe.
"""

from restyle.cloud.answers import Task, TaskRow, TaskStatus, Usage
from restyle.cloud.client import CloudClient, account_fingerprint, failure
from restyle.cloud.patience import READING, SUBMITTING, Patience, patiently
from restyle.cloud.wire import Timeouts

__all__ = [
    "READING",
    "SUBMITTING",
    "CloudClient",
    "Patience",
    "Task",
    "TaskRow",
    "TaskStatus",
    "Timeouts",
    "Usage",
    "account_fingerprint",
    "failure",
    "patiently",
]
