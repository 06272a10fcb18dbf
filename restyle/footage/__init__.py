"""A MoviePy clip of our own: `open_clip(path)` reads any clip right and at ffmpeg's speed.

`source` is the clip, `edits` the filter graph it folds into, `frames` and `sound` what effects
see, `writing` the one ffmpeg command that writes, `sound_track` what it does to the sound,
`joining` lays the parts of one clip end to end, `proxy` makes a small copy to look at. Importing
this imports MoviePy.
"""

from restyle.footage.edits import Crop, Edit, Pad, Scale, audio_filters, input_arguments
from restyle.footage.frames import Frame
from restyle.footage.joining import Piece, join
from restyle.footage.proxy import write_proxy
from restyle.footage.source import Footage, open_clip

__all__ = [
    "Crop",
    "Edit",
    "Footage",
    "Frame",
    "Pad",
    "Piece",
    "Scale",
    "audio_filters",
    "input_arguments",
    "join",
    "open_clip",
    "write_proxy",
]
