"""Small networks that look and never paint: where faces are, their points, who stands in front.

Run by OpenCV. The weights are MediaPipe's (Apache 2.0), in `weights/`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from restyle.engine.kernels import Floats

_WEIGHTS = Path(__file__).parent / "weights"


class Network:
    """One network; any thread may ask it: of those that ask at once each asks a copy of its own."""

    def __init__(self, name: str) -> None:
        self._path = _WEIGHTS / f"{name}.tflite"
        self._idle = [self._read()]
        self._answers: Sequence[str] = self._idle[0].getUnconnectedOutLayersNames()

    def ask(self, picture: Floats) -> list[Floats]:
        """What it says of an RGB picture, float32 (side, side, 3): its answers, by size."""
        blob = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        try:
            net = self._idle.pop()
        except IndexError:  # All are being asked.
            net = self._read()
        net.setInput(blob)
        answers = net.forward(self._answers)
        # OpenCV's own memory: the next question would write over it.
        found = [np.array(answer, np.float32) for answer in answers]
        self._idle.append(net)
        return sorted(found, key=lambda answer: answer.size)

    def _read(self) -> cv2.dnn.Net:
        return cv2.dnn.readNetFromTFLite(str(self._path))


@cache
def network(name: str) -> Network:
    """The network of `weights/<name>.tflite`, read once."""
    return Network(name)
