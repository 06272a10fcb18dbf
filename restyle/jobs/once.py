"""A file that is written once in the life of an installation, however many processes start."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path


def written_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file that only its owner reads (mode 600); `make` gives it at first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(make())
        try:
            # A link, not a rename: whoever comes second keeps what the first has written.
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                draft.replace(path)
        draft.unlink(missing_ok=True)
    return path.read_bytes()
