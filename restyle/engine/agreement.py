"""What surroundings agree on: which palette entry a thing belongs to as a whole, and keeps.

At half the size of other maps: vague memberships by colour, carried along the motion, spread as
far as no edge divides.
"""

from typing import Protocol, cast

import cv2
import numpy as np

from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.memberships import belong
from restyle.engine.palette import LANES, Palette
from restyle.engine.pictures import most, shrink
from restyle.engine.places import brought, followed, way_of
from restyle.engine.recalling import recalled
from restyle.engine.spreading import spread
from restyle.engine.tones import to_bytes

# Of a frame whose answer only follows the motion: no more of it changes by so much, 0–255.
CALM, NEWS = 0.01, 30
INERTIA = 0.9  # weight of what was agreed on before, where the flow is trusted
COMMON = 0.15  # with what is there now, from which the past counts wholly: shading may change
# Rounds on a first frame, which all later ones keep to: as many as it takes to agree.
AT_FIRST = 4
_AT_ONCE = 4  # lanes that OpenCV can move in one picture
_ALONE = np.array([1, 0, 0, 0, 0], np.float32)  # weights of a blur that is none
_NOTHING = np.zeros((1, 1, LANES), np.uint8)


class _Seen(Protocol):
    """What of a frame is looked at; all maps half size."""

    abstract: Floats
    flow: Floats
    confidence: Floats
    passes: bool
    scale: float


class Agreement:
    """What one clip's pixels agree on, frame by frame; keeps what it needs of the past itself.

    They are asked in every `every`th frame; between, what was agreed on follows the motion, unless
    much has changed. `wall` is how much an edge divides them (see `spread`).
    """

    def __init__(self, wall: float, every: int = 1) -> None:
        self._wall, self._every = wall, every
        self._before = _NOTHING
        self._colour = _NOTHING
        self._age = 0

    def read(
        self,
        seen: _Seen,
        of: Palette,
        gate: Floats,
        front: Floats,
        *,
        restart: bool,
        walls: Floats | None = None,
    ) -> Bytes:
        """Memberships (h, w, LANES) at quarter size, sums of 255; `gate` as for `belong`.

        `front` (0–1, quarter size) is what stands before the ground: labels don't spread across,
        nor across `walls` (quarter size), if any, which count as steps of colour do.
        """
        colour = shrink(seen.abstract, 2)
        flow = F(0.5) * shrink(seen.flow, 2)
        if self._every > 1 and self._follows(colour, flow, seen, restart=restart):
            return self._before
        height, width = colour.shape[:2]
        small_gate = shrink(gate, 2) if gate.size > 1 else gate
        across = np.empty((height, width * LANES), np.uint8)
        tables = of.vague_table, of.face_table, of.cheek_table, of.hair_table, of.head_table
        belong(colour, *tables, small_gate, _NOTHING, _ALONE, across)
        divided = np.clip(small_gate, F(-1), F(1)) + front if gate.size > 1 else front
        if walls is not None:
            divided = divided + walls

        def agreed_on(past: Bytes | None, flow: Floats, confidence: Floats) -> Bytes:
            own = recalled(across, past, flow, confidence, _ALONE, INERTIA, COMMON).membership
            return spread(own, colour, divided, front, seen.scale, self._wall)

        past = None if restart else self._before
        agreed = agreed_on(past, flow, shrink(seen.confidence, 2))
        for _ in range(AT_FIRST - 1 if restart else 0):
            agreed = agreed_on(agreed, np.zeros_like(flow), np.ones_like(front))
        if not seen.passes:
            self._before = agreed
        return agreed

    def _follows(self, colour: Floats, flow: Floats, seen: _Seen, *, restart: bool) -> bool:
        """Whether it is enough to move what was agreed on; if so, it is moved."""
        now = to_bytes(colour)
        if seen.passes:
            return False
        self._age = 0 if restart else self._age + 1
        last, self._colour = self._colour, now
        if restart or self._age % self._every == 0:
            return False
        news = most(cast(Bytes, cv2.absdiff(brought(last, flow), now))) > NEWS
        if news.mean() > CALM:
            return False
        self._before = _carried(self._before, flow)
        return True


def _carried(membership: Bytes, flow: Floats) -> Bytes:
    """Memberships (h, w, LANES) where the flow (h, w, 2) has brought them."""
    out = np.empty_like(membership)
    way = way_of(flow, (membership.shape[0], membership.shape[1]))
    for lane in range(0, LANES, _AT_ONCE):
        some = np.ascontiguousarray(membership[..., lane : lane + _AT_ONCE])
        out[..., lane : lane + _AT_ONCE] = followed(some, way)
    return out
