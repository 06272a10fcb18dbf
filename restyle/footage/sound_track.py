"""The sound of a written file: its packets as they are where they fit, coded anew where not.

They fit where the cut falls between two packets, or so near that nobody hears what is missing;
their times are the file's own either way, so that they stay in step.
"""

from restyle.footage.edits import Edit, audio_filters, lead_s, start_in_file_s

CODING = ("-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2")
"""ffmpeg's options that code sound anew: AAC, 48 kHz, stereo."""

_DEMUXERS = ("mov", "matroska", "flv")  # others hold AAC in a form that MP4 does not
_TOLERANCE_S = 0.012  # half a packet at 44.1 kHz
_ROUNDING_S = 0.001
_RUN_IN_S = 0.15  # what coders put before the sound and edit lists hide


def sound_arguments(edit: Edit) -> list[str]:
    """ffmpeg's output arguments for the sound of an edit, cut like its picture."""
    clip = edit.clip
    mapped = ["-map", f"0:{clip.audio_stream}"]
    begin_s = copied_from_s(edit)
    if begin_s is None:
        return [*mapped, "-af", audio_filters(edit), *CODING]
    # Times as ffmpeg counts them behind the seek; what begins before the picture's end is kept.
    shift_s = lead_s(edit)
    first_s = begin_s - start_in_file_s(edit) + shift_s - clip.audio_packet_s / 2
    end_s = shift_s + edit.frame_count / edit.fps
    dropped = f"noise=drop='lt(pts*tb,{first_s:.6f})+gte(pts*tb,{end_s - _ROUNDING_S:.6f})'"
    return [*mapped, "-c:a", "copy", "-bsf:a", f"{dropped},setts=ts=TS-{shift_s:.6f}/TB"]


def copied_from_s(edit: Edit) -> float | None:
    """Where in the file the packets that can be kept begin, in seconds; None: none can."""
    clip = edit.clip
    even = clip.audio_packet_s > 0 and not clip.faults
    if clip.audio_codec != "aac" or clip.demuxer not in _DEMUXERS or not even:
        return None
    start_s = start_in_file_s(edit)
    packets = (start_s - clip.audio_start_s) / clip.audio_packet_s
    if edit.start_s == 0 and 0 <= start_s - clip.audio_start_s <= _RUN_IN_S:
        return clip.audio_start_s
    if edit.start_s > 0 and clip.demuxer != "mov":  # they seek to anywhere before the cut
        return None
    begin_s = clip.audio_start_s + max(0, round(packets)) * clip.audio_packet_s
    return begin_s if abs(begin_s - start_s) <= _TOLERANCE_S else None
