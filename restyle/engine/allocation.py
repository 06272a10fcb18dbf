"""Memory that one frame leaves is kept for the next, not given back to the system in between.

Each frame takes and leaves some hundred megabytes in pieces of a few; fresh from the system each
page of them is emptied first, at its first touch. That is a twentieth of all of a render's work.
"""

import ctypes
import functools
import sys

# Of glibc's malloc.h. The first: how much may lie unused before it is given back. The second: how
# much is asked for at once. The third: how large a piece has to be to be mapped alone, each time.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEPT_BYTES, _STEP_BYTES, _ALONE_BYTES = 256 << 20, 16 << 20, 32 << 20


@functools.cache
def keep_memory() -> None:
    """From here on this process keeps what it has left; nothing happens without glibc."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "gnu_get_libc_version"):
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_TOP_PAD, _STEP_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _ALONE_BYTES)
