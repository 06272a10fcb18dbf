"""Previews from this machine's engine: one frame in all styles, each as soon as it is painted.

Beyond the reference, and nothing the cloud offers: only the engine's address answers.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import requests
import urllib3

from restyle.cloud.wire import WebSession, lost
from restyle.errors import BadAnswer, Refused, ServiceFault
from restyle.styles import Style

SIZE_PX = 480
CONNECT_S = 5.0
# The first start of an engine compiles each style; its first pictures then take their time.
SILENCE_S = 200.0
_SUPERSEDED = 409
_BROKEN = (OSError, urllib3.exceptions.HTTPError)


class PreviewClient:
    """The previews of one engine, whose `engine_url` ends in /api/v1; for use by any thread."""

    def __init__(self, engine_url: str) -> None:
        self._url = engine_url.rstrip("/") + "/previews"

    def styles(
        self,
        frame: npt.NDArray[np.uint8] | bytes,
        visitor: str,
        *,
        styles: Sequence[Style] = tuple(Style),
        size_px: int = SIZE_PX,
    ) -> Iterator[tuple[Style, bytes]]:
        """Each style and its JPEG, the longer side `size_px`, as soon as it is there.

        `frame` is RGB (height, width, 3) or the bytes of a picture file. Closing the iterator ends
        the work. It ends early where the same visitor asks for other previews meanwhile; a style
        that could not be painted is left out. Raises Unreachable or AnswerLost when the engine does
        not answer (to the end), Refused for a picture that it cannot use, ServiceFault when it is
        too busy, BadAnswer.
        """
        picture = frame if isinstance(frame, bytes) else _jpeg(frame, size_px)
        query = {"styles": ",".join(str(int(style)) for style in styles), "size": str(size_px)}
        trouble: Exception | None = None
        with WebSession() as session:
            try:
                response = session.post(
                    self._url,
                    params=query,
                    data=picture,
                    headers={
                        "X-Restyle-Visitor": visitor,
                        "Content-Type": "application/octet-stream",
                    },
                    timeout=(CONNECT_S, SILENCE_S),
                    allow_redirects=False,
                    stream=True,
                )
                with closing(response):
                    if response.status_code == _SUPERSEDED:
                        return
                    if response.status_code != 200:
                        raise _refusal(response)
                    for line in response.iter_lines(chunk_size=None):
                        answer = _object(line)
                        if "jpeg" in answer:
                            yield _style_of(answer)
                        if "done" in answer or "superseded" in answer:
                            return
            except _BROKEN as error:
                trouble = error
            may_have_sent = session.adapter.may_have_sent
        raise lost(self._url, trouble, may_have_sent=may_have_sent)


def _jpeg(frame: npt.NDArray[np.uint8], size_px: int) -> bytes:
    """The frame as the engine will look at it: no more pixels than it needs travel."""
    height, width = frame.shape[:2]
    scale = size_px / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 95]
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), quality)
    return jpeg.tobytes()


def _refusal(response: requests.Response) -> Refused | ServiceFault | BadAnswer:
    status, said = response.status_code, _object(response.content).get("message", "")
    if status >= 500:
        return ServiceFault(
            "The service on this machine is too busy for previews.",
            what_next="Try again in a moment; a run does not need them.",
            http_status=status,
        )
    if status >= 400:
        return Refused(
            f"No previews can be made of this frame. {said}".strip(),
            what_next="Choose another moment of the clip.",
            http_status=status,
        )
    return _strange(status)


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _strange(200)
    return found


def _style_of(answer: dict[str, Any]) -> tuple[Style, bytes]:
    try:
        return Style(answer["style"]), base64.b64decode(answer["jpeg"], validate=True)
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise _strange(200) from None


def _strange(status: int) -> BadAnswer:
    return BadAnswer(
        "What answers at the engine's address is not Restyle's engine.",
        what_next="Check RESTYLE_ENGINE_URL.",
        http_status=status,
    )
