"""What lies in demo_assets: the sample clips, and the gallery's picture of each style.

Whatever is there is offered; the page works without any of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from restyle.clips import inspect
from restyle.jobs.preparing import draw_poster
from restyle.page.texts import TEXTS
from restyle.styles import Style

ASSETS = Path(__file__).resolve().parents[2] / "demo_assets"


@dataclass(frozen=True)
class Sample:
    """A sample clip: its file, and its name in both languages."""

    path: Path
    title: str
    title_zh: str

    @property
    def picture_url(self) -> str:
        """Where its picture is, relative to the page so that it holds behind any root path."""
        return f"restyle/pictures/{self.path.stem}.jpg"


def samples(folder: Path = ASSETS) -> list[Sample]:
    """Every MP4 of the folder, under the name that the page's texts have for it."""
    found = []
    for path in sorted(folder.glob("*.mp4")):
        plain = path.stem.replace("_", " ").replace("-", " ").capitalize()
        title, title_zh = TEXTS.get(f"sample_{path.stem}", (plain, plain))
        found.append(Sample(path, title, title_zh))
    return found


def style_picture_url(style: Style, folder: Path = ASSETS) -> str | None:
    """Where the gallery's picture of a style is, relative to the page; None without one."""
    picture = _style_picture(style, folder)
    return f"restyle/pictures/styles/{style.slug}.jpg" if picture.is_file() else None


def picture_routes(folder: Path = ASSETS) -> list[Route]:
    """The addresses of the styles' pictures and the samples'; nothing else is served."""
    styles = {f"styles/{style.slug}.jpg": _style_picture(style, folder) for style in Style}
    clips = {f"{sample.path.stem}.jpg": sample.path for sample in samples(folder)}

    def serve(request: Request) -> Response:
        name = request.path_params["name"]
        headers = {"Cache-Control": "max-age=3600"}
        if name in clips:
            return Response(_still(clips[name]), media_type="image/jpeg", headers=headers)
        picture = styles.get(name)
        if picture is None or not picture.is_file():
            return PlainTextResponse("No such picture.", status_code=404)
        return FileResponse(picture, headers=headers)

    return [Route("/restyle/pictures/{name:path}", serve, methods=["GET"])]


@lru_cache
def _still(path: Path) -> bytes:
    """A sample's first picture as JPEG, drawn when it is first asked for."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "still.jpg"
        draw_poster(inspect(path), target)
        return target.read_bytes()


def _style_picture(style: Style, folder: Path) -> Path:
    return folder / "gallery" / f"{style.slug}.jpg"
