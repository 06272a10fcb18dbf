"""What lies in demo_assets: the sample clips, and the gallery's picture of each style.

Whatever is there is offered; the page works without any of it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from restyle.page.texts import Language
from restyle.styles import Style

ASSETS = Path(__file__).resolve().parents[2] / "demo_assets"
PICTURES = (".jpg", ".webp", ".png")


@dataclass(frozen=True)
class Sample:
    """A sample clip: its file, its name in both languages, and its picture where there is one."""

    path: Path
    title: str
    title_zh: str
    picture: Path | None

    def name(self, lang: Language) -> str:
        """The name in one language."""
        return self.title_zh if lang == "zh" else self.title


def samples(folder: Path = ASSETS) -> list[Sample]:
    """The clips of `samples.json` (file, title, title_zh), or else every MP4 of the folder."""
    listing = folder / "samples.json"
    if listing.is_file():
        rows = json.loads(listing.read_text(encoding="utf-8"))
    else:
        rows = [{"file": path.name} for path in sorted(folder.glob("*.mp4"))]
    found = []
    for row in rows:
        path = folder / row["file"]
        title = row.get("title") or path.stem.replace("_", " ").replace("-", " ").capitalize()
        if path.is_file():
            picture = _picture(folder, path.stem) or _picture(folder / "gallery", path.stem)
            found.append(Sample(path, title, row.get("title_zh") or title, picture))
    return found


def style_picture(style: Style, folder: Path = ASSETS) -> Path | None:
    """The gallery's picture of a style."""
    return _picture(folder / "gallery", style.slug)


def picture_url(picture: Path, folder: Path = ASSETS) -> str:
    """The picture's address, relative to the page so that it holds behind any root path."""
    return f"restyle/pictures/{picture.relative_to(folder).as_posix()}"


def picture_routes(folder: Path = ASSETS) -> list[Route]:
    """One route that serves the known pictures and nothing else."""
    candidates = [sample.picture for sample in samples(folder)]
    candidates += [style_picture(style, folder) for style in Style]
    known = {picture.relative_to(folder).as_posix(): picture for picture in candidates if picture}

    async def serve(request: Request) -> Response:
        picture = known.get(request.path_params["name"])
        if picture is None:
            return PlainTextResponse("No such picture.", status_code=404)
        return FileResponse(picture, headers={"Cache-Control": "max-age=3600"})

    return [Route("/restyle/pictures/{name:path}", serve, methods=["GET"])]


def _picture(folder: Path, stem: str) -> Path | None:
    for ending in PICTURES:
        path = folder / (stem + ending)
        if path.is_file():
            return path
    return None
