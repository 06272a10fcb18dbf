"""Panel 3: resolution, frame rate and faces; where it runs; and the price, on the button too.

The price comes from the seconds of the very plan that the job carries out.
"""

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from uuid import uuid4

import gradio as gr

from restyle.errors import OptionError
from restyle.page.markup import clicks, heading
from restyle.page.texts import Language, amount, both, clock, label, say
from restyle.pricing import RATES_DATE, Quote, dollars, quote
from restyle.styles import FPS_RANGE, Options, Style

# What the visitor picks, and the service's two parameters that it means.
RESOLUTIONS: dict[str, tuple[int, bool]] = {
    "540": (540, False),
    "720": (720, False),
    "1080": (540, True),
}
# A card that is out of date asks for another, as a choice does.
ASK_ANEW = "watch('value', () => props.value.includes('data-outdated') && trigger('outdated'));"


@dataclass(frozen=True)
class PricePanel:
    """The components that events are tied to."""

    resolution: gr.Radio
    fps: gr.Slider
    faces: gr.Checkbox
    api_key: gr.Textbox
    price: gr.HTML
    go: gr.Button


def price_panel(*, host_pays: bool) -> PricePanel:
    """Lay out the panel; `host_pays` when the owner's key is there for the cloud."""
    with gr.Column(elem_classes=["sheet"], elem_id="panel-price"):
        gr.HTML(heading(3, "step_price"))
        resolution = gr.Radio(
            [(label(f"resolution_{name}"), name) for name in RESOLUTIONS],
            value="720",
            label=label("resolution"),
            info=label("resolution_info"),
            elem_id="resolution",
            elem_classes=["segments"],
        )
        fps = gr.Slider(
            *FPS_RANGE,
            value=FPS_RANGE[0],
            step=1,
            label=label("fps"),
            info=label("fps_info"),
            buttons=[],
            elem_id="fps",
        )
        faces = gr.Checkbox(
            value=True, label=label("faces"), info=label("faces_info"), elem_id="faces"
        )
        api_key = gr.Textbox(
            type="password",
            label=label("key"),
            info=label("key_info_host" if host_pays else "key_info"),
            placeholder="sk-…",
            visible=False,
            elem_id="api-key",
            html_attributes=gr.InputHTMLAttributes(
                autocomplete="off", autocorrect="off", spellcheck=False
            ),
        )
    with gr.Column(elem_id="till"):
        price = gr.HTML(
            f'<p class="hint">{both("price_none")}</p>',
            js_on_load=clicks("cheaper") + ASK_ANEW,
            elem_id="price",
        )
        go = gr.Button(label("go"), variant="primary", interactive=False, elem_id="transform")
    return PricePanel(resolution, fps, faces, api_key, price, go)


def options_of(style: Style, resolution: str, fps: float, faces: bool) -> Options:
    """The service's parameters from what was picked; raises OptionError."""
    if resolution not in RESOLUTIONS:
        raise OptionError(
            f"There is no resolution {resolution!r}.", what_next="Choose 540, 720 or 1080."
        )
    min_len, use_sr = RESOLUTIONS[resolution]
    return Options(
        style=style,
        video_fps=int(fps),
        animate_emotion=bool(faces),
        min_len=min_len,
        use_SR=use_sr,
    )


def price_html(
    duration_s: float,
    options: Options,
    service: str,
    lang: Language,
    left: Decimal | None = None,
    count: int = 1,
    parts: int = 1,
) -> str:
    """The price card: the sum, the cheaper way beside it, and what the host's budget has left.

    `count` styles are `count` jobs, each at its price; a long clip is made in `parts`.
    """
    cloud = quote(duration_s, options)
    total = dollars(cloud.total_usd * count)
    seconds = amount(cloud.seconds)
    if service == "local":
        head, more = (
            say("price_free", lang),
            say(
                "price_free_more",
                lang,
                seconds=seconds,
                side=cloud.output_short_side,
                total=total,
            ),
        )
        return _card(head, more)
    more = say("price_sum", lang, seconds=seconds, rate=cloud.rate_usd)
    if count > 1:
        more += " " + say("price_several", lang, count=count, each=dollars(cloud.total_usd))
    date, time = RATES_DATE.isoformat(), clock(float(cloud.seconds))
    success = say("price_success", lang, date=date)
    if parts > 1:
        success = say("price_parts", lang, parts=parts, time=time, date=date)
    if left is not None:
        success = f"{success} {say('price_left', lang, left=dollars(left))}"
    return _card(total, f"{more} {success}", _cheaper(cloud, options, lang, count))


def outdated_html() -> str:
    """The card while the price is asked for anew; no two are alike, so that each is noticed."""
    return f'<p class="hint" data-outdated="{uuid4().hex}">{both("price_asked")}</p>'


def go_text(
    duration_s: float | None,
    options: Options,
    service: str,
    lang: Language,
    count: int = 1,
    parts: int = 1,
) -> str:
    """The button's words: they carry the price of all `count` styles and all `parts`."""
    if duration_s is None:
        return say("go", lang)
    kind = ("_several" if count > 1 else "") + ("_parts" if parts > 1 else "")
    if service == "local":
        return say(f"go_free{kind}", lang, count=count, parts=parts)
    total = dollars(quote(duration_s, options).total_usd * count)
    return say(f"go_price{kind}", lang, total=total, count=count, parts=parts)


def _cheaper(cloud: Quote, options: Options, lang: Language, count: int) -> str:
    if options.min_len != 720:
        return ""
    other = quote(cloud.seconds, Options(min_len=540, use_SR=True))
    words = say("price_cheaper", lang, total=dollars(other.total_usd * count))
    return (
        f'<p class="cheaper">{escape(words)} <button type="button" class="small" '
        f'data-event="cheaper">{escape(say("price_cheaper_use", lang))}</button></p>'
    )


def _card(head: str, more: str, extra: str = "") -> str:
    return (
        f'<div class="price"><p class="price-head">{escape(head)}</p>'
        f'<p class="price-more">{escape(more)}</p>{extra}</div>'
    )
