"""The previews' process: `python -m restyle.engine.previewer`, one frame in one style at a time.

A process of its own, so that a picture from a stranger or a render that runs cannot hold it up.
An order has the picture's bytes in base64, a style and the longer side in pixels; the answer has
the styled picture as a JPEG in base64, or says why there is none.
"""

import base64
import sys

import cv2
import numpy as np

from restyle.engine.kernels import Bytes
from restyle.engine.lines import Line, Lines
from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

JPEG_QUALITY = 90
MIN_SIDE_PX = 48
MAX_RATIO = 4.0


class _Unusable(Exception):
    """A picture that no preview can be made of, in words."""


def main() -> None:
    """Paint previews until the engine is gone."""
    lines = Lines()
    lines.serve(lambda order: lines.say(_answer(order)))


def _answer(order: Line) -> dict[str, str]:
    try:
        picture = decoded(base64.b64decode(order["picture"]), order["size_px"])
        return {"jpeg": base64.b64encode(preview(picture, Style(order["style"]))).decode()}
    except _Unusable as error:
        return {"unusable": str(error)}
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return {"failed": "The style could not be painted."}


def decoded(data: bytes, size_px: int) -> Bytes:
    """The picture of a file, upright, RGB, its longer side at most `size_px`."""
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # Among others for more pixels than OpenCV was told to take.
        bgr = None
    if bgr is None:
        raise _Unusable("This is not a picture that can be read, or it is too large.")
    height, width = bgr.shape[:2]
    if min(height, width) < MIN_SIDE_PX or max(height, width) > MAX_RATIO * min(height, width):
        raise _Unusable(f"A picture of {width}×{height} pixels is too small or too narrow.")
    scale = min(1.0, size_px / max(height, width))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA) if scale < 1 else bgr
    rgb: Bytes = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]  # 8 bits stay
    return rgb


def preview(picture: Bytes, style: Style) -> bytes:
    """One frame in one style, with the palette of that frame and its faces kept: a JPEG."""
    height, width = picture.shape[:2]
    options = Options(style=style, animate_emotion=True)
    painted = Stylizer(options, (width, height), [picture]).render(picture)
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(painted, cv2.COLOR_RGB2BGR), quality)
    return jpeg.tobytes()


if __name__ == "__main__":
    main()
