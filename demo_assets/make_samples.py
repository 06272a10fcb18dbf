"""Make the sample clips from photographs that may be redistributed (see LICENSES.md).

Photographs become clips by camera moves, parallax from a painted depth, and things that move:
boats, birds, a kite, steam, engine smoke. The sound is a plucked string, made here.

    python -m pip install -r requirements.txt -r demo_assets/requirements.txt
    python -m demo_assets.make_samples
"""

import subprocess
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import skimage.data
import sklearn.datasets
from moviepy import VideoClip
from moviepy.audio.AudioClip import AudioArrayClip

HERE = Path(__file__).parent
FPS = 24
SOUND_RATE = 44_100
Picture = np.ndarray


# ------------------------------------------------------------------ moving a still photograph


def enlarged(photo: Picture, width: int, height: int) -> Picture:
    """The photograph filling width × height, cropped in the middle."""
    scale = max(width / photo.shape[1], height / photo.shape[0])
    big = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_LANCZOS4)
    top, left = (big.shape[0] - height) // 2, (big.shape[1] - width) // 2
    return np.ascontiguousarray(big[top : top + height, left : left + width])


def camera(photo: Picture, zoom: float, dx: float, dy: float, turn_deg: float = 0.0) -> Picture:
    """The photograph seen by a camera that zooms, pans (pixels) and rolls a little."""
    height, width = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(
        photo, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def displaced(photo: Picture, depth: Picture, dx: float, dy: float) -> Picture:
    """Parallax: near things (depth 1) move by (dx, dy), far ones (depth 0) stay."""
    height, width = depth.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(
        photo, x - dx * depth, y - dy * depth, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def blob(size: tuple[int, int], centre: tuple[float, float], radii: tuple[float, float]) -> Picture:
    """A soft ellipse, 1 in the middle and 0 outside, for painting depth."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    d = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2
    return np.sqrt(np.clip(1 - d, 0, 1)).astype(np.float32)


def painted(
    frame: Picture,
    points: list[tuple[float, float]],
    colour: tuple[int, int, int],
    behind: Picture | None = None,
) -> None:
    """Fill a polygon, anti-aliased to a sixteenth of a pixel; `behind` (0–1) hides it."""
    cover = np.zeros(frame.shape[:2], np.uint8)
    corners = np.round(np.array(points) * 16).astype(np.int32)
    cv2.fillPoly(cover, [corners], 255, cv2.LINE_AA, 4)
    alpha = cover.astype(np.float32)[..., None] / 255
    if behind is not None:
        alpha = alpha * (1 - behind[..., None])
    frame[:] = (frame * (1 - alpha) + np.array(colour) * alpha).astype(np.uint8)


def sway(t: float, period_s: float, phase: float = 0.0) -> float:
    """A slow swing between −1 and 1."""
    return float(np.sin(2 * np.pi * (t / period_s + phase)))


# ------------------------------------------------------------------------------- the scenes


def portrait_scene(width: int = 900, height: int = 900) -> Callable[[float], Picture]:
    """Eileen Collins turns her head a little and nods; the camera breathes."""
    photo = enlarged(skimage.data.astronaut(), width, height)
    unit = width / 512
    head = blob((width, height), (222 * unit, 118 * unit), (90 * unit, 130 * unit))
    body = blob((width, height), (215 * unit, 470 * unit), (260 * unit, 330 * unit))
    helmet = blob((width, height), (395 * unit, 430 * unit), (150 * unit, 130 * unit))
    depth = cv2.GaussianBlur(np.maximum.reduce([head, 0.8 * body, helmet]), (0, 0), 12 * unit)

    def at(t: float) -> Picture:
        turned = displaced(photo, depth, 9 * unit * sway(t, 5), 4 * unit * sway(t, 2.5, 0.2))
        return camera(turned, 1.06 + 0.025 * sway(t, 7), 4 * sway(t, 3.3), 3 * sway(t, 4.1))

    return at


def temple_scene(width: int = 960, height: int = 640) -> Callable[[float], Picture]:
    """Boats sail on the lake behind the tower, birds cross, a kite stands in the wind."""
    photo = enlarged(sklearn.datasets.load_sample_image("china.jpg"), width, height)
    near = _foreground(photo)
    depth = cv2.GaussianBlur(cv2.dilate(near, np.ones((25, 25))), (0, 0), 14)

    def at(t: float) -> Picture:
        frame = photo.copy()
        for speed, start, y, size in (
            (26, 560, 372, 1.0),
            (-17, 900, 402, 1.5),
            (14, 500, 350, 0.7),
        ):
            _boat(frame, start + speed * t, y + 1.2 * sway(t, 1.7, start), size, near)
        frame = displaced(frame, depth, 10 * sway(t, 9, -0.25), 0)
        for number in range(7):
            x = 980 - 92 * t + 44 * (number % 4) + 70 * (number // 4) - 420 * (number % 2)
            y = 92 + 26 * (number % 3) + 22 * (number // 3) + 9 * sway(t, 2.1, number / 5)
            _bird(frame, x, y, 9 + number % 3, sway(t, 0.55, number / 7))
        _kite(frame, t, width)
        return camera(frame, 1.05 + 0.006 * t, -3 * t + 8, 1.5 * sway(t, 6))

    return at


def phone_scene(width: int = 576, height: int = 1248) -> tuple[Callable[[float], Picture], float]:
    """An upright phone clip of six shots with hard cuts, longer than 30 s."""
    cat = enlarged(skimage.data.chelsea(), int(width * 1.5), int(height * 1.08))
    coffee = enlarged(skimage.data.coffee(), int(width * 1.5), int(height * 1.05))
    flower = enlarged(sklearn.datasets.load_sample_image("flower.jpg"), width, height)
    rocket = enlarged(skimage.data.rocket(), width, height)
    tower = enlarged(sklearn.datasets.load_sample_image("china.jpg"), int(width * 1.4), height)
    near_flower = blob((width, height), (width * 0.45, height * 0.5), (width * 0.55, height * 0.3))
    puffs = np.random.default_rng(7).uniform(-1, 1, (60, 3))

    def window(wide: Picture, x: float, y: float = 0.0) -> Picture:
        matrix = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
        return cv2.warpAffine(
            wide, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )

    def cat_shot(t: float) -> Picture:
        return camera(window(cat, 60 + 22 * t, 40 + 12 * sway(t, 3)), 1.02 + 0.01 * t, 0, 0)

    def coffee_shot(t: float) -> Picture:
        frame = window(coffee, 120 - 14 * t, 20)
        _steam(frame, t, puffs)
        return camera(frame, 1.03 + 0.012 * t, 0, 0, 0.8 * sway(t, 8))

    def flower_shot(t: float) -> Picture:
        swung = displaced(flower, near_flower, 16 * sway(t, 3.2), 10 * sway(t, 4.1, 0.3))
        return camera(swung, 1.08, 6 * sway(t, 5), 0)

    def rocket_shot(t: float) -> Picture:
        return camera(_launch(rocket, max(0.0, t - 1.0), puffs), 1.04, 2 * sway(t, 0.4), 0)

    def tower_shot(t: float) -> Picture:
        return camera(window(tower, 10 + 24 * t), 1.04 + 0.012 * t, 0, 0)

    shots = [
        (cat_shot, 7.0),
        (coffee_shot, 6.0),
        (tower_shot, 7.0),
        (flower_shot, 5.0),
        (rocket_shot, 6.0),
        (cat_shot, 5.0),
    ]

    def at(t: float) -> Picture:
        for shot, length_s in shots:
            if t < length_s:
                return shot(t)
            t -= length_s
        return shots[-1][0](shots[-1][1])

    return at, sum(length_s for _, length_s in shots)


def _foreground(photo: Picture) -> Picture:
    """The tower and the trees (1) against lake and sky (0), found by colour and darkness."""
    blurred = cv2.GaussianBlur(photo, (0, 0), 1.5).astype(np.float32)
    hazy = (blurred.min(axis=2) > 118) & (blurred.max(axis=2) - blurred.min(axis=2) < 70)
    near = (~hazy).astype(np.uint8)
    near[: photo.shape[0] // 25] = 0
    near = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    near = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return cv2.GaussianBlur(near.astype(np.float32), (0, 0), 1.2)


def _boat(frame: Picture, x: float, y: float, size: float, near: Picture) -> None:
    s = 7 * size
    hull = [(x - 2 * s, y), (x + 2 * s, y), (x + 1.4 * s, y + 0.7 * s), (x - 1.5 * s, y + 0.7 * s)]
    sail = [(x - 0.1 * s, y - 0.2 * s), (x - 0.1 * s, y - 3.4 * s), (x + 1.7 * s, y - 0.4 * s)]
    jib = [(x - 0.4 * s, y - 0.2 * s), (x - 0.4 * s, y - 2.8 * s), (x - 1.5 * s, y - 0.4 * s)]
    wake = [(x - 3.6 * s, y + 0.9 * s), (x + 2.2 * s, y + 0.8 * s), (x + 2.2 * s, y + 1.1 * s)]
    painted(frame, wake, (226, 236, 238), near)
    painted(frame, hull, (112, 52, 38), near)
    painted(frame, sail, (244, 240, 228), near)
    painted(frame, jib, (206, 74, 54), near)


def _bird(frame: Picture, x: float, y: float, span: float, flap: float) -> None:
    tip = -span * 0.55 * flap
    for side in (-1, 1):
        wing = [
            (x, y),
            (x + side * span * 0.5, y + tip * 0.7 - 1.5),
            (x + side * span, y + tip),
            (x + side * span * 0.5, y + tip * 0.7 + 1.2),
            (x, y + 2.2),
        ]
        painted(frame, wing, (52, 56, 66))


def _kite(frame: Picture, t: float, width: int) -> None:
    x, y = width * 0.72 + 26 * sway(t, 4.6), 118 + 16 * sway(t, 3.1, 0.3)
    top, right, bottom, left = (x, y - 34), (x + 23, y - 6), (x + 3, y + 36), (x - 23, y - 4)
    middle = (x, y - 5)
    painted(frame, [top, right, middle], (222, 62, 48))
    painted(frame, [right, bottom, middle], (246, 190, 60))
    painted(frame, [bottom, left, middle], (222, 62, 48))
    painted(frame, [left, top, middle], (246, 190, 60))
    tail = [(bottom[0] - 5 * n + 6 * np.sin(0.9 * n - 7 * t), bottom[1] + 7 * n) for n in range(11)]
    for n, ((x0, y0), (x1, y1)) in enumerate(pairwise(tail)):
        colour = (222, 62, 48) if n % 2 else (250, 244, 230)
        painted(frame, [(x0 - 2, y0), (x0 + 2, y0), (x1 + 2, y1), (x1 - 2, y1)], colour)


def _steam(frame: Picture, t: float, puffs: Picture) -> None:
    height, width = frame.shape[:2]
    veil = np.zeros((height, width), np.float32)
    for number, (jx, jy, jr) in enumerate(puffs[:16]):
        age = (t * 0.34 + number / 16 + jy * 0.02) % 1.0
        x = width * (0.42 + 0.07 * jx) + 26 * np.sin(3 * age + number) * age
        y = height * (0.42 - 0.30 * age)
        radius = width * (0.035 + 0.07 * age + 0.01 * jr)
        centre = (int(x * 16), int(y * 16))
        layer = np.zeros_like(veil)
        cv2.circle(layer, centre, int(radius * 16), 0.30 * np.sin(np.pi * age), -1, cv2.LINE_AA, 4)
        veil += layer
    veil = cv2.GaussianBlur(veil, (0, 0), width * 0.028)[..., None].clip(0, 0.65)
    frame[:] = (frame * (1 - veil) + np.array((250, 246, 240)) * veil).astype(np.uint8)


def _launch(photo: Picture, t: float, puffs: Picture) -> Picture:
    """The rocket leaves its pad: the column with the rocket slides up, fire and smoke below."""
    height, width = photo.shape[:2]
    lift = 38 * t**2
    column = slice(int(width * 0.42), int(width * 0.60))
    base = int(height * 0.93)
    frame = photo.copy()
    sky = cv2.GaussianBlur(
        np.repeat(photo[:, int(width * 0.34)][:, None], width, axis=1), (0, 0), 9
    )
    bright = photo.astype(np.float32).max(axis=2) - sky.astype(np.float32).max(axis=2)
    rocket = np.zeros((height, width), np.float32)
    rocket[: int(height * 0.92), column] = (bright > 26).astype(np.float32)[
        : int(height * 0.92), column
    ]
    rocket = cv2.morphologyEx(rocket, cv2.MORPH_CLOSE, np.ones((15, 9)))
    rocket = cv2.GaussianBlur(rocket, (0, 0), 1.5)[..., None]
    frame = (frame * (1 - rocket) + sky * rocket).astype(np.uint8)
    shift = np.array([[1, 0, 0], [0, 1, -lift]], np.float32)
    moved = cv2.warpAffine(photo, shift, (width, height), flags=cv2.INTER_LINEAR)
    cover = cv2.warpAffine(rocket, shift, (width, height), flags=cv2.INTER_LINEAR)[..., None]
    frame = (frame * (1 - cover) + moved * cover).astype(np.uint8)
    if t <= 0:
        return frame
    glow = np.zeros((height, width), np.float32)
    smoke = np.zeros((height, width), np.float32)
    x0, y0 = width * 0.505, height * 0.90 - lift
    flame = [
        (x0 - 9, y0),
        (x0 + 9, y0),
        (x0 + 2, y0 + 120 + 14 * np.sin(40 * t)),
        (x0 - 2, y0 + 110),
    ]
    painted(frame, flame, (255, 214, 130))
    cv2.circle(glow, (int(x0), int(min(y0 + 60, base))), int(width * 0.2), 0.55, -1)
    for number, (jx, jy, jr) in enumerate(puffs):
        age = t - number * 0.07
        if age <= 0:
            continue
        spread = width * 0.24 * (1 - np.exp(-0.9 * age))
        centre = (int(x0 + jx * spread * 1.6), int(base + 16 - (jy + 0.8) * spread * 0.5))
        cv2.circle(smoke, centre, int(spread * (0.42 + 0.12 * jr)), 1.0, -1)
    glow = cv2.GaussianBlur(glow, (0, 0), width * 0.09)[..., None]
    smoke = cv2.GaussianBlur(smoke, (0, 0), width * 0.018)[..., None].clip(0, 1) * 0.92
    frame = (frame * (1 - smoke) + np.array((226, 206, 196)) * smoke).astype(np.float32)
    return (frame + glow * np.array((255, 170, 80))).clip(0, 255).astype(np.uint8)


# -------------------------------------------------------------------------------- the sound


def plucked(duration_s: float, seed: int) -> np.ndarray:
    """A slow pentatonic melody on a plucked string (Karplus and Strong 1983), stereo, −1…1."""
    rng = np.random.default_rng(seed)
    scale = [220.0, 246.94, 293.66, 329.63, 392.0, 440.0, 493.88, 587.33]
    sound = np.zeros((int(duration_s * SOUND_RATE), 2))
    step, place = 0, 3
    while step * 0.42 < duration_s - 0.3:
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(scale) - 1))
        if rng.random() < 0.82:
            note = _string(scale[place] * (0.5 if step % 4 == 0 else 1.0), 1.6, rng)
            at = int(step * 0.42 * SOUND_RATE)
            part = note[: len(sound) - at]
            pan = 0.5 + 0.25 * np.sin(step)
            sound[at : at + len(part)] += part[:, None] * (pan, 1 - pan)
        step += 1
    fade = np.minimum(1, np.arange(len(sound))[::-1] / (0.4 * SOUND_RATE))
    return 0.6 * sound * fade[:, None] / np.abs(sound).max()


def _string(pitch_hz: float, duration_s: float, rng: np.random.Generator) -> np.ndarray:
    period = round(SOUND_RATE / pitch_hz)
    ring = np.convolve(rng.uniform(-1, 1, period), np.ones(3) / 3, mode="same")
    rounds = [ring]
    for _ in range(int(duration_s * SOUND_RATE / period)):
        ring = 0.996 * 0.5 * (ring + np.roll(ring, 1))
        rounds.append(ring)
    note = np.concatenate(rounds)
    return note * np.linspace(1, 0, len(note))


# ------------------------------------------------------------------------------ the files


def write(
    path: Path, scene: Callable[[float], Picture], duration_s: float, crf: int, sound: int | None
) -> None:
    """Write a scene as H.264 MP4, with a melody of seed `sound` unless it is None."""
    clip = VideoClip(scene, duration=duration_s)
    if sound is not None:
        clip = clip.with_audio(AudioArrayClip(plucked(duration_s, sound), fps=SOUND_RATE))
    colours = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709"]
    colours += ["-color_primaries", "bt709", "-color_trc", "bt709"]
    clip.write_videofile(
        str(path),
        fps=FPS,
        codec="libx264",
        preset="slow",
        audio_codec="aac",
        audio_bitrate="96k",
        temp_audiofile_path=tempfile.gettempdir(),
        ffmpeg_params=["-crf", str(crf), "-movflags", "+faststart", *colours],
        logger=None,
    )


def write_like_a_phone(path: Path, scene: Callable[[float], Picture], duration_s: float) -> None:
    """Write an upright scene as phones do: coded lying down, with a rotation in the header."""
    with tempfile.TemporaryDirectory() as folder:
        lying = Path(folder) / "lying.mp4"
        turned = lambda t: np.ascontiguousarray(np.rot90(scene(t), 1))  # noqa: E731
        write(lying, turned, duration_s, 29, sound=5)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
        command += ["-display_rotation", "-90", "-i", str(lying), "-c", "copy"]
        subprocess.run([*command, "-movflags", "+faststart", str(path)], check=True)


def main() -> None:
    write(HERE / "portrait.mp4", portrait_scene(), 5.0, 23, sound=2)
    write(HERE / "temple.mp4", temple_scene(), 8.0, 25, sound=3)
    write_like_a_phone(HERE / "phone.mp4", *phone_scene())
    for path in sorted(HERE.glob("*.mp4")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
