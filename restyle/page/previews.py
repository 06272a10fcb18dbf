"""The style wall's pictures: a frame comes in, and goes out in each style as soon as it is drawn.

The browser sends the frame that its player shows; this machine's engine draws, free.
"""

import base64
import json
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from restyle.cloud.previews import PreviewClient
from restyle.errors import RestyleError
from restyle.page.bodies import body_of

MOST_BYTES = 2_000_000
ADDRESS = "/restyle/previews"


def preview_route(local_url: str) -> Route:
    """The address that takes a JPEG and streams lines of `style` and `jpeg` (base64)."""
    client = PreviewClient(local_url)

    async def serve(request: Request) -> Response:
        frame = await body_of(request, "image/jpeg", MOST_BYTES)
        visitor = request.headers.get("x-restyle-visitor", "")[:100] or "unknown"
        return StreamingResponse(
            _lines(client, frame, visitor),
            media_type="application/x-ndjson",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return Route(ADDRESS, serve, methods=["POST"])


def _lines(client: PreviewClient, frame: bytes, visitor: str) -> Iterator[str]:
    try:
        for style, jpeg in client.styles(frame, visitor):
            yield json.dumps({"style": int(style), "jpeg": base64.b64encode(jpeg).decode()}) + "\n"
    except RestyleError:
        return  # those that came are shown, and the gallery's pictures for the others
