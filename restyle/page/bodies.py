"""What the page's own scripts send to its own addresses: of one kind, and never too much."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def body_of(request: Request, kind: str, most_bytes: int) -> bytes:
    """The body of a request; raises HTTPException (415, 413).

    `kind` is one that a form of another site cannot send without asking first.
    """
    if request.headers.get("content-type") != kind:
        raise HTTPException(415, f"Send it as {kind}.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise HTTPException(413, f"That is more than {most_bytes} bytes.")
    return bytes(body)
