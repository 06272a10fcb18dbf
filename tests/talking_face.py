"""A face that talks and raises its brows before a moving camera, made for tests.

Warped from a photograph in the public domain, so that where eyes and mouth are, and how far they
are open, is known for each frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Place = tuple[float, float]

# In the photograph, in its pixels (x, y).
EYES: tuple[Place, ...] = ((203, 101), (247, 103.5))
BROWS: tuple[Place, ...] = ((202, 89), (251, 93))
MOUTH: Place = (222, 149)
CHEEKS: tuple[Place, ...] = ((193, 121), (256, 124), (224, 84))  # and the forehead
HEAD: Place = (223, 122)

DROP = 10.0  # how far the lower lip falls, and …
RAISE = 5.0  # … the brows rise, at most; the photograph's pixels
DARK = (46, 20, 22)  # the inside of a mouth


@dataclass(frozen=True)
class View:
    """One frame (H, W, 3), and where things are in it, in its pixels.

    `eyes`, `cheeks` (the forehead among them) and `mouth` are (x, y), `unit` the size of one
    pixel of the photograph (the face is 90 wide), `talking` how far the mouth is open, 0–1.
    """

    frame: Bytes
    eyes: Sequence[Place]
    mouth: Place
    cheeks: Sequence[Place]
    unit: float
    talking: float

    def face(self) -> NDArray[np.bool_]:
        """What of the frame is face, (H, W)."""
        height, width = self.frame.shape[:2]
        y, x = np.mgrid[0:height, 0:width]
        middle = np.mean([*self.eyes, self.mouth, self.mouth], axis=0)
        across, down = (x - middle[0]) / (44 * self.unit), (y - middle[1]) / (56 * self.unit)
        return np.asarray(across**2 + down**2 < 1, np.bool_)


def talking_face(
    size: tuple[int, int], count: int, *, moves: bool = True, noise: float = 3.0
) -> list[View]:
    """`count` frames of `size` (width, height) at 15 a second; `noise` is its σ, 0–255.

    Without `moves` the camera stands still.
    """
    photograph = np.asarray(data.astronaut())
    unit = size[1] / 230
    dice = np.random.default_rng(8)
    views = []
    for i in range(count):
        seconds = i / 15
        talking = 0.5 - 0.5 * np.cos(2 * np.pi * seconds / 0.8)
        raised = 0.5 - 0.5 * np.cos(2 * np.pi * seconds / 1.3)
        camera = _Camera(size, unit, seconds if moves else 0.0)
        view = _painted(photograph, camera, talking, raised)
        noisy = view + dice.normal(0, noise, view.shape)
        views.append(
            View(
                np.clip(noisy + 0.5, 0, 255).astype(np.uint8),
                [camera.seen(place) for place in EYES],
                camera.seen((MOUTH[0], MOUTH[1] + 0.5 * DROP * talking)),
                [camera.seen(place) for place in CHEEKS],
                unit * camera.zoom,
                talking,
            )
        )
    return views


class _Camera:
    """A hand-held camera that drifts, comes closer and rolls a little."""

    def __init__(self, size: tuple[int, int], unit: float, seconds: float) -> None:
        self.size, self.unit = size, unit
        self.zoom = 1.05 + 0.06 * np.sin(2 * np.pi * seconds / 3.7)
        roll = np.radians(2.5 * np.sin(2 * np.pi * seconds / 2.9))
        x = 14 * np.sin(2 * np.pi * seconds / 3.1) + 1.2 * np.sin(2 * np.pi * seconds / 0.45)
        y = 8 * np.sin(2 * np.pi * seconds / 2.3)
        self._turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        self._middle = np.array([HEAD[0] + x, HEAD[1] + y])

    def seen(self, place: Place) -> Place:
        """Where a place of the photograph is in the frame."""
        moved = self._turn @ (np.array(place) - self._middle) * self.unit * self.zoom
        return float(moved[0] + self.size[0] / 2), float(moved[1] + self.size[1] / 2)

    def places(self) -> tuple[Floats, Floats]:
        """The place in the photograph of each pixel of the frame: x and y."""
        width, height = self.size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        scale = 1 / (self.unit * self.zoom)
        u, v = (x - width / 2) * scale, (y - height / 2) * scale
        back = self._turn.T
        return (
            np.asarray(back[0, 0] * u + back[0, 1] * v + self._middle[0], np.float32),
            np.asarray(back[1, 0] * u + back[1, 1] * v + self._middle[1], np.float32),
        )


def _painted(photograph: Bytes, camera: _Camera, talking: float, raised: float) -> Floats:
    x, y = camera.places()
    jaw = 1 / (1 + np.exp(-(y - (MOUTH[1] + 0.5 * DROP * talking)) / 1.0))
    jaw *= np.exp(-(((x - MOUTH[0]) / 26) ** 2) - (np.maximum(y - 156, 0) / 26) ** 2)
    lift = sum(_bump(x, y, brow, 22, 7) for brow in BROWS)
    from_y = y - DROP * talking * jaw + RAISE * raised * lift
    view = cv2.remap(
        photograph,
        x,
        np.asarray(from_y, np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    ).astype(np.float32)
    depth = max(0.5 * DROP * talking - 0.5, 0.01)
    across, down = (x - MOUTH[0]) / 15, (y - MOUTH[1] - 0.5 * DROP * talking) / depth
    gap = np.clip((1 - across**2 - down**2) * depth / 1.5, 0, 1)[..., None]
    return np.asarray(view + gap * (np.array(DARK) - view), np.float32)


def _bump(x: Floats, y: Floats, centre: Place, width: float, height: float) -> Floats:
    return np.asarray(
        np.exp(-(((x - centre[0]) / width) ** 2) - ((y - centre[1]) / height) ** 2), np.float32
    )
