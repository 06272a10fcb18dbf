"""Clip: everything that is known of a video file after one guarded look at it.

Sizes are as a person sees them (upright, square pixels); durations are what is truly there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HDR_TRANSFERS = {"smpte2084", "arib-std-b67"}


@dataclass(frozen=True)
class Clip:
    """Facts of one clip, found by `inspect`.

    `width` × `height` in pixels as displayed, `duration_s` of the picture, `fps` its usual frame
    rate, `format` the container by content, `rotation` the clockwise turn in degrees (0, 90, 180,
    270) that players make (mirroring is no turn).
    """

    path: Path
    width: int
    height: int
    duration_s: float
    fps: float
    size_bytes: int
    format: str
    video_codec: str
    has_audio: bool
    audio_codec: str | None
    rotation: int
    # What fitting and reading need beside:
    file_duration_s: float  # the longest of header, picture and sound
    audio_duration_s: float  # within the part that was looked at; 0 without sound
    demuxer: str
    video_stream: int  # the largest
    video_streams: int
    audio_stream: int | None
    stored_width: int  # after turning, before pixels are made square
    stored_height: int
    sample_aspect: float  # width / height of one stored pixel, after turning
    pixel_format: str
    color_range: str  # "tv", "pc" or "unknown"
    color_space: str
    color_primaries: str
    color_transfer: str
    interlaced: bool
    turned: bool  # the file asks players to turn or mirror it
    variable_rate: bool
    longest_frame_s: float
    key_gap_s: float  # from one key frame to the next, at most
    phase_s: float  # where the first frame lies on the clip's own grid; times count from here
    frame_count: int | None  # None where the clip is longer than what was counted
    faults: tuple[str, ...]  # what the reader complained of
    # Times of the clip at which its packets can be parted, and at which they can begin, as they
    # are; as far as they were counted:
    cuts_s: tuple[float, ...] = ()
    entries_s: tuple[float, ...] = ()
    # The grid of the sound's packets in the file's own time; 0 long where they do not follow each
    # other without gaps:
    audio_start_s: float = 0.0
    audio_packet_s: float = 0.0
    says_duration: bool = True  # the file itself does
    bytes_per_s: float = 0.0  # of picture and sound alone, as far as they were counted

    @property
    def is_hdr(self) -> bool:
        """Whether the brightness is coded for HDR screens (PQ or HLG)."""
        return self.color_transfer in _HDR_TRANSFERS

    @property
    def has_square_pixels(self) -> bool:
        """Whether stored and displayed size are the same."""
        return (self.stored_width, self.stored_height) == (self.width, self.height)

    def as_dict(self) -> dict[str, Any]:
        """The `clip` of `/inspect`: nothing of the machine's paths."""
        return {
            "width": self.width,
            "height": self.height,
            "duration_s": round(self.duration_s, 3),
            "fps": round(self.fps, 3),
            "size_bytes": self.size_bytes,
            "format": self.format,
            "video_codec": self.video_codec,
            "has_audio": self.has_audio,
            "audio_codec": self.audio_codec,
            "rotation": self.rotation,
        }
