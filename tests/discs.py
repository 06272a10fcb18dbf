"""A disc of one grey on another, for tests of what is done within regions and at their borders."""

import numpy as np

from restyle.engine import shading

HEIGHT, WIDTH = 120, 180
CLEAR = np.ones((HEIGHT, WIDTH), np.float32)


def disc(radius: float = 30, *, inside: float = 0.9, outside: float = 0.2) -> np.ndarray:
    """The picture, float32 (HEIGHT, WIDTH, 3); `radius` in pixels, greys 0–1."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    within = np.hypot(y - HEIGHT / 2, x - WIDTH / 2) < radius
    return np.where(within[..., None], inside, outside).astype(np.float32).repeat(3, 2)


def joined(colour: np.ndarray) -> shading.Links:
    """Its pixels' links: firm within, cut at the border."""
    return shading.links(colour, CLEAR, edge=0.03, texture=0.01)
