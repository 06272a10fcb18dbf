"""Bringing a clip inside the service's limits: `plan_fit` says what will be done, `fit` does it.

`plan` is pure and instant, `shapes` holds its geometry, `copying` what
needs no new encoding, `carrying_out` the MoviePy edit.
"""

from restyle.fitting.carrying_out import fit
from restyle.fitting.plan import FitPlan, plan_fit

__all__ = ["FitPlan", "fit", "plan_fit"]
