"""Bodies of requests, read with a bound."""

from starlette.requests import Request

from restyle.engine.wire import Refusal


async def body_of(request: Request, max_bytes: int) -> bytes:
    """The whole body; raises Refusal where it is larger, without having kept more of it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise Refusal(400, "InvalidParameter", "The request body is too large.")
    return bytes(body)
