"""The durable jobs: a clip's way through a paid or free service that nothing loses or pays twice.

`Jobs` (in `service`) is the façade. `admitting` lets a job in; `workflow` carries it through its
steps (`preparing`, `submitting` with `reconciling`, `watching`, `saving`), which work on a `desk`.
A clip that is too long is a whole (`wholes`), made of such jobs and joined at the end (`joining`).
The book is `ledger` with `submits`, `budgets` and `keys`, in the tables of `tables`; `views` shows
it. `queueing` says whose turn it is, `pace` how long to wait, `workers` who is alive.
"""

from restyle.jobs.job import WORK, Job, JobRequest, Stage
from restyle.jobs.service import Jobs

__all__ = ["WORK", "Job", "JobRequest", "Jobs", "Stage"]
