"""Bringing a clip inside the service's limits: `plan_fit` says what will be done, `fit` does it.

`plan` is pure and instant, `shapes` holds its geometry, `copying` what
needs no new encoding, `carrying_out` the MoviePy edit. `parts` plans a clip that is too long in
several, cut where `scenes` finds a change.
"""

from restyle.fitting.carrying_out import fit
from restyle.fitting.parts import MOST_S, WholePlan, parts_needed, plan_parts
from restyle.fitting.plan import FitPlan, plan_fit
from restyle.fitting.scenes import scene_changes

__all__ = [
    "MOST_S",
    "FitPlan",
    "WholePlan",
    "fit",
    "parts_needed",
    "plan_fit",
    "plan_parts",
    "scene_changes",
]
