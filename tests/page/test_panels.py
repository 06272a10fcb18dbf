"""The panels' own pieces, without a browser: words, prices, reports, lists; all escaped."""

import string
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from restyle.clips import inspect
from restyle.errors import ClipUnfit, KeyRefused, OptionError
from restyle.fitting import plan_fit
from restyle.jobs import Job, Stage
from restyle.limits import Check, check
from restyle.page import texts
from restyle.page.clip_panel import report_html, span, whole_trim
from restyle.page.code_samples import curl_sample, python_sample
from restyle.page.jobs_panel import MOST_KEPT, Mine, jobs_html
from restyle.page.keys import own_key
from restyle.page.price_panel import go_text, options_of, price_html
from restyle.page.result_panel import charge_text, result_html, status_html
from restyle.page.samples import samples
from restyle.page.style_panel import chosen_styles, wall_html
from restyle.pricing import Quote, quote
from restyle.styles import Options, Style

NASTY = "<script>alert('x')</script>"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def job(**changes: Any) -> Job:
    """A job on this machine that draws, unless told otherwise."""
    options = changes.pop("options", Options(style=Style.PAPER_ART))
    cloud_quote = quote(4, options)
    free = Quote(cloud_quote.seconds, Decimal(0), Decimal(0), cloud_quote.output_short_side)
    facts: dict[str, Any] = {
        "job_id": "abc123",
        "stage": Stage.RUNNING,
        "since": NOW - timedelta(seconds=10),
        "created": NOW - timedelta(seconds=20),
        "expires_at": None,
        "service": "local",
        "options": options,
        "plan": {"start_s": 0.0, "end_s": 4.0},
        "quote": free,
        "cloud_quote": cloud_quote,
        "clip_name": "holiday.mp4",
        "times": {
            "queued": (NOW - timedelta(seconds=20)).isoformat(),
            "fitting": (NOW - timedelta(seconds=15)).isoformat(),
            "running": (NOW - timedelta(seconds=10)).isoformat(),
        },
    }
    return Job(**{**facts, **changes})


def _blanks(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", texts.TEXTS)
def test_every_text_is_there_in_both_languages_with_the_same_blanks(key: str) -> None:
    english, chinese = texts.TEXTS[key]
    assert english.strip()
    assert chinese.strip()
    assert _blanks(english) == _blanks(chinese)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words(stage: Stage) -> None:
    assert texts.stage_name(stage, "en") != texts.stage_name(stage, "zh")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (9.4, "0:09"), (59.6, "1:00"), (134, "2:14")]
)
def test_times_are_shown_as_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert texts.clock(seconds) == shown


@pytest.mark.parametrize(
    ("place", "shown"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_places_in_the_queue_are_ordinals(place: int, shown: str) -> None:
    assert texts.ordinal(place, "en") == shown


@pytest.mark.parametrize(
    ("resolution", "min_len", "use_sr", "side"),
    [("540", 540, False, 540), ("720", 720, False, 720), ("1080", 540, True, 1080)],
)
def test_a_resolution_means_two_parameters(
    resolution: str, min_len: int, use_sr: bool, side: int
) -> None:
    options = options_of(Style.CARTOON_3D, resolution, 20, False)
    assert (options.min_len, options.use_SR, options.output_short_side) == (min_len, use_sr, side)
    assert (options.style, options.video_fps, options.animate_emotion) == (3, 20, False)


def test_a_resolution_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError, match="999"):
        options_of(Style.JAPANESE_MANGA, "999", 15, True)


def test_the_button_carries_the_price() -> None:
    options = Options(min_len=540)
    assert go_text(None, options, "cloud", "en") == "Transform"
    assert go_text(10, options, "local", "en") == "Transform — free"
    assert go_text(10, options, "cloud", "en") == "Transform — $0.29"


def test_the_price_card_names_the_cheaper_way_only_where_there_is_one() -> None:
    assert "$0.29, 60 % less" in price_html(10, Options(), "cloud", "en")
    assert "cheaper" not in price_html(10, Options(min_len=540), "cloud", "en")
    local = price_html(10, Options(), "local", "en")
    assert "Free on this machine" in local
    assert "$0.72" in local
    assert "$0.40 left" in price_html(10, Options(), "cloud", "en", Decimal("0.4"))


@pytest.mark.parametrize(
    ("service", "typed", "host_pays", "given"),
    [
        ("local", "sk-0123456789abcdef", False, None),
        ("cloud", "", True, None),
        ("cloud", " sk-0123456789abcdef \n", False, "sk-0123456789abcdef"),
        ("cloud", "sk-0123456789abcdef", True, "sk-0123456789abcdef"),
    ],
)
def test_a_key_is_taken_only_where_it_is_needed(
    service: str, typed: str, host_pays: bool, given: str | None
) -> None:
    key = own_key(service, typed, "en", host_pays=host_pays)
    assert (key.reveal() if key else None) == given


@pytest.mark.parametrize("typed", ["", "   ", "hello", "sk-", "sk-with space 123", "SK-0123456789"])
def test_a_missing_or_odd_key_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(KeyRefused) as raised:
        own_key("cloud", typed, "en", host_pays=False)
    assert not typed.strip() or len(typed) < 4 or typed not in str(raised.value)


def test_the_report_has_a_row_for_each_limit_and_the_plans_own_words(long_clip: Path) -> None:
    clip = inspect(long_clip)
    plan = plan_fit(clip)
    html = report_html(clip, check(clip), plan, "en")
    assert html.count("<tr ") == 6
    assert html.count("check-fix") == 2
    for reason in plan.reasons:
        assert reason in html


def test_nothing_from_a_file_or_an_error_reaches_the_page_unescaped(clip: Path) -> None:
    found = inspect(clip)
    row = Check(NASTY, NASTY, NASTY, False, NASTY)
    pages = [
        report_html(found, [row], None, "en", ClipUnfit(NASTY, what_next=NASTY)),
        status_html(
            job(
                stage=Stage.FAILED,
                notes=(NASTY,),
                error={"message": NASTY, "what_next": NASTY, "ways_on": [NASTY]},
            ),
            "en",
            NOW,
        ),
        jobs_html([job(clip_name=NASTY)], None, "en"),
        result_html(
            job(stage=Stage.SUCCEEDED, clip_name=NASTY, task_id=NASTY, request_id=NASTY),
            [{"answer": NASTY}],
            "en",
        ),
    ]
    assert not any("<script" in page for page in pages)


def test_a_trim_that_was_not_touched_chooses_nothing(clip: Path, long_clip: Path) -> None:
    for path in (clip, long_clip):
        found = inspect(path)
        assert span(whole_trim(found), found) == (0.0, None)
        assert span({"start_s": 0.5, "end_s": found.duration_s}, found) == (0.5, None)
        assert span({"start_s": 0.5, "end_s": 1.5}, found) == (0.5, 1.5)
        assert span(None, found) == (0.0, None)


def test_the_status_shows_stage_share_time_left_and_what_is_behind() -> None:
    html = status_html(job(progress=0.42, eta_s=75), "en", NOW)
    for words in (
        "Drawing",
        "42%",
        "25 of 60 frames",
        "about 1:15 left",
        "0:20 so far",
        'aria-valuenow="42"',
    ):
        assert words in html
    cloud = status_html(job(progress=0.42, service="cloud"), "en", NOW)
    assert "frames" not in cloud  # its share may be of something else
    assert "Next in the queue" in status_html(job(stage=Stage.QUEUED, position=1), "en", NOW)
    assert "2nd in the queue" in status_html(job(stage=Stage.QUEUED, position=2), "en", NOW)


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({}, True),
        ({"progress": 0.0}, True),
        ({"progress": 0.02}, False),
        ({"since": NOW - timedelta(seconds=2)}, False),
        ({"stage": Stage.QUEUED}, False),
        ({"service": "cloud"}, False),
    ],
)
def test_who_waits_for_the_first_frame_of_this_machine_is_told_why(
    changes: dict[str, Any], is_said: bool
) -> None:
    for lang, words in (("en", "Getting the style ready"), ("zh", "正在准备这种风格")):
        assert (words in status_html(job(**changes), lang, NOW)) == is_said


def test_stages_behind_are_ticked_and_the_one_that_a_job_stopped_in_is_crossed() -> None:
    assert status_html(job(), "en", NOW).count("✓") == 5  # all before drawing, timed or not
    assert "✗" not in status_html(job(), "en", NOW)
    failed = status_html(job(stage=Stage.FAILED, error={"message": "No."}), "en", NOW)
    assert failed.count("✓") == 5
    assert failed.count("✗") == 1
    assert status_html(job(stage=Stage.SUCCEEDED), "en", NOW).count("✓") == 7


def test_a_finished_job_says_what_was_made_of_which_clip() -> None:
    done = job(stage=Stage.SUCCEEDED, clip_name=NASTY + ".mp4")
    html = status_html(done, "en", NOW)
    assert "Paper art · " in html
    assert ".mp4 · 720p · 15 fps" in html
    assert "<script" not in html
    assert "纸艺风格 · " in status_html(done, "zh", NOW)
    assert "made" not in status_html(job(), "en", NOW)


def test_a_job_that_stopped_as_unclear_offers_its_ways_on() -> None:
    error = {"message": "The answer was lost.", "what_next": "", "ways_on": ["look_again"]}
    html = status_html(job(stage=Stage.FAILED, error=error), "en", NOW)
    assert 'data-event="look_again"' in html
    assert "submit_anyway" not in html


def test_the_charge_is_held_against_the_quote() -> None:
    assert charge_text(job(), "en") == "Free"
    paid = job(service="cloud", quote=quote(4, Options()), charge=Decimal("0.28"))
    assert charge_text(paid, "en") == "Quoted $0.29, charged $0.28"
    unpaid = job(service="cloud", quote=quote(4, Options()), stage=Stage.FAILED)
    assert charge_text(unpaid, "en") == "Quoted $0.29, nothing charged"


def test_the_same_call_by_code_is_code_and_has_the_key_as_a_variable() -> None:
    cloud = job(service="cloud", clip_name='it\'s "mine".mp4')
    compile(python_sample(cloud), "sample", "exec")
    assert 'os.environ["DASHSCOPE_API_KEY"]' in python_sample(cloud)
    assert "$DASHSCOPE_API_KEY" in curl_sample(cloud)
    assert "api_key" not in python_sample(job())


@pytest.mark.parametrize(
    ("stored", "ids", "shown"),
    [
        (None, (), None),
        ("text", (), None),
        ({"ids": "abc"}, (), None),
        ({"ids": ["a", 7, None, "b", "x" * 500], "shown": "b"}, ("a", "b"), "b"),
        ({"ids": ["a"], "shown": "somebody-else's"}, ("a",), None),
    ],
)
def test_what_a_browser_kept_is_read_with_caution(
    stored: Any, ids: tuple[str, ...], shown: str | None
) -> None:
    assert Mine.read(stored) == Mine(ids, shown)


def test_a_browser_remembers_its_newest_jobs() -> None:
    mine = Mine()
    for number in range(MOST_KEPT + 5):
        mine = mine.with_new(str(number))
    assert len(mine.ids) == MOST_KEPT
    assert mine.ids[0] == mine.shown == str(MOST_KEPT + 4)
    assert mine.showing("unknown") == mine
    assert mine.without([mine.ids[0]]).shown is None
    assert mine.without([mine.ids[0], "unknown"]).gone == (mine.ids[0],)
    assert Mine.read(mine.as_stored()) == mine


def test_samples_and_styles_are_named_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "my_cat.mp4").touch()
    (sample,) = samples(tmp_path)
    assert (sample.title, sample.title_zh) == ("My cat", "My cat")
    assert samples(tmp_path / "nowhere") == []
    wall = wall_html()
    for style in Style:
        assert style.title in wall
        assert style.title_zh in wall


def test_styles_are_taken_in_their_order_each_once_and_nothing_else() -> None:
    assert chosen_styles({"styles": [5, 1, 5]}) == (Style.AMERICAN_COMIC, Style.PAPER_ART)
    assert chosen_styles(None) == chosen_styles({"styles": []}) == (Style.JAPANESE_MANGA,)
    for wrong in (["x"], [99], [[1]]):
        with pytest.raises(OptionError, match="eight styles"):
            chosen_styles({"styles": wrong})


def test_several_styles_are_priced_together() -> None:
    options = options_of(Style.PAPER_ART, "720", 15, True)
    assert go_text(10, options, "cloud", "en", 3) == "Transform in 3 styles — $2.15"
    assert "3 styles × $0.72" in price_html(10, options, "cloud", "en", None, 3)
    assert go_text(10, options, "local", "zh", 2) == "转换为 2 种风格 — 免费"
