"""Faces for tests, without a picture: a real face's mesh, put where it is wanted."""

from functools import cache

import numpy as np
from skimage import data

from restyle.engine.faces import Box, Face, faces_of
from restyle.engine.kernels import Bytes


def face_at(box: Box) -> Face:
    """A face whose box is this one; its height goes for both sides."""
    x, y, _, side, strength = box
    face = _real()
    left, top, _, height, _ = face.box
    mesh = face.mesh * np.float32(side / height)
    mesh[:, :2] += np.array((x, y)) - np.array((left, top)) * side / height
    return Face(mesh, strength)


@cache
def _real() -> Face:
    portrait: Bytes = np.ascontiguousarray(data.astronaut()[:256, :480])
    return faces_of(portrait)[0]
