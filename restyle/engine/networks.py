"""Small networks that look and never paint: where faces are, their points, who stands in front.

Run by OpenCV. The weights are MediaPipe's (Apache 2.0), in `weights/`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from restyle.engine.kernels import Floats

_WEIGHTS = Path(__file__).parent / "weights"


class Network:
    """One network; any thread may ask it, one after the other."""

    def __init__(self, name: str) -> None:
        self._net = cv2.dnn.readNetFromTFLite(str(_WEIGHTS / f"{name}.tflite"))
        self._answers: Sequence[str] = self._net.getUnconnectedOutLayersNames()
        self._turn = Lock()

    def ask(self, picture: Floats) -> list[Floats]:
        """What it says of an RGB picture, float32 (side, side, 3): its answers, by size."""
        blob = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        with self._turn:
            self._net.setInput(blob)
            answers = self._net.forward(self._answers)
            # OpenCV's own memory: the next question would write over it.
            found = [np.array(answer, np.float32) for answer in answers]
        return sorted(found, key=lambda answer: answer.size)


@cache
def network(name: str) -> Network:
    """The network of `weights/<name>.tflite`, read once."""
    return Network(name)
