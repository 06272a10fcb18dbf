"""What surroundings agree on: which palette entry a thing belongs to as a whole, and keeps.

At half the size of other maps: vague memberships by colour, carried along the motion, spread as
far as no edge divides.
"""

from typing import Protocol

import numpy as np

from restyle.engine.kernels import Bytes, F, Floats
from restyle.engine.memberships import belong
from restyle.engine.palette import LANES, Palette
from restyle.engine.pictures import shrink
from restyle.engine.recalling import recalled
from restyle.engine.spreading import spread

INERTIA = 0.9  # weight of what was agreed on before, where the flow is trusted
COMMON = 0.03  # with what is there now, from which the past counts wholly: shading may change
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
    """What one clip's pixels agree on, frame by frame; keeps what it needs of the past itself."""

    def __init__(self) -> None:
        self._before: Bytes | None = None

    def read(
        self, seen: _Seen, of: Palette, gate: Floats, front: Floats, *, restart: bool
    ) -> Bytes:
        """Memberships (h, w, LANES) at quarter size, sums of 255; `gate` as for `belong`.

        `front` (0–1, quarter size) is what stands before the ground: labels don't spread across."""
        colour = shrink(seen.abstract, 2)
        height, width = colour.shape[:2]
        small_gate = shrink(gate, 2) if gate.size > 1 else gate
        across = np.empty((height, width * LANES), np.uint8)
        tables = of.vague_table, of.face_table, of.cheek_table, of.hair_table, of.head_table
        belong(colour, *tables, small_gate, _NOTHING, _ALONE, across)
        flow, confidence = F(0.5) * shrink(seen.flow, 2), shrink(seen.confidence, 2)
        past = None if restart else self._before
        own = recalled(across, past, flow, confidence, _ALONE, INERTIA, COMMON).membership
        walls = np.clip(small_gate, F(-1), F(1)) + front if gate.size > 1 else front
        agreed = spread(own, colour, walls, seen.scale)
        if not seen.passes:
            self._before = agreed
        return agreed
