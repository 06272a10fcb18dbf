"""All of a clip that is too long: chosen, priced, followed part by part, one part tried again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults.scripted_cloud import Plan, ScriptedCloud
from page.test_panels import NASTY, job
from playwright.sync_api import expect
from visitor import WAIT_MS, Visitor

from restyle.clips import inspect
from restyle.fitting import plan_parts
from restyle.jobs import Job, Stage
from restyle.page.clip_panel import checks_of, extent_choices, span, whole_trim
from restyle.page.code_samples import python_sample
from restyle.page.jobs_panel import jobs_html
from restyle.page.parts_list import parts_html
from restyle.page.price_panel import go_text, price_html
from restyle.page.result_panel import status_html
from restyle.styles import Options

KEY = "sk-fedcba9876543210fedcba9876543210"
Arrive = Callable[..., Visitor]


def _part(number: int, stage: Stage, **changes: Any) -> Job:
    plan = {"start_s": 20.0 * number, "end_s": 20.0 * number + 20}
    facts = {"job_id": f"part-{number}", "stage": stage, "plan": plan, "part": number}
    return job(**{**facts, **changes})


def test_the_whole_of_a_clip_is_a_choice_with_its_parts_counted(long_clip: Path) -> None:
    clip = inspect(long_clip)
    assert extent_choices(clip, "en")[1] == ("All of it, in 2 parts", "whole")
    assert extent_choices(clip, "zh")[1] == ("全部，分 2 段", "whole")
    endless = replace(clip, duration_s=1200.0)
    assert extent_choices(endless, "en")[1][0] == "Up to 10 minutes, in parts"
    trim = whole_trim(clip, whole=True)
    assert (trim["end_s"], trim["max_s"]) == (round(clip.duration_s, 3), 600)
    assert span(trim, clip, whole=True) == (0.0, None)
    assert span({"start_s": 0, "end_s": 30.0}, clip, whole=True) == (0.0, 30.0)
    assert whole_trim(endless, whole=True)["end_s"] == 600
    stale = whole_trim(clip)  # the page had it before all of the clip, or another clip, was chosen
    assert span({**stale, "start_s": 4.0}, clip, whole=True) == (0.0, None)
    assert span({**stale, "duration_s": 50.0, "start_s": 4.0}, clip) == (0.0, None)
    assert span({**stale, "start_s": 4.0}, clip) == (4.0, 30.0)


def test_a_length_that_parts_take_care_of_says_so(long_clip: Path) -> None:
    clip = inspect(long_clip)
    rows = {row.name: row for row in checks_of(clip, plan_parts(clip), "en")}
    assert rows["duration"].fix == "Made in 2 parts, joined again at the end."
    assert "cropped" in rows["ratio"].fix
    assert (
        "start and end"
        in next(row for row in checks_of(clip, None, "en") if row.name == "duration").fix
    )


@pytest.mark.parametrize(
    ("service", "count", "words"),
    [
        ("local", 1, "Transform 3 parts — free"),
        ("cloud", 1, "Transform 3 parts — $4.66"),
        ("local", 2, "2 styles × 3 parts — free"),
        ("cloud", 2, "2 styles × 3 parts — $9.32"),
    ],
)
def test_the_button_carries_parts_and_total(service: str, count: int, words: str) -> None:
    assert go_text(65, Options(), service, "en", count, 3) == words


def test_the_price_card_says_how_many_parts_and_how_long_together() -> None:
    html = price_html(65, Options(), "cloud", "en", None, 1, 3)
    assert "1:05 in 3 parts, each charged only when it succeeds." in html
    assert "parts" not in price_html(20, Options(), "cloud", "en")


def test_the_status_shows_each_part_with_its_own_state_and_way_on() -> None:
    error = {"message": NASTY, "what_next": NASTY, "ways_on": ["look_again", "submit_anyway"]}
    parts = (
        _part(0, Stage.SUCCEEDED),
        _part(1, Stage.FAILED, error=error),
        _part(2, Stage.RUNNING, progress=0.4),
    )
    whole = job(stage=Stage.RUNNING, parts=parts)
    html = status_html(whole, "en")
    assert html.count('class="part ') == 3
    for words in ("Part 2", "0:20–0:40", "Drawing 40%", "1 of 3 parts done", "Try part 2 again"):
        assert words in html
    assert html.count('data-event="retry_part" data-part="part-1"') == 1
    assert html.count('data-event="submit_anyway" data-part="part-1"') == 1
    assert "<script" not in html
    canceled = replace(whole, stage=Stage.CANCELED, parts=(parts[0], _part(1, Stage.CANCELED)))
    assert parts_html(canceled, "en").count("retry_part") == 1
    assert parts_html(replace(canceled, stage=Stage.RUNNING), "en").count("retry_part") == 0
    assert "can be gone on with" in status_html(canceled, "en")
    joining = job(stage=Stage.SAVING, parts=(parts[0],))
    assert "Joining the parts" in status_html(joining, "en")


def test_the_list_has_one_row_for_the_whole_and_the_code_says_whole() -> None:
    whole = job(parts=(_part(0, Stage.RUNNING), _part(1, Stage.QUEUED)))
    html = jobs_html([whole], None, "en")
    assert html.count("job-row") == 1
    assert "2 parts · holiday.mp4" in html
    assert "whole=True" in python_sample(whole)
    assert "whole" not in python_sample(job())


def test_a_visitor_makes_all_of_a_long_clip_and_tries_one_part_again(
    arrive: Arrive, cloud: ScriptedCloud, long_clip: Path
) -> None:
    cloud.plans_of[KEY] = Plan(0, 0)
    visitor = arrive(viewport={"width": 390, "height": 844}, has_touch=True)
    page = visitor.page
    visitor.choose(long_clip)
    expect(page.locator("#transform")).to_have_text("Transform — free")
    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#transform")).to_have_text("Transform — $2.14", timeout=WAIT_MS)
    visitor.pick("extent", "All of it, in 2 parts")
    expect(page.locator("#transform")).to_have_text("Transform 2 parts — $2.44", timeout=WAIT_MS)
    expect(page.locator("#fit-report")).to_contain_text("34 s → 2 parts that are joined again")
    expect(page.locator("#price")).to_contain_text("0:34 in 2 parts")
    assert visitor.sideways <= 0
    page.fill("#api-key input", KEY)
    cloud.plans.extend([Plan(0, 0), Plan(0, 0, ends="FAILED", code="InternalError")])
    job_id = visitor.transform()
    visitor.wait_for_stage("failed", "succeeded")
    expect(page.locator("#status")).to_contain_text("Part 2 of 2 has failed")
    expect(page.locator("#status .part-succeeded")).to_have_count(1)
    expect(page.locator("#jobs .job-row")).to_have_count(1)
    assert visitor.sideways <= 0
    visitor.open()
    page.get_by_role("button", name="Try part 2 again").click()
    visitor.wait_for_stage("succeeded")
    expect(page.locator("#status .part-succeeded")).to_have_count(2)
    expect(page.locator("#charge")).to_contain_text("Quoted $2.44, charged $0.14")
    expect(page.locator(f'#jobs [data-job="{job_id}"]').first).to_contain_text("2 parts")
    page.wait_for_function("() => document.querySelector('.compare-after').duration > 33")
    page.wait_for_function("() => document.querySelector('.compare-before').duration > 33")
    assert len([task for task in cloud.made if task.key == KEY]) == 3


def test_back_to_a_part_of_it_the_price_is_that_of_a_part(arrive: Arrive, long_clip: Path) -> None:
    visitor = arrive(locale="zh-CN")
    page = visitor.page
    visitor.choose(long_clip)
    visitor.pick("extent", "全部，分 2 段")
    expect(page.locator("#transform")).to_have_text("转换 2 段 — 免费", timeout=WAIT_MS)
    expect(page.locator("#fit-report")).to_contain_text("分成 2 段，最后重新合并")
    visitor.pick("extent", "其中 30 秒")
    expect(page.locator("#transform")).to_have_text("开始转换 — 免费")
    expect(page.locator(".trim-chosen")).to_have_text("0:30")
