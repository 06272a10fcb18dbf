"""The language that was chosen on the page, told to Gradio's own script before it starts.

Gradio asks the browser's navigator for the language, once, before any script of ours runs; so a
line that answers for the navigator goes into the page ahead of it.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from restyle.page.texts import LANGUAGE_COOKIE

_SCRIPT = (
    "<script>(() => {"
    f"const words = (document.cookie.match(/(?:^|; ){LANGUAGE_COOKIE}=(en|zh)/) || [])[1];"
    "if (!words || (navigator.language || '').toLowerCase().startsWith(words)) return;"
    "const languages = words === 'zh' ? ['zh-CN', 'zh'] : ['en'];"
    "Object.defineProperty(navigator, 'language', { get: () => languages[0] });"
    "Object.defineProperty(navigator, 'languages', { get: () => languages });"
    "})()</script>"
).encode()
_HEAD = b"<head>"


class WordsFirst:
    """ASGI middleware: puts the line at the beginning of the page's head, and changes no more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; only the page itself is touched."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != scope.get("root_path", ""):
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []

        async def with_words(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            body = message.get("body", b"")
            if begun and message["type"] == "http.response.body":
                start = begun.pop()
                headers = MutableHeaders(raw=start["headers"])
                if _HEAD in body:
                    body = body.replace(_HEAD, _HEAD + _SCRIPT, 1)
                    if "content-length" in headers:
                        length = int(headers["content-length"]) + len(_SCRIPT)
                        headers["content-length"] = str(length)
                await send(start)
            await send({**message, "body": body})

        await self._app(scope, receive, with_words)
