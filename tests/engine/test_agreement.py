"""Agreement: one entry for a thing in uneven light, and the same one while its light changes."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from restyle.engine.agreement import Agreement
from restyle.engine.clusters import Sample
from restyle.engine.colours import Manner
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.palette import Palette, fit

HEIGHT, WIDTH = 80, 120
MANNER = Manner(clusters=6, apart=5.0, lowest=15, highest=96, even=0.2, vivid=1.2)
WALL = 30.0
NO_FACES = np.zeros((1, 1), np.float32)


@dataclass
class Still:
    """A half-size frame of greys, with nothing moving."""

    grey: Floats
    passes: bool = False
    flow: Floats = field(default_factory=lambda: np.zeros((HEIGHT, WIDTH, 2), np.float32))
    confidence: Floats = field(default_factory=lambda: np.ones((HEIGHT, WIDTH), np.float32))
    scale: float = 1.0

    @property
    def abstract(self) -> Floats:
        return np.repeat(self.grey[..., None], 3, -1).astype(np.float32)


def _palette() -> Palette:
    """Two greys that meet at an edge."""
    rgb = np.full((100, 140, 3), 90, np.uint8)
    rgb[:, 70:] = 160
    none = np.zeros(rgb.shape[:2], np.float32)
    return fit([Sample(rgb, none, none)], MANNER)


def _labels(agreement: Agreement, grey: Floats, front: Floats, *, restart: bool = False) -> Floats:
    agreed = agreement.read(Still(grey), PALETTE, NO_FACES, front, restart=restart)
    return np.asarray(agreed.argmax(-1), np.float32)


PALETTE = _palette()
NOTHING = np.zeros((HEIGHT // 2, WIDTH // 2), np.float32)
SHADED = np.broadcast_to(np.linspace(0.47, 0.72, WIDTH, dtype=np.float32), (HEIGHT, WIDTH))


def test_a_thing_in_uneven_light_is_one() -> None:
    assert len(np.unique(_labels(Agreement(WALL), SHADED, NOTHING, restart=True))) == 1


def test_what_stands_before_the_ground_is_another_thing() -> None:
    front = NOTHING.copy()
    front[:, :6] = 1
    label = _labels(Agreement(WALL), SHADED, front, restart=True)
    assert len(np.unique(label[:, :6])) == len(np.unique(label[:, 6:])) == 1
    assert label[0, 0] != label[0, -1]


def test_a_thing_keeps_its_entry_while_its_light_wavers() -> None:
    agreement = Agreement(WALL)
    middle = float(SHADED.mean())
    first = _labels(agreement, SHADED, NOTHING, restart=True)
    for change in (0.03, -0.03, -0.05):
        wavering = np.full_like(SHADED, middle + change)
        assert (_labels(agreement, wavering, NOTHING) == first).all()


def test_what_was_agreed_on_moves_with_the_picture() -> None:
    agreement = Agreement(WALL, every=2)
    step = np.full((HEIGHT, WIDTH), 90 / 255, np.float32)
    step[:, 60:] = 160 / 255
    for i in range(4):
        flow = np.zeros((HEIGHT, WIDTH, 2), np.float32)
        flow[..., 0] = -2 if i else 0
        seen = Still(np.roll(step, 2 * i, axis=1)[:, :WIDTH], flow=flow)
        agreed = agreement.read(seen, PALETTE, NO_FACES, NOTHING, restart=i == 0)
        label = agreed.argmax(-1)
        border = int(np.argmax(np.diff(label[20, 6:]) != 0)) + 7
        assert abs(border - (30 + i)) <= 1
        assert agreed.sum(-1, dtype=int).min() > 240


def test_the_first_answer_is_as_settled_as_later_ones() -> None:
    agreement = Agreement(WALL)
    noise = np.random.default_rng(2).normal(0, 0.02, SHADED.shape)
    mottled = np.clip(SHADED + cv2.GaussianBlur(noise, (0, 0), 3) * 6, 0, 1).astype(np.float32)

    def agreed(*, restart: bool) -> Bytes:
        return agreement.read(Still(mottled), PALETTE, NO_FACES, NOTHING, restart=restart)

    first = agreed(restart=True)
    for _ in range(4):
        later = agreed(restart=False)
    assert cv2.absdiff(first, later).max() < 5


def test_a_wall_parts_what_its_light_alone_would_part_elsewhere() -> None:
    walls = NOTHING.copy()
    walls[:, WIDTH // 4] = 1
    grey = np.broadcast_to(np.linspace(0.35, 0.72, WIDTH, dtype=np.float32), (HEIGHT, WIDTH))
    seen = Still(np.ascontiguousarray(grey))
    borders = []
    for given in (None, walls):
        agreement = Agreement(WALL)
        agreed = agreement.read(seen, PALETTE, NO_FACES, NOTHING, restart=True, walls=given)
        borders.append(int(np.flatnonzero(np.diff(agreed.argmax(-1)[HEIGHT // 4]))[0]))
    assert abs(borders[0] - WIDTH // 4) > 8
    assert abs(borders[1] - WIDTH // 4) <= 1
