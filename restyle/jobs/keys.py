"""The visitors' own keys: sealed at rest, read only by the step that needs one, erased at the end.

The seal is Fernet under the installation's `secret.key`, a file that only its owner reads.
"""

import time
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from restyle.errors import KeyRefused
from restyle.jobs.once import written_once
from restyle.jobs.tables import KEYS, reading
from restyle.settings import Secret


def installation_secret(data_dir: Path) -> bytes:
    """The Fernet key of this installation, made at the first call (mode 600)."""
    return written_once(data_dir / "secret.key", Fernet.generate_key).strip()


class KeyBox:
    """Keeps the key of a job under its id."""

    def __init__(self, engine: sa.Engine, secret: bytes) -> None:
        self._engine = engine
        self._fernet = Fernet(secret)

    def keep(self, book: sa.Connection, job_id: str, api_key: Secret) -> None:
        """Seal and store a visitor's key in the caller's transaction, in place of an earlier."""
        sealed = self._fernet.encrypt(api_key.reveal().encode()).decode()
        self.erase(book, job_id)
        book.execute(sa.insert(KEYS).values(job_id=job_id, kept=time.time(), sealed=sealed))

    def fetch(self, job_id: str) -> Secret:
        """The key of a job; raises KeyRefused when it was erased or cannot be opened."""
        with reading(self._engine) as book:
            sealed = book.execute(
                sa.select(KEYS.c.sealed).where(KEYS.c.job_id == job_id)
            ).scalar_one_or_none()
        if sealed is None:
            raise _gone("Your API key was erased when this job ended.")
        try:
            return Secret(self._fernet.decrypt(sealed.encode()).decode())
        except InvalidToken:
            raise _gone("Your API key cannot be opened: this installation's secret changed.") from (
                None
            )

    @staticmethod
    def erase(book: sa.Connection, job_id: str) -> None:
        """Forget the key of a job, within the caller's transaction."""
        book.execute(sa.delete(KEYS).where(KEYS.c.job_id == job_id))

    def erase_of(self, job_ids: list[str]) -> None:
        """Forget the keys of many jobs."""
        with self._engine.begin() as book:
            book.execute(sa.delete(KEYS).where(KEYS.c.job_id.in_(job_ids)))


def _gone(words: str) -> KeyRefused:
    return KeyRefused(words, what_next="Give the key again.", code="KeyErased")
