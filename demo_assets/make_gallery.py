"""Render the gallery: one frame of each sample in each of the eight styles, and contact sheets.

    python -m demo_assets.make_gallery [portrait temple cat coffee flower]

`gallery/<style>.jpg` are the page's style cards; `gallery/<sheet>.jpg` the README's sheets.
Rendered by Restyle's own engine, in the order of the clip, so that the frames are what a
transform gives.
"""

import sys
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from restyle.engine.stylize import Stylizer
from restyle.footage import open_clip
from restyle.styles import Options, Style

HERE = Path(__file__).parent
GALLERY = HERE / "gallery"
FPS = 15
FRAMES = 14
# Sheet → (clip, size at which it is read, where the shown piece begins, in seconds, and how far
# down, as a fraction of what there is to move); of upright clips a piece of 3:4 is shown.
CLIPS = {
    "portrait": ("portrait", (720, 720), 0.2, 0.0),
    "temple": ("temple", (1080, 720), 2.0, 0.0),
    "cat": ("phone", (720, 1560), 0.1, 0.62),
    "coffee": ("phone", (720, 1560), 8.0, 0.3),
    "flower": ("phone", (720, 1560), 21.0, 0.5),
}
MOST_UPRIGHT = 4 / 3
MAX_BYTES = 400_000
CARD = (480, 360)
# The piece of the portrait that a style card shows: left, top, width, height as fractions.
CARD_PIECE = (0.06, 0.0, 0.80, 0.60)


def rendered(name: str, style: Style | None) -> np.ndarray:
    """The last of FRAMES frames of a sample, RGB, in a style, or as it is for None."""
    frames = _frames(*CLIPS[name])
    if style is None:
        return frames[-1]
    size = frames[0].shape[1], frames[0].shape[0]
    stylizer = Stylizer(Options(style=style, video_fps=FPS), size, samples=frames[:: FRAMES // 3])
    return [stylizer.render(frame) for frame in frames][-1]


def _frames(clip_name: str, size: tuple[int, int], start_s: float, down: float) -> list[np.ndarray]:
    with open_clip(HERE / f"{clip_name}.mp4") as clip:
        piece = clip.subclipped(start_s, start_s + (FRAMES + 2) / FPS)
        frames = list(islice(piece.frames(FPS, size), FRAMES))
    width, height = size
    shown = min(height, round(width * MOST_UPRIGHT))
    top = round((height - shown) * down)
    return [np.ascontiguousarray(frame[top : top + shown]) for frame in frames]


def card(picture: np.ndarray) -> np.ndarray:
    """The piece of a portrait frame that a style card shows."""
    height, width = picture.shape[:2]
    left, top, wide, high = CARD_PIECE
    x, y = round(left * width), round(top * height)
    piece = picture[y : y + round(high * height), x : x + round(wide * width)]
    return cv2.resize(piece, CARD, interpolation=cv2.INTER_AREA)


def sheet(pictures: list[np.ndarray], width: int = 480) -> np.ndarray:
    """A contact sheet of three columns."""
    tiles = [
        cv2.resize(p, (width, round(width * p.shape[0] / p.shape[1])), interpolation=cv2.INTER_AREA)
        for p in pictures
    ]
    return np.vstack([np.hstack(tiles[row : row + 3]) for row in range(0, len(tiles), 3)])


def save(picture: np.ndarray, name: str) -> None:
    """Write an RGB picture into the gallery as JPEG, as good as MAX_BYTES allows."""
    GALLERY.mkdir(exist_ok=True)
    for quality in (88, 82, 76, 70, 60):
        _, content = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if content.size <= MAX_BYTES:
            break
    (GALLERY / f"{name}.jpg").write_bytes(content.tobytes())


def main() -> None:
    """Render the sheets that are asked for, or all, and say what is done."""
    for name in sys.argv[1:] or CLIPS:
        pictures = [rendered(name, None)]
        for style in Style:
            pictures.append(rendered(name, style))
            print(f"{name}: {style.title}", flush=True)
            if name == "portrait":
                save(card(pictures[-1]), style.slug)
        save(sheet(pictures), name)


if __name__ == "__main__":
    main()
