"""Footage: a MoviePy clip that reads right and folds trim, crop, resize and margins into ffmpeg.

`open_clip(path).subclipped(a, b).cropped(…).resized(…).write_videofile(…)` is one ffmpeg process;
any other MoviePy effect laid on it works frame by frame and is written correctly, too.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from moviepy import VideoClip
from moviepy.tools import convert_to_seconds

from restyle.clips import Clip, inspect
from restyle.footage.edits import Edit, Scale
from restyle.footage.folding import step_of
from restyle.footage.frames import Frame, FrameReader, frame_at, read_frames
from restyle.footage.sound import FootageSound
from restyle.footage.writing import write_edit, write_frames

_OURS = {".mp4", ".m4v", ".mov"}


def open_clip(source: Path | Clip) -> "Footage":
    """A MoviePy clip of a file, read in the guarded way; raises ClipUnreadable.

    Upright, square pixels, SDR, constant rate, sound in step. A `Clip` saves the inspection.
    """
    clip = source if isinstance(source, Clip) else inspect(source)
    return Footage(Edit(clip, 0.0, clip.duration_s, clip.fps))


class Footage(VideoClip):  # type: ignore[misc]  # MoviePy ships no types
    """A source clip of our own: `edit` says what is folded; all of MoviePy's VideoClip works."""

    def __init__(self, edit: Edit) -> None:
        super().__init__(duration=edit.duration_s)
        self.edit = edit
        self.fps = edit.fps
        self.size = edit.size
        self._reader = FrameReader(edit)
        self.frame_function: Any = self._reader.frame_at
        self.audio = FootageSound(edit) if edit.clip.has_audio else None

    def is_folded(self) -> bool:
        """Whether nothing but steps of the edit stand on the source: one ffmpeg process does it."""
        own_sound = self.audio is None or (
            isinstance(self.audio, FootageSound)
            and self.audio.edit == self.edit
            and self.audio.is_untouched()
        )
        own_frames = self.frame_function == self._reader.frame_at and self.mask is None
        return own_frames and own_sound and self.duration == self.edit.duration_s

    def subclipped(self, start_time: Any = 0, end_time: Any = None) -> Any:
        """The part between two times, as MoviePy's; the start goes back to the frame shown then."""
        if not self.is_folded():
            return super().subclipped(start_time, end_time)
        start_s = float(convert_to_seconds(start_time))
        end_s = self.duration if end_time is None else float(convert_to_seconds(end_time))
        start_s += self.duration if start_s < 0 else 0
        end_s += self.duration if end_s < 0 else 0
        if not 0 <= start_s < min(end_s, self.duration) or end_s > self.duration + 1e-6:
            raise ValueError(
                f"A part from {start_s:.2f} to {end_s:.2f} s does not lie within "
                f"the {self.duration:.2f} s of the clip."
            )
        return self._folded(self.edit.cut(start_s, end_s))

    def with_effects(self, effects: Sequence[Any]) -> Any:
        """The clip with MoviePy effects: crops, scalings and margins are folded, others laid on."""
        clip: Any = self
        for effect in effects:
            folded = isinstance(clip, Footage) and clip.is_folded()
            step = step_of(effect, clip.edit.size) if folded else None
            if step is not None:
                clip = clip._folded(clip.edit.then(step))
            elif isinstance(clip, Footage):
                clip = VideoClip.with_effects(clip, [effect])
            else:
                clip = clip.with_effects([effect])
        return clip

    def frames(
        self, fps: float, size: tuple[int, int] | None = None
    ) -> Generator[Frame, None, None]:
        """All frames in order at `fps`, (height, width, 3) uint8 RGB, from one ffmpeg process.

        `size` is (width, height) in pixels. Closing the iterator ends the process.
        """
        if not self.is_folded():
            raise ValueError("Frames of a clip with effects laid on it come from iter_frames().")
        edit = replace(self.edit, fps=fps)
        if size is not None and size != edit.size:
            edit = edit.then(Scale(*size))
        return read_frames(edit)

    def still(self, t: float, size: tuple[int, int] | None = None) -> Frame:
        """One frame at `t` seconds, (height, width, 3) uint8 RGB, scaled by ffmpeg to `size`."""
        edit = self.edit if size is None else self.edit.then(Scale(*size))
        return frame_at(edit, t)

    def write_videofile(
        self,
        filename: str | Path,
        fps: float | None = None,
        codec: str | None = None,
        bitrate: str | None = None,
        audio: bool | str = True,
        preset: str = "veryfast",
        ffmpeg_params: Iterable[str] | None = None,
        logger: Any = "bar",
        **others: Any,
    ) -> None:
        """Write an MP4 (H.264, AAC); other kinds of file are left to MoviePy's own writer.

        Whole or not at all: an exception out of `logger` ends ffmpeg and removes what was begun.
        Raises FitError when ffmpeg fails.
        """
        target = Path(filename)
        ours = target.suffix.lower() in _OURS and codec in (None, "libx264")
        if not ours or others or isinstance(audio, str):
            super().write_videofile(
                str(filename),
                fps=fps,
                codec=codec,
                bitrate=bitrate,
                audio=audio,
                preset=preset,
                ffmpeg_params=list(ffmpeg_params or []) or None,
                logger=logger,
                **others,
            )
            return
        options = [
            "-preset",
            preset,
            *(["-b:v", bitrate] if bitrate else []),
            *(ffmpeg_params or ()),
        ]
        if self.is_folded():
            edit = replace(self.edit, fps=fps or self.fps)
            sound = audio and self.audio is not None
            write_edit(edit, target, sound=sound, options=options, logger=logger)
        else:
            write_frames(
                self, target, fps=fps or self.fps, sound=audio, options=options, logger=logger
            )

    def close(self) -> None:
        """End the process behind the frames; the clip can still be used."""
        self._reader.close()

    def _folded(self, edit: Edit) -> "Footage":
        clip = Footage(edit)
        clip.fps = self.fps
        if self.audio is None:
            clip.audio = None
        return clip
