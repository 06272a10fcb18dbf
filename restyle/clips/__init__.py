"""What is truly in a video file: `inspect(path)` looks at untrusted media, guarded, in one run.

`Clip` holds the facts; `sniffing` tells containers by content; `guard` runs every ffmpeg.
"""

from restyle.clips.clip import Clip
from restyle.clips.inspecting import inspect

__all__ = ["Clip", "inspect"]
