"""The sound of an edit as a MoviePy AudioClip, for effects that work on samples.

Stereo at 48 kHz, decoded a few seconds at a time: memory stays flat however long the clip is.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from moviepy import AudioClip
from numpy.typing import NDArray

from restyle.clips import guard
from restyle.footage.edits import Edit, audio_filters, input_arguments

SAMPLE_RATE = 48_000
_CHUNK_S = 10

Samples = NDArray[np.float64]
"""Sound: n × 2 (left and right), −1 to 1."""


class SampleReader:
    """The samples of an edit at any times, decoded in chunks; the last ones are kept."""

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self._chunk = lru_cache(maxsize=2)(self._decode)

    def samples_at(self, t: float | NDArray[np.float64]) -> Samples:
        """Samples at times `t` (one, or an array of n) in seconds of the edit; silence outside."""
        times = np.atleast_1d(np.asarray(t, dtype=np.float64))
        wanted = np.rint(times * SAMPLE_RATE).astype(np.int64)
        inside = (wanted >= 0) & (times <= self.edit.duration_s)
        sound = np.zeros((len(wanted), 2))
        numbers = wanted // (_CHUNK_S * SAMPLE_RATE)
        for number in np.unique(numbers[inside]):
            chunk = self._chunk(int(number))
            places = wanted - number * _CHUNK_S * SAMPLE_RATE
            here = inside & (numbers == number) & (places < len(chunk))
            sound[here] = chunk[places[here]]
        return sound if np.ndim(t) else sound[0]

    def _decode(self, number: int) -> Samples:
        start_s = number * _CHUNK_S
        length_s = min(_CHUNK_S, self.edit.duration_s - start_s)
        part = replace(
            self.edit, start_s=self.edit.start_s + start_s, duration_s=max(length_s, 0.001)
        )
        outcome = guard.run(
            [
                *("-loglevel", "error", *input_arguments(part)),
                *("-map", f"0:{self.edit.clip.audio_stream}"),
                *("-af", audio_filters(part, length_s=max(length_s, 0.001))),
                *("-ac", "2", "-f", "s16le", "pipe:1"),
            ],
            time_limit_s=60,
        )
        whole = len(outcome.output) // 4 * 4
        return np.frombuffer(outcome.output[:whole], "<i2").reshape(-1, 2) / 32768.0


class FootageSound(AudioClip):  # type: ignore[misc]  # MoviePy ships no types
    """The sound of an edit; `is_untouched` until an effect changes it."""

    def __init__(self, edit: Edit) -> None:
        super().__init__(duration=edit.duration_s, fps=SAMPLE_RATE)
        self.edit = edit
        self.nchannels = 2
        self._samples = SampleReader(edit)
        self.frame_function: Any = self._samples.samples_at

    def is_untouched(self) -> bool:
        """Whether this is still the clip's own sound, the whole of the edit."""
        own_samples = bool(self.frame_function == self._samples.samples_at)
        return own_samples and bool(self.duration == self.edit.duration_s)
