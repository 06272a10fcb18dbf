"""The storage: where the files of all jobs lie, shared by every machine that works on them.

The data folder by default, another folder (one that several machines see) or whatever fsspec opens
(`s3://…`) when RESTYLE_STORAGE_URL names it. In the last case each machine works on copies in its
data folder: `keep` puts a finished file into the storage, `bring` gets it on a machine without it.
"""

import logging
import shutil
import uuid
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # ships neither types nor stubs
from cryptography.fernet import Fernet

from restyle.errors import OptionError
from restyle.jobs.keys import installation_secret
from restyle.settings import Settings

log = logging.getLogger("restyle.jobs")

FOLDERS = ("file", "local")


class Storage:
    """The files of one installation; `jobs` is the folder in which this process works on them."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.data_dir
        self._remote: Any = None
        self._base = ""
        if settings.storage_url:
            self._open(settings.storage_url)
        self.jobs = self._root / "jobs"
        self.jobs.mkdir(parents=True, exist_ok=True)

    def folder(self, job_id: str) -> Path:
        """Where the files of a job lie, or are brought to."""
        return self.jobs / job_id

    def keep(self, path: Path) -> None:
        """A file is finished: from now on every machine has it. Safe to repeat."""
        if self._remote is None:
            return
        place = self._place(path)
        try:
            self._remote.put_file(str(path), place)
        except FileNotFoundError:  # a storage with true folders
            self._remote.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._remote.put_file(str(path), place)

    def bring(self, path: Path) -> Path:
        """See to it that a file which was kept is here; one that never was stays missing."""
        if self._remote is None or path.exists():
            return path
        place = self._place(path)
        if self._remote.exists(place):
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
            try:
                self._remote.get_file(place, str(half))
                half.replace(path)
            except FileNotFoundError:
                log.debug("%s was removed from the storage in this moment", place)
            finally:
                half.unlink(missing_ok=True)
        return path

    @property
    def holds_copies(self) -> bool:
        """Whether what lies in `jobs` is a copy of what the storage has."""
        return self._remote is not None

    def drop_copies(self, job_id: str) -> None:
        """Remove the files of a job from this machine."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def drop(self, job_id: str) -> None:
        """Remove all files of a job."""
        self.drop_copies(job_id)
        if self._remote is not None:
            try:
                self._remote.rm(self._place(self.folder(job_id)), recursive=True)
            except FileNotFoundError:
                log.debug("job=%s had no files in the storage", job_id)

    def secret(self) -> bytes:
        """The Fernet key of the installation, which lies with the files that all machines share.

        To be called by one process at a time.
        """
        if self._remote is None:
            return installation_secret(self._root)
        place = f"{self._base}/secret.key"
        if not self._remote.exists(place):
            self._remote.makedirs(self._base, exist_ok=True)
            self._remote.pipe_file(place, Fernet.generate_key())
        return bytes(self._remote.cat_file(place))

    def _open(self, url: str) -> None:
        try:
            # What is there changes by other hands: no list of it is kept.
            remote, base = fsspec.core.url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError, OSError) as error:
            raise OptionError(
                f"The storage of RESTYLE_STORAGE_URL cannot be opened: {error}.",
                what_next="Install what fsspec needs for it, or correct the address.",
            ) from error
        protocols = remote.protocol if isinstance(remote.protocol, tuple) else (remote.protocol,)
        if set(protocols) & set(FOLDERS):
            self._root = Path(base)
        else:
            self._remote, self._base = remote, base.rstrip("/")

    def _place(self, path: Path) -> str:
        return f"{self._base}/jobs/{path.relative_to(self.jobs).as_posix()}"
