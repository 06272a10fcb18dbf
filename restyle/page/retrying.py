"""A job once more: its clip under the name it came with, for as long as the submit takes."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def named_copy(source: Path, name: str) -> Iterator[Path]:
    """A link to (or copy of) a file beside it, under the stem of `name` and its own suffix."""
    stem = Path(name).stem.replace("/", "-")[:100] or "clip"
    with tempfile.TemporaryDirectory(dir=source.parent, prefix="again-") as folder:
        path = Path(folder) / f"{stem}{source.suffix}"
        try:
            os.link(source, path)
        except OSError:  # a file system without links
            shutil.copyfile(source, path)
        yield path
