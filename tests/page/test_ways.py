"""The ways in, as a visitor takes them: a pasted address, the camera, drag and drop."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

import pytest
from app_process import AppProcess
from playwright.sync_api import Page, expect
from visitor import Visitor
from web import Web

from media import ffmpeg, make_clip, stream

Arrive = Callable[..., Visitor]
PICTURE = "() => document.querySelector('#clip video')?.videoWidth > 0"
DRAWN = '.trim-strip[data-drawn="yes"]'


@pytest.fixture(autouse=True)
def clean_web(web: Web) -> Iterator[None]:
    yield
    web.files.clear()
    web.handlers.clear()


def paste(page: Page, address: str) -> None:
    page.locator("#paste-address").locator("input, textarea").fill(address)
    page.keyboard.press("Enter")


def test_a_pasted_address_becomes_the_clip_under_its_own_name(
    arrive: Arrive, web: Web, clip: Path
) -> None:
    web.files["/films/杭州 holiday.mp4"] = clip.read_bytes()
    page = arrive().page
    paste(page, f"{web.origin}/films/%E6%9D%AD%E5%B7%9E%20holiday.mp4?token=1")
    expect(page.locator("#fit-report [data-verdict]")).to_have_attribute("data-verdict", "ok")
    page.wait_for_function(PICTURE)
    source = page.locator("#clip video").evaluate("video => video.currentSrc")
    assert unquote(source).endswith("/杭州 holiday.mp4")
    expect(page.locator("#transform")).to_be_enabled()
    expect(page.locator("#paste-address").locator("input, textarea")).to_have_value("")


NOT_FETCHED = {
    "ftp://films.example/a.mp4": "Only http and https addresses are fetched.",
    "http://169.254.169.254/latest": "is not a public address",
    "http://user:word@127.0.0.1/a.mp4": "a user name or password",
    "{web}/gone.mp4": "HTTP status 404",
    "{web}/page": "leads to a web page",
    "{web}/large.mp4": "larger than 500 MB",
}


def test_an_address_that_gives_no_clip_is_told_in_words_and_the_clip_stays(
    arrive: Arrive, web: Web, clip: Path, app: AppProcess
) -> None:
    def watch(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.end_headers()
        request.wfile.write(b"<!doctype html><title>Watch</title>")

    def large(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "500000001")
        request.end_headers()

    web.handlers.update({"/page": watch, "/large.mp4": large})
    visitor = arrive()
    page = visitor.page
    visitor.choose(clip)
    before = set(app.data_dir.glob("gradio/*"))
    for address, words in NOT_FETCHED.items():
        paste(page, address.format(web=web.origin))
        expect(page.locator("#paste-says .problem")).to_contain_text(words)
        expect(page.locator("#paste-says .problem")).to_contain_text("What next: ")
        expect(page.locator("#paste-fetch")).to_be_visible()
    expect(page.locator("#fit-report [data-verdict]")).to_have_attribute("data-verdict", "ok")
    assert set(app.data_dir.glob("gradio/*")) == before
    visitor.clear()
    expect(page.locator("#paste-says")).to_be_hidden()  # it is over with the next choice


def test_a_slow_fetch_tells_how_far_it_is_and_cancel_ends_it_and_leaves_nothing(
    arrive: Arrive, web: Web, app: AppProcess
) -> None:
    gone = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000000")
        request.end_headers()
        try:
            request.wfile.write(b"x" * 1_000_000)
            while not gone.wait(0.02):
                request.wfile.write(b"x")
        except OSError:
            gone.set()

    web.handlers["/slow.mp4"] = slow
    page = arrive(locale="zh-CN").page
    before = set(app.data_dir.glob("gradio/*"))
    paste(page, f"{web.origin}/slow.mp4")
    expect(page.locator("#paste-says")).to_contain_text("1.0 / 5.0 MB")
    bar = page.locator("#paste-says [role=progressbar]")
    expect(bar).to_have_attribute("aria-valuenow", "20")
    page.wait_for_function(
        """() => {
            const bar = document.querySelector('#paste-says [role=progressbar]');
            const whole = bar.getBoundingClientRect();
            const full = bar.firstElementChild.getBoundingClientRect();
            return Math.abs((full.right - whole.left) / whole.width - 0.2) < 0.01;
        }"""
    )
    page.locator("#paste-stop").click()
    expect(page.locator("#paste-fetch")).to_be_visible()
    expect(page.locator("#paste-says")).to_be_hidden()
    assert gone.wait(30), "the connection goes on"
    expect(page.locator("#paste-address").locator("input, textarea")).to_be_editable()
    assert set(app.data_dir.glob("gradio/*")) == before


CHOSEN_SINCE: dict[str, Callable[[Visitor, Path], object]] = {
    "an upload": lambda visitor, clip: visitor.choose(clip),
    "a sample": lambda visitor, _: visitor.page.click("#samples button"),
}


@pytest.mark.parametrize("since", CHOSEN_SINCE)
def test_a_slow_fetch_does_not_take_the_place_of_a_clip_that_was_chosen_since(
    since: str, arrive: Arrive, web: Web, clip: Path, tmp_path: Path
) -> None:
    chosen, over = threading.Event(), threading.Event()
    fetched = make_clip(tmp_path / "fetched.mp4", size=(320, 244), duration_s=1).read_bytes()

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Content-Length", str(len(fetched)))
        request.end_headers()
        try:
            request.wfile.write(fetched[:1000])
            chosen.wait(30)
            request.wfile.write(fetched[1000:])
        except OSError:
            pass
        finally:
            over.set()

    web.handlers["/slow.mp4"] = slow
    visitor = arrive()
    page = visitor.page
    paste(page, f"{web.origin}/slow.mp4")
    expect(page.locator("#paste-says")).to_contain_text("MB")
    CHOSEN_SINCE[since](visitor, clip)
    expect(page.locator("#fit-report [data-verdict]")).to_have_count(1)
    expect(page.locator("#paste-fetch")).to_be_visible()
    expect(page.locator("#paste-says")).to_be_hidden()
    chosen.set()
    assert over.wait(30)
    # A later answer of the page's shows that nothing else is on its way.
    paste(page, f"{web.origin}/gone.mp4")
    expect(page.locator("#paste-says .problem")).to_contain_text("HTTP status 404")
    assert page.locator("#clip video").evaluate("video => video.videoHeight") != 244


NOT_PLAYED = {
    "phone.mov": ("-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=none"),
    "tape.mxf": ("-c:v", "mpeg2video", "-c:a", "pcm_s16le"),
    "stream.ts": ("-c:v", "mpeg2video", "-c:a", "mp2"),
    "camera.avi": ("-c:v", "mpeg4", "-c:a", "mp2"),
    "old.flv": ("-ar", "44100"),
    "edit.mov": ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"),
}


def test_a_clip_that_the_browser_cannot_play_is_visible_all_the_same(
    arrive: Arrive, tmp_path: Path
) -> None:
    visitor = arrive()
    page = visitor.page
    for number, (name, coding) in enumerate(NOT_PLAYED.items()):
        size = (320, 240 + 2 * number)
        odd = make_clip(tmp_path / name, size=size, fps=25, duration_s=2, options=coding)
        visitor.choose(odd)
        page.wait_for_function(
            "high => document.querySelector('#clip video')?.videoHeight === high", arg=size[1]
        )
        page.wait_for_selector(DRAWN)
        expect(page.locator("#fit-report")).to_contain_text(odd.suffix[1:].upper())
        expect(page.locator("#clip-shown")).to_contain_text("Shown as a small copy")
        expect(page.locator("#transform")).to_be_enabled()
        length = page.locator("#clip video").evaluate("video => video.duration")
        assert abs(length - 2) < 0.1
        expect(page.locator(".toast-body")).to_have_count(0)
        visitor.clear()
        expect(page.locator("#clip-shown")).to_be_hidden()


def test_the_original_is_sent_and_the_compare_shows_such_a_clip_too(
    arrive: Arrive, tmp_path: Path
) -> None:
    coding = ("-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=none")
    odd = make_clip(tmp_path / "hevc.mp4", size=(640, 480), duration_s=1, options=coding)
    visitor = arrive()
    page = visitor.page
    visitor.choose(odd)
    page.wait_for_function(PICTURE)
    visitor.use_cloud("sk-0123456789abcdef0123456789abcdef")
    job_id = visitor.transform()
    visitor.wait_for_stage("succeeded", "failed")
    page.wait_for_function("() => document.querySelector('.compare-before')?.videoWidth > 0")
    assert page.locator("restyle-compare.compare-one").count() == 0
    sent = tmp_path / "sent.mp4"
    address = f"{visitor.url}/restyle/jobs/{job_id}/source.mp4"
    sent.write_bytes(page.request.get(address).body())
    assert sent.read_bytes() == odd.read_bytes()
    assert stream(sent, "video")["codec_name"] == "hevc"


def test_a_clip_after_one_that_could_not_be_played_is_shown_as_it_is(
    arrive: Arrive, tmp_path: Path, clip: Path
) -> None:
    odd = tmp_path / "picture.gif"
    ffmpeg("-i", str(clip), "-t", "1", "-vf", "scale=320:-2", str(odd))
    visitor = arrive()
    page = visitor.page
    visitor.choose(odd)
    expect(page.locator("#clip-shown")).to_contain_text("Shown as a small copy")
    page.locator("#samples button").first.click()
    expect(page.locator("#clip-shown")).to_be_hidden()
    source = page.locator("#clip video").evaluate("video => video.currentSrc")
    assert "/file=" in source


def test_a_clip_is_recorded_with_the_camera(arrive: Arrive) -> None:
    visitor = arrive(permissions=["camera", "microphone"])
    page = visitor.page
    page.get_by_role("button", name="Capture from camera").click()
    page.get_by_text("Click to Access Webcam").click()
    page.wait_for_function("() => document.querySelector('#clip video')?.videoWidth === 1280")
    page.locator("#clip .capture-button").click()
    began = page.locator("#clip video").evaluate("video => video.currentTime")
    page.wait_for_function(
        "began => document.querySelector('#clip video').currentTime > began + 3", arg=began
    )
    page.locator("#clip .capture-button").click()
    page.wait_for_selector("#fit-report [data-verdict]")
    # How much of it a busy machine records is the machine's; that it is the clip is the page's.
    expect(page.locator("#fit-report")).to_contain_text("WEBM")
    page.wait_for_function(PICTURE)
    visitor.transform()
    expect(page.locator("#jobs .row-clip")).to_have_text(re.compile(r"^camera-20\d\d-\d\d-\d\d"))
    page.click("#cancel:enabled")
    visitor.wait_for_stage("canceled", "succeeded")


def test_a_clip_is_dropped_onto_the_page(arrive: Arrive, tmp_path: Path) -> None:
    tape = make_clip(
        tmp_path / "tape.ts", duration_s=1, options=("-c:v", "mpeg2video", "-c:a", "mp2")
    )
    page = arrive().page
    content = tape.read_bytes().hex()
    held = page.evaluate_handle(
        """content => {
            const bytes = Uint8Array.from(content.match(/../g), (pair) => parseInt(pair, 16));
            const held = new DataTransfer();
            held.items.add(new File([bytes], 'tape.ts', { type: '' }));
            return held;
        }""",
        content,
    )
    place = page.locator("#clip button.upload-container")
    for event in ("dragenter", "dragover", "drop"):
        place.dispatch_event(event, {"dataTransfer": held})
    page.wait_for_selector("#fit-report [data-verdict]")
    expect(page.locator("#fit-report")).to_contain_text("TS")
    page.wait_for_function(PICTURE)
