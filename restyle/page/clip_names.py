"""The names that a clip goes by: a job's, where a recording's is made, and the panels' own."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from restyle.clips import Clip

# Gradio calls whatever the camera recorded so.
RECORDED = {"sample.webm", "sample.mp4"}


def own_name(path: Path, now: datetime | None = None) -> str:
    """The file's name, or of a recording one that tells what and of which day it is."""
    if path.name not in RECORDED:
        return path.name
    return f"camera-{now or datetime.now(UTC):%Y-%m-%d}{path.suffix}"


def panel_name(clip: Clip) -> str:
    """What the panels know a clip by: two clips of one name differ in their size."""
    return f"{clip.path.name} {clip.size_bytes} {clip.width}x{clip.height}"


@contextlib.contextmanager
def named_copy(source: Path, name: str) -> Iterator[Path]:
    """A link to (or copy of) a file beside it, under the stem of `name` and its own suffix."""
    stem = Path(name).stem.replace("/", "-")[:100] or "clip"
    if stem == source.stem:
        yield source
        return
    with tempfile.TemporaryDirectory(dir=source.parent, prefix="again-") as folder:
        path = Path(folder) / f"{stem}{source.suffix}"
        try:
            os.link(source, path)
        except OSError:  # a file system without links
            shutil.copyfile(source, path)
        yield path
