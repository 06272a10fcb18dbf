"""One engine's identity: a secret of its own, kept in its data folder, and what follows from it.

API keys become account fingerprints with it, and upload policies are signed with it.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_FILE_NAME = "installation.key"


@dataclass(frozen=True, repr=False)
class Installation:
    """The secret of this data folder; it is never shown."""

    secret: bytes

    @classmethod
    def of(cls, folder: Path) -> "Installation":
        """The folder's installation, made at the first start (readable by its owner alone)."""
        path = folder / _FILE_NAME
        if not path.exists():
            draft = folder / f"{_FILE_NAME}.{secrets.token_hex(8)}"
            # Created with its mode: a moment of being readable by others would be enough.
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):  # Another engine of the folder was first.
                os.link(draft, path)
            draft.unlink()
        return cls(path.read_bytes())

    @property
    def name(self) -> str:
        """What tells this folder's installation from others; the secret cannot be told from it."""
        return self._digest("name", "").hex()[:32]

    def account(self, api_key: str) -> str:
        """A key's account: a fingerprint from which the key cannot be told."""
        return self._digest("account", api_key).hex()[:32]

    def sign(self, text: str) -> str:
        """A signature that only this installation can make, in base64."""
        return base64.b64encode(self._digest("policy", text)).decode()

    def is_signed(self, text: str, signature: str) -> bool:
        """Whether `signature` is ours for `text`."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    def _digest(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self.secret, f"{purpose}\0{text}".encode(), hashlib.sha256)
