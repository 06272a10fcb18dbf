"""The wire of the scripted cloud: requests in, answers out, and what goes wrong between.

Plain sockets under http.server, so that a fault is the real thing: half a body, a reset, silence.
"""

import json
import re
import socket
import struct
import time
import uuid
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from faults.scripted_cloud import Clock, Fault, ScriptedCloud

SUBMIT = "/api/v1/services/aigc/video-generation/video-synthesis"
TASK = re.compile(r"/api/v1/tasks/([^/]+)")
CANCEL = re.compile(r"/api/v1/tasks/([^/]+)/cancel")
BYTE_RANGE = re.compile(r"bytes=(\d+)-")


class Handler(BaseHTTPRequestHandler):
    """One connection of the scripted cloud."""

    service: "ScriptedCloud"
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def handle(self) -> None:
        if self.service.closes_this_connection():
            return
        super().handle()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        split = urlsplit(self.path)
        path, query = split.path.rstrip("/"), dict(parse_qsl(split.query))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        route = self._route(path, query)
        self.service.requests.append((route, self.path))
        self.service.authorized.append("Authorization" in self.headers)
        self.service.moments.append(time.monotonic())
        self.request_id = str(uuid.uuid4())
        fault = self.service.fault(route, self._whose(route, path, body))
        if fault and not fault.works:
            self._send(200, b"", fault)
        elif route == "result":
            self._send_result(fault)
        elif route == "upload":
            self._send(self.service.upload(self._form(body)), b"", fault)
        else:
            status, answer = self._work(route, path, query, body)
            if route == "submit" and self.service.traces and "output" in answer:
                self.service.tasks[answer["output"]["task_id"]].request_id = self.request_id
            self._send(status, self._with_request_id(answer), fault)

    def _route(self, path: str, query: dict[str, str]) -> str:
        if path.startswith("/results/"):
            return "result"
        if path == "/oss":
            return "upload"
        if path == SUBMIT:
            return "submit"
        if path == "/api/v1/uploads" and query.get("action") == "getPolicy":
            return "policy"
        if path == "/api/v1/tasks":
            return "list"
        return "cancel" if CANCEL.fullmatch(path) else "query" if TASK.fullmatch(path) else "none"

    def _whose(self, route: str, path: str, body: bytes) -> str:
        """The key of the account that a request is about."""
        if route == "result":
            task = self.service.tasks.get(path.removeprefix("/results/").removesuffix(".mp4"))
            return task.key if task else ""
        if route == "upload":
            return self.service.whose_policy(self._form(body).get("policy", ""))
        return self._key

    def _work(
        self, route: str, path: str, query: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        cloud = self.service
        kind, _, key = self.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not key or (cloud.keys is not None and key not in cloud.keys):
            return cloud.error("InvalidApiKey")
        if route == "submit":
            headers = {name.lower(): value for name, value in self.headers.items()}
            return cloud.submit(key, headers, json.loads(body))
        if route == "policy":
            return cloud.policy(key)
        if route == "list":
            return cloud.list_tasks(key, query)
        if found := CANCEL.fullmatch(path):
            return cloud.cancel(unquote(found[1]), running=query.get("running") == "true")
        if found := TASK.fullmatch(path):
            return cloud.query(unquote(found[1]))
        return 404, {"code": "NotFound", "message": "no such path"}

    def _form(self, body: bytes) -> dict[str, Any]:
        """The parts of a multipart upload in their order."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form: dict[str, Any] = {}
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            form[str(name)] = content if name == "file" else content.decode()
            if name == "file":
                form["file name"] = part.get_filename()
        return form

    def _send_result(self, fault: "Fault | None") -> None:
        content = self.service.result()
        self.service.ranges.append(self.headers.get("Range", ""))
        wanted = BYTE_RANGE.match(self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else 0
        headers = {"Content-Type": "video/mp4", "ETag": '"one"'}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if start else 200, content[start:], fault, headers)

    def _send(
        self,
        status: int,
        body: bytes,
        fault: "Fault | None",
        headers: dict[str, str] | None = None,
    ) -> None:
        headers = {"Content-Type": "application/json", **(headers or {})}
        act = fault.act if fault else "answer"
        if fault and act in ("stall", "late"):
            self.service.stopping.wait(fault.seconds)
        if fault and act == "change":
            body = json.dumps(fault.body(json.loads(body))).encode()
        if fault and act in ("answer", "text"):
            status = fault.status or status
            if isinstance(fault.body, dict):
                body = self._with_request_id(fault.body)
            elif fault.body is not None:
                body = str(fault.body).encode()
        if act in ("lost", "late", "reset"):
            self._hang_up(reset=act == "reset")
            return
        self.send_response(status)
        for name, value in {**headers, **(fault.headers if fault else {})}.items():
            self.send_header(name, value)
        if not (fault and "Content-Length" in fault.headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if act == "cut":
            self.wfile.write(body[: len(body) // 2])
        elif act != "headers":
            self.wfile.write(body)
        if act in ("cut", "headers"):
            self._hang_up(reset=False)

    def _hang_up(self, *, reset: bool) -> None:
        self.wfile.flush()
        self.close_connection = True
        if reset:
            # Lingering for 0 s makes the close a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.wfile.close()
            self.connection.close()

    def _with_request_id(self, body: dict[str, Any]) -> bytes:
        return json.dumps({"request_id": self.request_id, **body}, ensure_ascii=False).encode()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self._clock.ahead_s)

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Date" or self._clock.tells_time:
            super().send_header(keyword, value)

    @property
    def _clock(self) -> "Clock":
        return self.service.clock_of(self._key)

    @property
    def _key(self) -> str:
        # What is no request has none.
        headers = getattr(self, "headers", None) or {}
        return str(headers.get("Authorization", "")).partition(" ")[2]
