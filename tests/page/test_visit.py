"""A visit as a person makes it, in a real browser, on this machine's real engine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from app_process import AppProcess
from faults.scripted_cloud import Plan, ScriptedCloud
from playwright.sync_api import expect
from visitor import Visitor

from restyle.styles import Style

from media import ffmpeg, stream

KEY = "sk-0123456789abcdef0123456789abcdef"
Arrive = Callable[..., Visitor]


def test_a_clip_becomes_a_played_and_downloaded_result_and_a_reload_in_mid_job_finds_it_again(
    arrive: Arrive, clip: Path, tmp_path: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    expect(page.locator("#transform")).to_be_disabled()
    visitor.choose(clip)
    expect(page.locator("#fit-report [data-verdict]")).to_have_attribute("data-verdict", "ok")
    expect(page.locator("#transform")).to_have_text("Transform — free")
    visitor.pick("style", Style.AMERICAN_COMIC.title)
    visitor.pick("resolution", "540p")
    expect(page.locator("#price")).to_contain_text("The cloud would charge $0.057")
    job_id = visitor.transform()
    assert visitor.stage not in {"succeeded", "failed", "canceled"}

    visitor.open()
    page.wait_for_selector(f'#status [data-job="{job_id}"]')
    expect(page.locator("#cancel")).to_be_visible()
    visitor.wait_for_stage("succeeded", "failed")
    assert visitor.stage == "succeeded", page.locator("#status").inner_text()

    expect(page.locator("#charge")).to_have_text("Free")
    expect(page.locator("#cancel")).to_be_hidden()
    page.locator(".compare-after").evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('.compare-after').currentTime > 0.2")
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "holiday-american-comic-540p.mp4"
    saved = tmp_path / "result.mp4"
    download.value.save_as(saved)
    video, sound = stream(saved, "video"), stream(saved, "audio")
    assert (video["width"], video["height"]) == (720, 540)
    assert video["avg_frame_rate"] == "15/1"
    assert abs(int(video["nb_read_frames"]) - 30) <= 1
    assert abs(float(sound["duration"]) - 2.0) < 0.15
    row = page.locator(f'#jobs [data-job="{job_id}"]').first
    expect(row).to_contain_text("American comic")
    expect(row).to_contain_text("Done")


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


def test_a_text_file_called_mp4_is_refused_in_words_and_the_choices_stay(
    arrive: Arrive, tmp_path: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.pick("style", Style.PAPER_ART.title)
    fake = tmp_path / "notes.mp4"
    fake.write_text("Buy milk, and call <b>mother</b>.\n" * 50)
    visitor.choose(fake)
    problem = page.locator("#fit-report .problem")
    expect(problem).to_contain_text("text file")
    expect(problem).to_contain_text("What next: ")
    expect(page.locator("#transform")).to_be_disabled()
    expect(page.locator("#style [aria-selected=true]")).to_contain_text("Paper art")


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


@pytest.mark.parametrize("key", ["", "not a key 1234567890"])
def test_the_cloud_needs_a_key_that_looks_like_one_and_none_is_ever_kept(
    arrive: Arrive, clip: Path, key: str
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    visitor.pick("service", "Alibaba Cloud")
    page.fill("#api-key input", key)
    page.click("#transform:enabled")
    expect(page.locator("#status .problem")).to_contain_text("key")
    expect(page.locator("#clip video")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert not key or key not in kept
    assert not key or key not in page.request.get(f"{visitor.url}/config").text()


def test_a_cloud_job_with_ones_own_key_is_charged_as_quoted_and_the_key_lies_nowhere(
    arrive: Arrive, app: AppProcess, cloud: ScriptedCloud, clip: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    visitor.pick("service", "Alibaba Cloud")
    page.fill("#api-key input", KEY)
    expect(page.locator("#transform")).to_have_text("Transform — $0.14")
    job_id = visitor.transform()
    visitor.wait_for_stage("succeeded", "failed")
    assert visitor.stage == "succeeded", page.locator("#status").inner_text()
    expect(page.locator("#charge")).to_contain_text("Quoted $0.14, charged $")
    page.locator("#result details").first.locator("summary").click()
    expect(page.locator("#result")).to_contain_text('os.environ["DASHSCOPE_API_KEY"]')
    assert {task.key for task in cloud.tasks.values()} == {KEY}

    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    for place in (kept, page.content(), page.request.get(f"{app.url}/config").text()):
        assert KEY not in place
    visitor.open()
    page.wait_for_selector(f'#status [data-job="{job_id}"]')
    visitor.pick("service", "Alibaba Cloud")
    expect(page.locator("#api-key input")).to_have_value("")
    assert visitor.sessions
    for session in visitor.sessions:
        page.request.get(f"{app.url}/gradio_api/deep_link?session_hash={session}")
    assert list(app.data_dir.rglob("deep_links/*/state.json"))
    files = [path for path in app.data_dir.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_a_failed_task_is_told_in_words_with_the_next_step(
    arrive: Arrive, cloud: ScriptedCloud, clip: Path
) -> None:
    cloud.plans.append(Plan(ends="FAILED", code="InvalidFile.FPS", message="The video fps is bad."))
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    visitor.pick("service", "Alibaba Cloud")
    page.fill("#api-key input", KEY)
    visitor.transform()
    visitor.wait_for_stage("failed", "succeeded")
    expect(page.locator("#status .problem")).to_contain_text("What next: ")
    expect(page.locator("#jobs")).to_contain_text("nothing charged")
    expect(page.locator("#transform")).to_be_enabled()


@pytest.mark.parametrize(("kind", "sound"), [("mxf", "pcm_s16le"), ("ts", "mp2")])
def test_kinds_of_video_that_a_browser_does_not_know_are_taken_too(
    arrive: Arrive, clip: Path, tmp_path: Path, kind: str, sound: str
) -> None:
    odd = tmp_path / f"tape.{kind}"
    ffmpeg("-i", str(clip), "-c:v", "mpeg2video", "-c:a", sound, "-ar", "48000", str(odd))
    visitor = arrive()
    visitor.choose(odd)
    expect(visitor.page.locator("#fit-report")).to_contain_text(kind.upper())
    expect(visitor.page.locator("#transform")).to_be_enabled()


def test_two_visitors_never_see_each_others_jobs(arrive: Arrive, clip: Path) -> None:
    first, second = arrive(), arrive()
    first.choose(clip)
    job_id = first.transform()
    second.open()
    expect(second.page.locator("#jobs")).to_contain_text("Nothing yet")
    assert job_id not in second.page.content()
    first.page.click("#cancel")


def test_a_sample_is_a_clip_in_one_press(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.page.locator("#samples button").first.click()
    visitor.page.wait_for_selector("#fit-report [data-verdict]")
    expect(visitor.page.locator("#transform")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(arrive: Arrive, long_clip: Path, scheme: str) -> None:
    visitor = arrive(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme)
    assert visitor.sideways <= 0
    visitor.pick("service", "Alibaba Cloud")
    visitor.choose(long_clip)
    assert visitor.sideways <= 0
    button = visitor.page.locator("#transform").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= 844, "the button is not in sight"


def test_a_chinese_browser_gets_chinese(arrive: Arrive, clip: Path) -> None:
    visitor = arrive(locale="zh-CN")
    page = visitor.page
    visitor.choose(clip)
    expect(page.locator("#transform")).to_have_text("开始转换 — 免费")
    expect(page.locator("#panel-style h2")).to_contain_text("风格")
    expect(page.locator("#style [role=option]").first).to_contain_text("日式漫画")
    expect(page.locator("#fit-report")).to_contain_text("符合全部限制")


def test_the_language_can_be_switched_on_the_page_and_stays(arrive: Arrive, tmp_path: Path) -> None:
    visitor = arrive()
    page = visitor.page
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#transform")).to_have_text("开始转换")
    expect(page.locator("#resolution")).to_contain_text("分辨率")
    fake = tmp_path / "notes.mp4"
    fake.write_text("Buy milk.\n" * 50)
    visitor.choose(fake)
    expect(page.locator("#fit-report .problem")).to_contain_text("这其实是文本文件")
    expect(page.locator("#fit-report .problem")).to_contain_text("下一步：请选择一段视频。")
    visitor.open()
    page.get_by_role("button", name="English").click()
    expect(page.locator("#transform")).to_have_text("Transform")
