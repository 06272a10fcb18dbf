"""What lies behind a figure: a little out of focus, and nothing of the figure runs out into it."""

import cv2
import numpy as np

from restyle.engine.blurs import wide_blur
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.pictures import blur, enlarge, layered, shrink

# Half-size pixels at 720p: of the blur; beside a figure, where pictures are a mixture of both, or
# sharpened to a seam of light.
SIGMA, SEAM = 2.0, 2.0
DEFOCUS = 0.5  # how far what is behind gives way to its blur
FAR = 0.02  # weight of a wider blur, where there is little ground nearby


def behind(colour: Floats, front: Floats, scale: float) -> Floats:
    """A half-size picture (h, w, 3), calm where it is not `front` (h, w), 0–1."""
    if not front.any():
        return colour
    side = 2 * round(SEAM * scale) + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    seam = np.asarray(cv2.dilate(front, ellipse), np.float32)
    ground = F(1) - shrink(seam, 2)
    parts = layered(shrink(colour, 2) * ground[..., None], ground)
    near = blur(parts, SIGMA * scale / 2)
    near += F(FAR) * wide_blur(near, 3 * SIGMA * scale / 2)
    soft = near[..., :3] / np.maximum(near[..., 3:], F(1e-5))
    out = np.empty_like(colour)
    height, width = front.shape
    _lay(colour, enlarge(np.asarray(soft, np.float32), (height, width)), front, seam, out)
    return out


@kernel
def _lay(
    band: Band, colour: Floats, soft: Floats, front: Floats, seam: Floats, out: Floats
) -> None:
    for y in rows_in(band, front.shape[0]):
        one, two = colour[y].reshape(-1), soft[y].reshape(-1)
        _lay_row(one, two, front[y], seam[y], out[y].reshape(-1))


@brush
def _lay_row(colour: Floats, soft: Floats, front: Floats, seam: Floats, out: Floats) -> None:
    for x in range(front.shape[0]):
        share = max(F(DEFOCUS) * (F(1) - front[x]), seam[x] - front[x])
        i = 3 * x
        out[i] = colour[i] + share * (soft[i] - colour[i])
        out[i + 1] = colour[i + 1] + share * (soft[i + 1] - colour[i + 1])
        out[i + 2] = colour[i + 2] + share * (soft[i + 2] - colour[i + 2])
