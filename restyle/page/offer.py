"""What the choices come to: the plan that would run, and the button's words with its price.

`choosing.py` shows it; before anything is spent, `running.py` asks whether it is still what the
visitor saw.
"""

from restyle.clips import Clip
from restyle.errors import OptionError
from restyle.fitting import FitPlan, WholePlan, plan_fit, plan_parts
from restyle.page.clip_panel import scenes_of
from restyle.page.panels import Choices
from restyle.page.price_panel import go_text
from restyle.page.texts import Language, say


def plan_of(found: Clip, chosen: Choices) -> FitPlan | WholePlan:
    """The plan that would run; of a clip in parts, cut where the scene changes.

    Raises the errors of `plan_fit` and `plan_parts`.
    """
    wishes = chosen.wishes(found)
    if not chosen.is_whole:
        return plan_fit(found, **wishes)
    scenes = scenes_of(str(chosen.video), wishes["start_s"], wishes["end_s"])
    whole = plan_parts(found, scenes, **wishes)
    return whole if len(whole.parts) > 1 else whole.parts[0]


def parts_of(plan: FitPlan | WholePlan) -> tuple[FitPlan, ...]:
    """The plans of the parts, or the one plan there is."""
    return plan.parts if isinstance(plan, WholePlan) else (plan,)


def go_words(plan: FitPlan | WholePlan | None, chosen: Choices, lang: Language) -> str:
    """What stands on the button; without a plan no price."""
    parts = len(parts_of(plan)) if plan else 1
    duration_s = plan.duration_s if plan else None
    batch = chosen.batch
    return go_text(duration_s, batch[0], chosen.service, lang, len(batch), parts)


def check_seen(seen: object, found: Clip, chosen: Choices, lang: Language) -> None:
    """Raise OptionError if `seen`, the words that stood on the button, had another price.

    A press can come before the answer to the last choice. What costs nothing is not asked about.
    """
    if chosen.service != "cloud":
        return
    plan = plan_of(found, chosen)
    if seen not in (go_words(plan, chosen, "en"), go_words(plan, chosen, "zh")):
        now = go_words(plan, chosen, lang)
        raise OptionError(say("price_moved", lang), what_next=say("price_moved_next", lang, go=now))
