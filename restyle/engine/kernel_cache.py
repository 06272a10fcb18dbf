"""Where compiled kernels are kept: one folder for each state of the engine's sources.

numba notices a changed kernel, but not a changed brush of another file that was compiled into it;
so what older sources left is never read again, and is removed when nobody has used it for long.
"""

import hashlib
import shutil
import time
from pathlib import Path

KEPT_S = 7 * 24 * 3600.0


def kernel_cache(folder: Path) -> Path:
    """The place within `folder` for the kernels of these very sources; made if need be."""
    here = folder / _fingerprint()
    here.mkdir(parents=True, exist_ok=True)
    here.touch()
    for other in folder.iterdir():
        # Another version may run beside this one: only what nobody has started with for long.
        if other.is_dir() and other != here and time.time() - other.stat().st_mtime > KEPT_S:
            shutil.rmtree(other, ignore_errors=True)
    return here


def _fingerprint() -> str:
    root = Path(__file__).parent
    content = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        content.update(path.relative_to(root).as_posix().encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
