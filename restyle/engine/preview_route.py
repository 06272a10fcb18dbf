"""`POST /api/v1/previews`: a picture in, the same picture in each style out, line by line.

Goes beyond the reference. The body is a picture file; the header X-Restyle-Visitor says whose
request it is (and keeps other sites' pages out: a browser asks before it sends such a header).
`?styles=0,3` and `?size=480` (the longer side) are optional. The answer is NDJSON, a line as soon
as a style is there: {"style": 0, "jpeg": "…base64…"}, and {"done": true} at the end.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from restyle.engine.bodies import body_of
from restyle.engine.previews import Answer, PreviewRequest, Previews, TooManyPreviews
from restyle.engine.wire import Refusal
from restyle.styles import Style

PATH = "/api/v1/previews"
VISITOR_HEADER = "x-restyle-visitor"
MAX_PICTURE_BYTES = 8_000_000
SIZES_PX = range(96, 1281)
DEFAULT_SIZE_PX = 480
_LAST = {"done", "superseded", "unusable"}


class PreviewRoute:
    """The route's endpoint; see the module."""

    def __init__(self, previews: Previews) -> None:
        self._previews = previews

    async def answer(self, request: Request) -> Response:
        """Stream the previews; raises Refusal for what is wrong with the request or its picture."""
        loop = asyncio.get_running_loop()
        answers: asyncio.Queue[Answer] = asyncio.Queue()

        def say(answer: Answer) -> None:
            with contextlib.suppress(RuntimeError):  # The server has stopped meanwhile.
                loop.call_soon_threadsafe(answers.put_nowait, answer)

        visitor = _visitor(request.headers)
        styles, size_px = _styles(request.query_params), _size_px(request.query_params)
        picture = base64.b64encode(await body_of(request, MAX_PICTURE_BYTES)).decode()
        asked = PreviewRequest(visitor, picture, styles, size_px, say)
        try:
            self._previews.ask(asked)
        except TooManyPreviews:
            raise Refusal(503, "ServiceUnavailable", "Too many previews are asked for.") from None
        # The first answer decides what the status is.
        try:
            first = await answers.get()
        except asyncio.CancelledError:
            # The server stops: whoever waits is told, and the log has nothing to complain of.
            self._previews.drop(asked)
            return Response(status_code=503)
        if "unusable" in first:
            raise Refusal(400, "InvalidParameter", str(first["unusable"]))
        if "superseded" in first:
            raise Refusal(409, "Superseded", "The visitor asked for other previews meanwhile.")
        return StreamingResponse(
            self._lines(asked, first, answers), media_type="application/x-ndjson"
        )

    async def _lines(
        self, asked: PreviewRequest, first: Answer, answers: asyncio.Queue[Answer]
    ) -> AsyncIterator[str]:
        answer = first
        try:
            while True:
                yield json.dumps(answer) + "\n"
                if not _LAST.isdisjoint(answer):
                    return
                answer = await answers.get()
        finally:
            self._previews.drop(asked)


def _visitor(headers: Mapping[str, str]) -> str:
    visitor = headers.get(VISITOR_HEADER, "").strip()
    if not 1 <= len(visitor) <= 200:
        raise Refusal(400, "InvalidParameter", "The header X-Restyle-Visitor is missing.")
    return visitor


def _styles(query: Mapping[str, str]) -> list[Style]:
    text = query.get("styles")
    if not text:
        return list(Style)
    try:
        # Each once, in the order that was asked for.
        return list(dict.fromkeys(Style(int(code)) for code in text.split(",")))
    except ValueError:
        raise Refusal(400, "InvalidParameter", "the styles parm is invalid!") from None


def _size_px(query: Mapping[str, str]) -> int:
    text = query.get("size") or str(DEFAULT_SIZE_PX)
    if not text.isascii() or not text.isdigit() or int(text[:6]) not in SIZES_PX:
        raise Refusal(400, "InvalidParameter", "the size parm is invalid!")
    return int(text)
