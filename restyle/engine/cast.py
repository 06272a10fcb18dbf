"""The cast of a room's light: what cold lamps and hazy lenses lay over people is taken away.

Walls are seldom coloured where people sit, and black is black: the light greys and the darkest
tones of a picture tell what the light and the lens add. Strengthened as a colour of its own this
would paint brown hair silver and a black pullover half grey and half teal. Landscapes are left as
they are: their cold is the sky's.
"""

from dataclasses import replace

import numpy as np

from restyle.engine.frames import Frame
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import least, luma, most

APART = 6  # half-size pixels between those that are looked at
GREY = 0.18  # chroma, of the lightest channel, under which what is light may be a grey
SHARE = 0.15, 0.30  # of the picture that is such grey: too little to tell, and enough
DARK_PERCENTILE, DARKEST = 4.0, 0.22  # of tones: what is black, and its luma at most
VEIL = 0.035  # the most that a lens adds to a channel of black
TAKEN = 0.75  # of the cast: a room without any looks like a studio
INERTIA = 0.92


class Cast:
    """Takes the cold cast from the frames of one clip, in order."""

    def __init__(self) -> None:
        self._line: Floats | None = None

    def clear(self, frame: Frame) -> Frame:
        """The frame, its abstractions without the cast where people are; else as it is."""
        people = max((face.strength for face in frame.faces), default=0.0)
        line = F(people) * _line(frame) if people else np.zeros((2, 3), np.float32)
        if self._line is None or frame.is_cut:
            self._line = line
        elif not frame.passes:
            self._line = self._line + F(1 - INERTIA) * (line - self._line)
        if np.abs(self._line).max() < 1 / 512:
            return frame
        gain = np.tile(F(1) + self._line[0], frame.half_size[1])
        add = np.tile(self._line[1], frame.half_size[1])
        abstract, light = np.empty_like(frame.abstract), np.empty_like(frame.light)
        _develop(frame.abstract, gain, add, abstract)
        _develop(frame.light, gain, add, light)
        return replace(frame, abstract=abstract, light=light)


def _line(frame: Frame) -> Floats:
    """What each channel (2, 3) is to be multiplied by, less 1, and what is to be added then."""
    away = frame.face_mask[::APART, ::APART] < F(0.1)
    colours = np.ascontiguousarray(frame.abstract[::APART, ::APART])[away]
    tone = luma(colours[None])[0]
    none = np.zeros((2, 3), np.float32)
    if not tone.size:
        return none
    lightest = most(colours)
    light = (tone >= np.median(tone)) & (lightest - least(colours) < F(GREY) * lightest)
    sure = np.interp(light.mean(), SHARE, (0, 1))
    if sure <= 0:
        return none
    grey = colours[light].mean(0)
    # Warm light is a mood.
    if grey[0] >= max(grey[1], grey[2]):
        return none
    black = colours[tone <= np.percentile(tone, DARK_PERCENTILE)].mean(0)
    veil = black - luma(black[None, None])[0, 0]
    veil = np.clip(veil, F(-VEIL), F(VEIL)) * F(luma(black[None, None])[0, 0] < DARKEST)
    black_now, white_now = black - veil, luma(grey[None, None])[0, 0]
    gain = (white_now - black_now) / np.maximum(grey - black, F(0.2))
    return np.asarray(
        F(TAKEN * sure) * np.stack([gain - F(1), black_now - gain * black]), np.float32
    )


@kernel
def _develop(band: Band, colour: Floats, gain: Floats, add: Floats, out: Floats) -> None:
    for y in rows_in(band, colour.shape[0]):
        _row(colour[y].reshape(-1), gain, add, out[y].reshape(-1))


@brush
def _row(colour: Floats, gain: Floats, add: Floats, out: Floats) -> None:
    for x in range(gain.shape[0]):
        out[x] = min(max(gain[x] * colour[x] + add[x], F(0)), F(1))
