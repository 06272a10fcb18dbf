"""A visit as a person makes it, in a real browser, on this machine's real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_process import AppProcess
from faults.scripted_cloud import RUNS_ON, Plan, ScriptedCloud
from playwright.sync_api import expect
from visitor import KEY_THAT_WAITS, Visitor

from restyle.styles import Style

from media import stream

OTHER_KEY = "sk-other-0123456789abcdef0123456789"
Arrive = Callable[..., Visitor]


def test_a_sample_becomes_a_played_and_downloaded_result_and_a_reload_in_mid_job_finds_it_again(
    arrive: Arrive, tmp_path: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    expect(page.locator("#transform")).to_be_disabled()
    page.locator("#samples button", has_text="Portrait").click()
    expect(page.locator("#fit-report [data-verdict]")).to_have_attribute("data-verdict", "ok")
    visitor.pick("style", Style.AMERICAN_COMIC.title)
    visitor.pick("resolution", "540p")
    expect(page.locator("#transform")).to_have_text("Transform — free")
    expect(page.locator("#price")).to_contain_text("The cloud would charge $0.14")
    job_id = visitor.transform()
    assert visitor.stage not in {"succeeded", "failed", "canceled"}

    visitor.open()
    page.wait_for_selector(f'#status [data-job="{job_id}"]')
    expect(page.locator("#cancel")).to_be_visible()
    visitor.wait_for_stage("succeeded", "failed")
    assert visitor.stage == "succeeded", page.locator("#status").inner_text()

    page.locator(".compare-after").evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('.compare-after').currentTime > 0.2")
    with page.expect_download() as download:
        page.click("#download")
    saved = tmp_path / "result.mp4"
    download.value.save_as(saved)
    video, sound = stream(saved, "video"), stream(saved, "audio")
    assert (video["width"], video["height"], video["avg_frame_rate"]) == (540, 540, "15/1")
    assert abs(int(video["nb_read_frames"]) - 75) <= 1
    assert abs(float(sound["duration"]) - 5.0) < 0.15
    row = page.locator(f'#jobs [data-job="{job_id}"]').first
    expect(row).to_contain_text("American comic")
    expect(row).to_contain_text("Done")


def test_a_result_of_this_machine_is_free_played_and_downloaded_whole(
    arrive: Arrive, finished: Any, tmp_path: Path
) -> None:
    visitor = arrive(storage_state=finished)
    page = visitor.page
    visitor.wait_for_stage("succeeded")
    expect(page.locator("#charge")).to_have_text("Free")
    expect(page.locator("#cancel")).to_be_hidden()
    page.locator(".compare-after").evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('.compare-after').currentTime > 0.2")
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "holiday-japanese-manga-540p.mp4"
    saved = tmp_path / "result.mp4"
    download.value.save_as(saved)
    video, sound = stream(saved, "video"), stream(saved, "audio")
    assert (video["width"], video["height"]) == (720, 540)
    assert video["avg_frame_rate"] == "15/1"
    assert abs(int(video["nb_read_frames"]) - 15) <= 1
    assert abs(float(sound["duration"]) - 1.0) < 0.15


def test_cancel_stops_the_work_and_says_so(arrive: Arrive, long_clip: Path) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(long_clip)
    visitor.transform()
    page.click("#cancel")
    visitor.wait_for_stage("canceled", "succeeded")
    assert visitor.stage == "canceled"
    expect(page.locator("#transform")).to_be_enabled()
    expect(page.locator("#cancel")).to_be_hidden()


def test_a_long_tall_clip_shows_what_will_be_done_and_trim_and_shape_change_it(
    arrive: Arrive, long_clip: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(long_clip)
    report = page.locator("#fit-report")
    expect(report).to_contain_text("the first 29.9 s")
    expect(report.locator(".check-fix")).to_have_count(2)
    visitor.pick("shape", "Keep all")
    expect(report).to_contain_text("bars left and right")
    visitor.pick("service", "Alibaba Cloud")
    page.fill(".trim-end-text", "0:14")
    page.press(".trim-end-text", "Enter")
    page.fill(".trim-start-text", "0:04")
    page.press(".trim-start-text", "Enter")
    expect(page.locator("#transform")).to_have_text("Transform — $0.72")
    page.locator(".trim-end").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#price")).to_contain_text("9.9")
    page.click("#price button")
    expect(page.locator("#resolution label.selected")).to_contain_text("1080p")
    expect(page.locator("#transform")).to_have_text("Transform — $0.28")


@pytest.mark.parametrize(
    ("locale", "here", "there"),
    [
        ("en-US", "the clip does not leave it", ("China (Beijing)", "Your key pays")),
        ("zh-CN", "视频不会离开本机", ("华北2（北京）", "由你的 Key 付费")),
    ],
)
def test_the_switch_of_services_says_what_each_is_where_the_clip_goes_and_who_pays(
    arrive: Arrive, locale: str, here: str, there: tuple[str, str]
) -> None:
    page = arrive(locale=locale).page
    about = page.locator("#about-service p:visible")
    expect(about).to_have_count(1)
    expect(about).to_contain_text(here)
    page.locator("#service label").nth(1).click()
    expect(about).to_have_count(1)
    for words in there:
        expect(about).to_contain_text(words)


def test_a_cloud_job_is_found_again_after_a_reload_charged_as_quoted_and_the_key_lies_nowhere(
    arrive: Arrive, app: AppProcess, cloud: ScriptedCloud, clip: Path
) -> None:
    key = "sk-reload-0123456789abcdef0123456789"
    cloud.plans_of[key] = RUNS_ON
    visitor = arrive()
    page = visitor.page
    expect(page.locator("#transform")).to_be_disabled()
    visitor.choose(clip)
    expect(page.locator("#fit-report [data-verdict]")).to_have_attribute("data-verdict", "ok")
    expect(page.locator("#transform")).to_have_text("Transform — free")
    visitor.pick("style", Style.AMERICAN_COMIC.title)
    visitor.pick("resolution", "540p")
    expect(page.locator("#price")).to_contain_text("The cloud would charge $0.057")
    visitor.pick("resolution", "720p")
    for wrong in ("", "not a key 1234567890"):
        visitor.use_cloud(wrong)
        page.click("#transform:enabled")
        expect(page.locator("#status .problem")).to_contain_text("key")
        expect(page.locator("#clip video")).to_be_visible()
    visitor.use_cloud(key)
    expect(page.locator("#transform")).to_have_text("Transform — $0.14")
    job_id = visitor.transform()
    visitor.wait_for_stage("running")

    visitor.open()
    page.wait_for_selector(f'#status [data-job="{job_id}"][data-stage="running"]')
    expect(page.locator("#cancel")).to_be_visible()
    (task,) = (task for task in cloud.tasks.values() if task.key == key)
    cloud.finish(task.task_id)
    visitor.wait_for_stage("succeeded", "failed")
    assert visitor.stage == "succeeded", page.locator("#status").inner_text()
    expect(page.locator("#charge")).to_contain_text("Quoted $0.14, charged $")
    row = page.locator(f'#jobs [data-job="{job_id}"]').first
    expect(row).to_contain_text("American comic")
    page.locator("#result details").first.locator("summary").click()
    expect(page.locator("#result")).to_contain_text('os.environ["DASHSCOPE_API_KEY"]')

    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#api-key input")).to_have_value("")
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    for place in (kept, page.content(), page.request.get(f"{app.url}/config").text()):
        assert key not in place
        assert "not a key" not in place
    assert visitor.sessions
    for session in visitor.sessions:
        page.request.get(f"{app.url}/gradio_api/deep_link?session_hash={session}")
    assert list(app.data_dir.rglob("deep_links/*/state.json"))
    files = [path for path in app.data_dir.rglob("*") if path.is_file()]
    assert not [path for path in files if key.encode() in path.read_bytes()]


def test_a_failed_task_is_told_in_words_with_the_next_step(
    arrive: Arrive, cloud: ScriptedCloud, clip: Path
) -> None:
    words = "The video fps is bad."
    cloud.plans_of[OTHER_KEY] = Plan(0, 0, ends="FAILED", code="InvalidFile.FPS", message=words)
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    visitor.use_cloud(OTHER_KEY)
    visitor.transform()
    visitor.wait_for_stage("failed", "succeeded")
    expect(page.locator("#status .problem")).to_contain_text("What next: ")
    expect(page.locator("#jobs")).to_contain_text("nothing charged")
    expect(page.locator("#transform")).to_be_enabled()


def test_two_visitors_never_see_each_others_jobs(arrive: Arrive, clip: Path) -> None:
    first, second = arrive(), arrive()
    first.choose(clip)
    first.use_cloud(KEY_THAT_WAITS)
    job_id = first.transform()
    second.open()
    expect(second.page.locator("#jobs")).to_contain_text("Nothing yet")
    assert job_id not in second.page.content()
    first.page.click("#cancel")
    first.wait_for_stage("canceled")


def test_a_chinese_browser_gets_chinese_and_a_sample_is_a_clip_in_one_press(
    arrive: Arrive,
) -> None:
    visitor = arrive(locale="zh-CN")
    page = visitor.page
    page.locator("#samples button", has_text="人像").click()
    expect(page.locator("#transform")).to_have_text("开始转换 — 免费")
    expect(page.locator("#transform")).to_be_enabled()
    expect(page.locator("#panel-style h2")).to_contain_text("风格")
    expect(page.locator("#style [role=option]").first).to_contain_text("日式漫画")
    expect(page.locator("#fit-report")).to_contain_text("符合全部限制")


def test_a_text_file_is_refused_in_words_of_the_language_which_can_be_switched_and_stays(
    arrive: Arrive, tmp_path: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    fake = tmp_path / "notes.mp4"
    fake.write_text("Buy milk, and call <b>mother</b>.\n" * 50)
    visitor.pick("style", Style.PAPER_ART.title)
    visitor.choose(fake)
    problem = page.locator("#fit-report .problem")
    expect(problem).to_contain_text("text file")
    expect(problem).to_contain_text("What next: ")
    page.wait_for_selector("#clip-shown [data-state=failed]", state="attached")
    expect(page.locator("#clip-shown")).to_be_hidden()  # "it can be transformed all the same"
    expect(page.locator("#transform")).to_be_disabled()
    expect(page.locator("#style [aria-selected=true]")).to_contain_text("Paper art")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#transform")).to_have_text("开始转换")
    expect(page.locator("#resolution")).to_contain_text("分辨率")
    visitor.choose(fake)
    expect(problem).to_contain_text("这其实是文本文件")
    expect(problem).to_contain_text("下一步：请选择一段视频。")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#transform")).to_have_text("Transform")
