from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from faults.scripted_cloud import LOST_AFTER_ACCEPTANCE, Fault, ScriptedCloud, refusal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from restyle.cloud import CloudClient
from restyle.errors import AnswerLost, HostingError, KeyRefused, RestyleError, Throttled
from restyle.hosting import Hosted, OwnAddress, TemporaryUpload, hosts_for, verify
from restyle.settings import Secret, Settings
from restyle.styles import Options


@pytest.fixture
def cloud() -> Iterator[ScriptedCloud]:
    with ScriptedCloud() as scripted:
        yield scripted


@pytest.fixture
def client(cloud: ScriptedCloud) -> CloudClient:
    return CloudClient(cloud.base_url, Secret("sk-test"))


# The service's temporary store


def test_an_uploaded_clip_is_one_that_the_service_can_take(
    cloud: ScriptedCloud, client: CloudClient, clip: Path
) -> None:
    hosted = TemporaryUpload(client).host(clip)
    verify(hosted)
    assert hosted.headers == {"X-DashScope-OssResourceResolve": "enable"}
    assert abs(hosted.expires_at - datetime.now(UTC) - timedelta(hours=48)) < timedelta(minutes=1)
    task = client.submit(hosted.url, Options(), headers=hosted.headers)
    assert cloud.tasks[task.task_id].fetched == clip.read_bytes()


@pytest.mark.parametrize(
    ("route", "fault", "kind"),
    [
        ("upload", Fault("answer", False, 400, "<Error/>"), HostingError),
        ("policy", Fault("change", body=lambda _: {"data": {}}), HostingError),
        # These are not about the clip: another key, or another try, mends them.
        ("policy", refusal("InvalidApiKey"), KeyRefused),
        ("policy", refusal("Throttling.RateQuota"), Throttled),
        ("upload", LOST_AFTER_ACCEPTANCE, AnswerLost),
    ],
    ids=str,
)
def test_an_upload_that_is_refused_leads_to_the_next_host(
    cloud: ScriptedCloud,
    client: CloudClient,
    clip: Path,
    route: str,
    fault: Fault,
    kind: type[RestyleError],
) -> None:
    cloud.always(route, fault)
    with pytest.raises(kind):
        TemporaryUpload(client).host(clip)


# Looking at it as the service would


def test_our_own_link_verifies_with_one_small_request(own: OwnAddress, clip: Path) -> None:
    verify(own.host(clip))


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025])
def test_clips_of_every_size_verify(own: OwnAddress, root: Path, size: int) -> None:
    path = root / "sized.mp4"
    path.write_bytes(b"x" * size)
    if size:
        verify(own.host(path))
    else:
        with pytest.raises(HostingError):
            verify(own.host(path))


def hosted_at(url: str, clip: Path) -> Hosted:
    return Hosted(url, {}, datetime.now(UTC) + timedelta(hours=1), "self", clip)


CONTENT = bytes(range(256)) * 40
BAD_ANSWERS: dict[str, tuple[Callable[[], Response], str]] = {
    "not found": (lambda: Response("no", 404), "HTTP 404"),
    "a login page": (lambda: Response("<html>Sign in</html>"), "something else"),
    "other bytes": (lambda: Response(b"x" * len(CONTENT)), "something else"),
    "another length": (lambda: Response(CONTENT + b"x"), "something else"),
    "a part of another whole": (
        lambda: Response(CONTENT[:1024], 206, {"Content-Range": "bytes 0-1023/99999"}),
        "something else",
    ),
    "a range of unknown length": (
        lambda: Response(CONTENT[:1024], 206, {"Content-Range": "bytes 0-1023/*"}),
        "something else",
    ),
    "a private Space": (lambda: Response("no", 401), "HTTP 401"),
    "an endless redirect": (lambda: Response("", 302, {"Location": "/clip"}), "does not answer"),
}


@pytest.mark.parametrize(("answer", "words"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_address_that_gives_something_else_does_not_verify(
    serve: Callable[[Starlette], str], clip: Path, answer: Callable[[], Response], words: str
) -> None:
    def give(_: Request) -> Response:
        return answer()

    address = serve(Starlette(routes=[Route("/clip", give)]))
    with pytest.raises(HostingError, match=words) as caught:
        verify(hosted_at(f"{address}/clip", clip))
    assert "Nothing was submitted" in caught.value.message


def test_a_server_without_range_verifies(serve: Callable[[Starlette], str], clip: Path) -> None:
    asked: list[str] = []

    def give(request: Request) -> Response:
        asked.append(request.headers["Range"])
        return Response(CONTENT)

    address = serve(Starlette(routes=[Route("/clip", give)]))
    verify(hosted_at(f"{address}/clip", clip))
    assert asked == ["bytes=0-1023"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/clip.mp4", "http://no-such.invalid/c.mp4"])
def test_an_address_that_does_not_answer_does_not_verify(clip: Path, url: str) -> None:
    with pytest.raises(HostingError, match="does not answer"):
        verify(hosted_at(url, clip))


# Which hosts, in which order

WORLD = "https://dashscope.aliyuncs.com/api/v1"
PUBLIC = "https://me-restyle.hf.space"


def chosen(service: Any, tmp_path: Path, public: str | None, api: str = WORLD, **env: str) -> str:
    """The names of the hosts, our own address with the address itself."""
    settings = Settings.from_env(env)
    hosts = hosts_for(
        service,
        settings,
        CloudClient(api, Secret("sk-test")),
        root=tmp_path,
        secret=b"secret",
        base_url="http://127.0.0.1:7860",
        public_url=lambda: public,
    )
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x")
    return " ".join(
        host.host(path).url.split("/restyle")[0] if isinstance(host, OwnAddress) else host.name
        for host in hosts
    )


LOOPBACK = "http://127.0.0.1:7860"
ENGINE = "http://127.0.0.1:8899/api/v1"


@pytest.mark.parametrize(
    ("service", "hosting", "public", "api", "hosts"),
    [
        ("local", "auto", None, ENGINE, f"{LOOPBACK} upload"),
        ("local", "upload", None, ENGINE, f"{LOOPBACK} upload"),
        ("local", "self", None, ENGINE, f"{LOOPBACK} upload"),
        ("local", "auto", None, "https://engine.example.com/api/v1", "upload"),
        ("local", "auto", PUBLIC, "https://engine.example.com/api/v1", f"{PUBLIC} upload"),
        ("cloud", "auto", None, WORLD, "upload"),
        ("cloud", "auto", PUBLIC, WORLD, f"{PUBLIC} upload"),
        ("cloud", "upload", PUBLIC, WORLD, f"upload {PUBLIC}"),
        ("cloud", "upload", None, WORLD, "upload"),
        ("cloud", "self", PUBLIC, WORLD, f"{PUBLIC} upload"),
        ("cloud", "auto", "http://127.0.0.1:7860", WORLD, "upload"),
        ("cloud", "auto", "http://192.168.1.5:7860", WORLD, "upload"),
        ("cloud", "auto", "http://my-laptop:7860", WORLD, "upload"),
        ("cloud", "auto", "http://my-laptop.local:7860", WORLD, "upload"),
        ("cloud", "auto", "http://127.0.0.1:7860", ENGINE, f"{LOOPBACK} upload"),
    ],
)
def test_the_hosts_are_those_that_the_service_can_reach_best_first(
    tmp_path: Path, service: str, hosting: str, public: str | None, api: str, hosts: str
) -> None:
    assert chosen(service, tmp_path, public, api, RESTYLE_HOSTING=hosting) == hosts


@pytest.mark.parametrize("public", [None, "http://192.168.1.5:7860"])
def test_our_own_address_alone_needs_one_that_the_cloud_can_reach(
    tmp_path: Path, public: str | None
) -> None:
    with pytest.raises(HostingError, match="no address that the cloud can reach") as caught:
        chosen("cloud", tmp_path, public, RESTYLE_HOSTING="self")
    assert "RESTYLE_PUBLIC_URL" in caught.value.what_next


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("", "names none"),
        ("memory://clips", "cannot sign"),
        ("file:///tmp/clips", "cannot sign"),
        ("nonsense://clips", "cannot be opened"),
    ],
)
def test_a_bucket_that_cannot_serve_is_refused_in_words(
    tmp_path: Path, storage: str, words: str
) -> None:
    env = {"RESTYLE_HOSTING": "bucket", "RESTYLE_STORAGE_URL": storage}
    with pytest.raises(HostingError, match=words) as caught:
        chosen("cloud", tmp_path, None, **env)
    assert "RESTYLE_STORAGE_URL" in caught.value.what_next
