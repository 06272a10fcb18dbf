"""The limits that the style service sets for its input, and the check of a clip against them.

Source: the reference, "Input video requirements". 100 MB is counted as 10⁸ bytes, the stricter
reading.
"""

from dataclasses import dataclass
from fractions import Fraction

from restyle.clips import Clip


@dataclass(frozen=True)
class Limits:
    """What the service takes; lengths in pixels, seconds and bytes."""

    min_side_px: int = 256
    max_side_px: int = 4096
    max_ratio: Fraction = Fraction(9, 5)
    formats: tuple[str, ...] = ("MP4", "AVI", "MKV", "MOV", "FLV", "TS", "MPG", "MXF")
    max_duration_s: float = 30.0
    max_size_bytes: int = 100_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Check:
    """One limit: the `value` found, the `limit`, and the `fix` in words where fitting helps."""

    name: str
    value: str
    limit: str
    ok: bool
    fix: str

    def as_dict(self) -> dict[str, str | bool]:
        """The check as `/inspect` gives it."""
        return {
            "name": self.name,
            "value": self.value,
            "limit": self.limit,
            "ok": self.ok,
            "fix": self.fix,
        }


def check(clip: Clip) -> tuple[Check, ...]:
    """Every limit of the reference against one clip: width, height, ratio, format, duration, size.

    The fix says what fitting will do; what exactly comes out is the plan's to say.
    """
    limits = LIMITS
    sides = f"{limits.min_side_px} to {limits.max_side_px:,} px"
    formats = ", ".join(limits.formats)
    duration_s = clip.file_duration_s
    return (
        _check("width", f"{clip.width:,} px", sides, _side_ok(clip.width), _side_fix(clip.width)),
        _check(
            "height", f"{clip.height:,} px", sides, _side_ok(clip.height), _side_fix(clip.height)
        ),
        _check(
            "ratio",
            f"{max(clip.width, clip.height) / min(clip.width, clip.height):.2f}",
            f"at most {float(limits.max_ratio):.1f} (longer to shorter side)",
            ratio_ok(clip.width, clip.height),
            "The longer side is cropped, or bars are added: your choice.",
        ),
        _check("format", clip.format, formats, clip.format in limits.formats, "Converted to MP4."),
        _check(
            "duration",
            clock(duration_s, exact=True),
            f"at most {limits.max_duration_s:.0f} s",
            duration_s <= limits.max_duration_s,
            _duration_fix(clip),
        ),
        _check(
            "size",
            megabytes(clip.size_bytes),
            f"at most {limits.max_size_bytes // 1_000_000} MB",
            clip.size_bytes <= limits.max_size_bytes,
            "Cut or compressed to fit.",
        ),
    )


def ratio_ok(width: int, height: int) -> bool:
    """Whether longer:shorter is inside the limit, in whole numbers (16:9 is)."""
    ratio = LIMITS.max_ratio
    return max(width, height) * ratio.denominator <= min(width, height) * ratio.numerator


def clock(seconds: float, *, exact: bool = False) -> str:
    """A duration for people: `9.5 s`, `2:14`; `exact` shows what makes 30.02 s too long."""
    if exact and seconds > LIMITS.max_duration_s > seconds - 1:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
    if seconds < 59.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def megabytes(size_bytes: int) -> str:
    """A file size for people, in units of a million bytes."""
    if size_bytes >= 1_000_000:
        # Rounded up, so that a file a little over the limit does not read as being on it.
        tenths = -(-size_bytes // 100_000)
        return f"{tenths / 10:.1f} MB"
    return f"{max(1, round(size_bytes / 1000))} kB"


def _check(name: str, value: str, limit: str, ok: bool, fix: str) -> Check:
    return Check(name, value, limit, ok, "" if ok else fix)


def _side_ok(side_px: int) -> bool:
    return LIMITS.min_side_px <= side_px <= LIMITS.max_side_px


def _side_fix(side_px: int) -> str:
    return "Scaled up." if side_px < LIMITS.min_side_px else "Scaled down."


def _duration_fix(clip: Clip) -> str:
    if clip.duration_s <= LIMITS.max_duration_s:
        return "Cut to the length of the picture."
    return f"Cut to {LIMITS.max_duration_s:.0f} s: choose which with start and end."
