"""Networks: read once, asked from any thread, and their licence is with them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from restyle.engine import networks
from restyle.engine.kernels import F
from restyle.engine.networks import Network, network

FOLDER = Path(networks.__file__).parent / "weights"


@pytest.mark.parametrize(
    ("name", "side", "sizes"),
    [
        ("face_detection", 192, [48 * 48, 48 * 48 * 16]),
        ("face_landmarks", 192, [1, 468 * 3]),
        ("figure", 256, [256 * 256]),
    ],
)
def test_each_answers_in_the_order_of_size(name: str, side: int, sizes: list[int]) -> None:
    answers = network(name).ask(np.zeros((side, side, 3), np.float32))
    assert [answer.size for answer in answers] == sizes
    assert all(np.isfinite(answer).all() for answer in answers)


def test_threads_that_ask_at_once_get_each_their_own_answer() -> None:
    random = np.random.default_rng(0)
    pictures = [random.random((192, 192, 3)).astype(np.float32) * F(0.1 + i / 8) for i in range(8)]
    alone = [network("face_landmarks").ask(picture)[1] for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda p: network("face_landmarks").ask(p)[1], pictures))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_who_asks_while_another_is_asked_waits_for_nobody_and_leaves_a_copy_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, picture = Network("figure"), np.zeros((256, 256, 3), np.float32)
    alone = asked.ask(picture)[0]
    asked._idle.pop()  # as one that is being asked
    np.testing.assert_array_equal(asked.ask(picture)[0], alone)
    monkeypatch.setattr(cv2.dnn, "readNetFromTFLite", None)
    np.testing.assert_array_equal(asked.ask(picture)[0], alone)


def test_a_network_is_read_once_for_all_that_ask_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert network("figure") is network("figure")
    picture = np.zeros((256, 256, 3), np.float32)
    network("figure").ask(picture)
    monkeypatch.setattr(cv2.dnn, "readNetFromTFLite", None)
    for _ in range(3):
        network("figure").ask(picture)


def test_every_weight_is_named_with_its_licence() -> None:
    readme = (FOLDER / "README.md").read_text()
    weights = sorted(path.name for path in FOLDER.glob("*.tflite"))
    assert weights
    assert all(f"`{name}`" in readme for name in weights)
    assert "Apache License" in (FOLDER / "LICENSE").read_text()
