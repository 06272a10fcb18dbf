"""The durable jobs: a clip's way through a paid or free service that nothing loses or pays twice.

`Jobs` is the façade. `workflow` carries a job through its steps (`preparing`, `submitting` with
`reconciling`, `watching`, `saving`) on a `desk`; the book is `ledger` with `submits`, `budgets`
and `keys`, in the tables of `tables`; `queueing` says whose turn it is, `pace` how long to wait.
"""

from restyle.jobs.job import Job, JobRequest, Stage
from restyle.jobs.service import Jobs

__all__ = ["Job", "JobRequest", "Jobs", "Stage"]
