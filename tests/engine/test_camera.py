"""The camera's own motion: found from all edges, taken where it explains the frame, only there."""

import cv2
import numpy as np
import pytest

from restyle.engine.camera import told_by_camera
from restyle.engine.kernels import Bytes, Floats
from restyle.engine.motion import MotionReader
from restyle.engine.pictures import blur
from restyle.engine.plain_ground import cells_of

HEIGHT, WIDTH = 180, 320
FULL_PER_HALF = (2.0, 2.0)


def poles(noise_seed: int, shift: float = 0.0, *, turn: float = 0.0, zoom: float = 1.0) -> Bytes:
    """Striped poles before a plain sky, `shift` to the left, turned by degrees and zoomed."""
    large = np.full((2 * HEIGHT, 2 * WIDTH), 70, np.float32)
    y, x = np.mgrid[0 : 2 * HEIGHT, 0 : 2 * WIDTH]
    for left in (170, 300, 430):
        on = (x >= left) & (x < left + 14) & (y > 120)
        large[on] = np.where((y // 18) % 2, 190, 130)[on]
    move = cv2.getRotationMatrix2D((WIDTH, HEIGHT), turn, zoom)
    move[:, 2] -= (WIDTH / 2 + shift, HEIGHT / 2)
    seen = cv2.warpAffine(blur(large, 1.0), move, (WIDTH, HEIGHT))
    noise = np.random.default_rng(noise_seed).normal(0, 1.5, seen.shape)
    return np.clip(seen + noise, 0, 255).astype(np.uint8)


def textured(seed: int, sigma: float = 3.0) -> Bytes:
    noise = np.random.default_rng(seed).normal(size=(HEIGHT, WIDTH)).astype(np.float32)
    soft = blur(noise, sigma)
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


def flow_between(previous: Bytes, now: Bytes) -> Floats:
    reader = MotionReader()
    reader.read(previous, FULL_PER_HALF)
    return reader.read(now, FULL_PER_HALF).flow


def told(found: Floats, previous: Bytes, now: Bytes) -> tuple[Floats, Floats]:
    grey = now.astype(np.float32)
    said = told_by_camera(found, cells_of(found, grey), grey, previous.astype(np.float32))
    return said[..., :2], said[..., 2]


@pytest.mark.parametrize("shift", [0.8, 1.6, -1.1])
def test_plain_sky_and_what_is_beside_edges_move_with_the_camera(shift: float) -> None:
    flow = flow_between(poles(1), poles(2, shift))[4:-4, 4:-4]
    wrong = np.hypot(flow[..., 0] - shift, flow[..., 1])
    assert wrong.mean() < 0.1
    assert np.percentile(wrong, 99) < 0.3


def test_a_camera_that_turns_and_comes_closer_is_followed() -> None:
    flow = flow_between(poles(1), poles(2, turn=0.6, zoom=1.01))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    x, y = x + 0.5 - WIDTH / 2, y + 0.5 - HEIGHT / 2
    turn = np.radians(0.6)
    # Coming closer, all was nearer to the middle; turning, what is at the right was lower.
    wrong = np.hypot(flow[..., 0] + 0.01 * x + turn * y, flow[..., 1] + 0.01 * y - turn * x)
    assert wrong.mean() < 0.2


def test_what_moves_by_itself_keeps_its_own_motion() -> None:
    before, now = textured(1), textured(1)
    thing = textured(2)[:80, :80]
    before[50:130, 100:180] = thing
    now[50:130, 103:183] = thing
    now[50:130, 100:103] = before[50:130, 97:100]
    flow = flow_between(before, now)
    inside = flow[62:118, 116:170]
    assert np.hypot(inside[..., 0] + 3, inside[..., 1]).mean() < 0.3
    assert np.abs(flow[:, 240:]).max() < 0.05


def test_a_camera_on_its_tripod_stands_still_whoever_walks_before_it() -> None:
    dice = np.random.default_rng(3)
    still, walker = textured(1).astype(np.float32), textured(2)[:120, :100]
    frames = []
    for left in (60, 62):
        frame = still + dice.normal(0, 2, still.shape)
        frame[40:160, left : left + 100] = walker
        frames.append(np.clip(frame, 0, 255).astype(np.uint8))
    moves, _ = told(np.zeros((HEIGHT, WIDTH, 2), np.float32), *frames)
    assert not moves.any()


def test_what_no_camera_could_have_done_is_left_to_the_flow() -> None:
    picture, found = textured(1), np.zeros((HEIGHT, WIDTH, 2), np.float32)
    now = picture.copy()
    for down in (0, 1):
        for right in (0, 1):
            rows = slice(down * HEIGHT // 2, (down + 1) * HEIGHT // 2)
            columns = slice(right * WIDTH // 2, (right + 1) * WIDTH // 2)
            move = (4 * right - 2, 4 * down - 2)
            found[rows, columns] = move
            now[rows, columns] = np.roll(picture, (-move[1], -move[0]), (0, 1))[rows, columns]
    _, share = told(found, picture, now)
    assert share.max() == 0


@pytest.mark.parametrize("shape", [(4, 4), (5, 9), (30, 16)])
@pytest.mark.parametrize("value", [0, 255])
def test_the_smallest_and_plainest_frames_have_a_motion(shape: tuple[int, int], value: int) -> None:
    plain = np.full(shape, value, np.uint8)
    moves, share = told(np.zeros((*shape, 2), np.float32), plain, plain)
    assert not moves.any()
    assert ((share >= 0) & (share <= 1)).all()
