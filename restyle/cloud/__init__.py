"""The style service by its HTTP API: the only speaker of it, with typed answers and errors.

`CloudClient` makes the calls; `Task` and its kin are the answers. `PreviewClient` asks this
machine's engine for previews, which the cloud has not.
"""

from restyle.cloud.addresses import encoded
from restyle.cloud.answers import Task, TaskRow, TaskStatus, Usage
from restyle.cloud.client import RESOLVE_HEADER, CloudClient, account_fingerprint
from restyle.cloud.failures import failure
from restyle.cloud.previews import PreviewClient
from restyle.cloud.wire import Timeouts, WebSession, is_loopback

__all__ = [
    "RESOLVE_HEADER",
    "CloudClient",
    "PreviewClient",
    "Task",
    "TaskRow",
    "TaskStatus",
    "Timeouts",
    "Usage",
    "WebSession",
    "account_fingerprint",
    "encoded",
    "failure",
    "is_loopback",
]
