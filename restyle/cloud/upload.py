"""The service's temporary store: a policy, one multipart POST to its storage, an oss:// URL.

The file is streamed, not read into memory. Source: the vendor's "upload local files" guide.
"""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from restyle.cloud.wire import Reply, Timeouts, exchange
from restyle.errors import BadAnswer, ServiceFault, SourceRefused

_FORBIDDEN = 403
_TEXTS = {
    "OSSAccessKeyId": "oss_access_key_id",
    "Signature": "signature",
    "policy": "policy",
    "x-oss-object-acl": "x_oss_object_acl",
    "x-oss-forbid-overwrite": "x_oss_forbid_overwrite",
}


def upload(path: Path, ask_policy: Callable[[], dict[str, Any]], timeouts: Timeouts) -> str:
    """Upload one file: its oss:// URL, good for 48 hours for this account and model.

    A policy that expired on the way (403) is asked for once more.
    """
    for _ in range(2):
        policy = _policy(ask_policy())
        _check_size(path, policy)
        # A name of our own, ASCII: nothing to quote, and no upload ever meets another.
        key = f"{policy['upload_dir'].strip('/')}/{uuid.uuid4().hex}{_suffix(path)}"
        fields = {name: policy[source] for name, source in _TEXTS.items()}
        reply = _post(policy["upload_host"], path, fields | {"key": key}, timeouts)
        if reply.status == 200:
            return f"oss://{key}"
        if reply.status != _FORBIDDEN:
            break
    if reply.status >= 500:
        raise ServiceFault(
            f"The service's temporary store failed (HTTP {reply.status}).",
            what_next="Try again in a minute.",
            http_status=reply.status,
        )
    raise SourceRefused(
        f"The service's temporary store did not take the clip (HTTP {reply.status}).",
        what_next="Try again; or let the service fetch it from this app: set RESTYLE_PUBLIC_URL.",
        code="UploadRefused",
        http_status=reply.status,
    )


def _policy(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    texts = (*_TEXTS.values(), "upload_dir", "upload_host")
    if (
        not isinstance(data, dict)
        or not all(isinstance(data.get(name), str) for name in texts)
        or not data["upload_host"].startswith(("https://", "http://"))
    ):
        raise BadAnswer(
            "The service's answer says not where to upload the clip.",
            what_next="Try again in a minute, or set RESTYLE_PUBLIC_URL to host it yourself.",
            request_id=str(answer.get("request_id", "")),
            http_status=200,
        )
    return data


def _check_size(path: Path, policy: dict[str, Any]) -> None:
    most = policy.get("max_file_size_mb")
    size = path.stat().st_size
    if isinstance(most, int | float) and size > most * 1024 * 1024:
        raise SourceRefused(
            f"The clip has {size / 1e6:.1f} MB, but the service's temporary store takes {most} MB.",
            what_next="Trim the clip, or set RESTYLE_PUBLIC_URL to host it yourself.",
            code="TooLargeForUpload",
        )


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ".mp4"


def _post(host: str, path: Path, fields: dict[str, str], timeouts: Timeouts) -> Reply:
    boundary = uuid.uuid4().hex
    with path.open("rb") as file:
        form = _Form({**fields, "success_action_status": "200"}, file, boundary)
        # No key: the policy's signature is all that the storage needs.
        return exchange(
            "POST",
            host,
            timeouts,
            whole_s=timeouts.upload_s,
            data=form,
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )


class _Form:
    """A multipart body with the file last, read piece by piece; its length is known."""

    def __init__(self, fields: dict[str, str], file: io.BufferedReader, boundary: str) -> None:
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        filename = fields["key"].rpartition("/")[2]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        head, tail = "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()
        self._readers = [io.BytesIO(head), file, io.BytesIO(tail)]
        self._length = len(head) + size + len(tail)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next piece, of at most `size` bytes; empty at the end."""
        while self._readers:
            if piece := self._readers[0].read(size):
                return piece
            del self._readers[0]
        return b""
