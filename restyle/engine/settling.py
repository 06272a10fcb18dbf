"""Settling: a finished frame holds to the one shown before it, where nothing truly changed.

The last stage of every look, at full size. What differs a little from the past, carried along the
motion, is flicker and is mostly left as it was; what differs much is news and comes at once. A past
that is found beside a pixel is hardly news: an edge goes on between pixels, and is cut into them
anew in each frame (after Karis, SIGGRAPH 2014, who clips the past to what is around). What was
shown is sharpened by as much as carrying it between pixels blurs it, or lines would wear away.
"""

import numpy as np

from restyle.engine.interleaving import unzip_row
from restyle.engine.kernels import Band, Bytes, F, Floats, brush, kernel, rows_in
from restyle.engine.motion import Motion
from restyle.engine.pictures import enlarge
from restyle.engine.places import SNAP, brought
from restyle.engine.planes import TO_RGB, Planes

# How much of the past is kept: as far as it is within what is around; and of what is beyond that,
# which would stay as a ghost.
WEIGHT, BEYOND = 0.85, 0.6
# A difference (red, green and blue, each 0–255, summed) that is news rather than flicker.
NEWS = 160.0
BESIDE = 0.2  # how much of a difference counts as far as the past is within what is around
# What carrying takes, as a share of second differences: half of what slides, more of what is fine.
LOSS = 0.68
# How red, green and blue change with Y′, Cb and Cr.
_PER_Y, _BLUE_PER_CB, _RED_PER_CR = TO_RGB[0, 0], TO_RGB[2, 1], TO_RGB[0, 2]
_GREEN_PER_CB, _GREEN_PER_CR = TO_RGB[1, 1], TO_RGB[1, 2]


class Settler:
    """Holds the frames of one clip to each other, in order."""

    def __init__(self) -> None:
        self._shown: Planes | None = None

    def settle(self, painted: Planes, motion: Motion) -> Planes:
        """The frame to show for a painted one; the motion is half size."""
        shown = self._shown
        if shown is not None and motion.passes:
            return painted
        if shown is None or motion.is_cut:
            self._shown = painted
            return painted
        size = painted.chroma.shape[:2]
        flow, confidence = motion.flow, motion.confidence
        if confidence.shape != size:
            flow, confidence = enlarge(flow, size), enlarge(confidence, size)
        past = Planes(brought(shown.luma, flow), brought(shown.chroma, flow))
        out = Planes(np.empty_like(painted.luma), np.empty_like(painted.chroma))
        _settle(*painted, *past, flow, confidence, *out)
        self._shown = out
        return out


@kernel
def _settle(
    band: Band,
    luma: Bytes,
    chroma: Bytes,
    past_luma: Bytes,
    past_chroma: Bytes,
    flow: Floats,
    confidence: Floats,
    out_luma: Bytes,
    out_chroma: Bytes,
) -> None:
    height = luma.shape[0]
    rows, columns = confidence.shape
    # Two values a column, side by side (as they are kept), and parted: loops are vectorised only
    # over either.
    pairs, judged = np.empty(2 * columns, np.float32), np.empty(2 * columns, np.float32)
    trust = np.empty(columns, np.float32)
    one, two = np.empty(columns, np.float32), np.empty(columns, np.float32)
    bright = np.empty(columns, np.float32)
    width = luma.shape[1]
    soft_x, soft_y = np.empty(width, np.float32), np.empty(width, np.float32)
    past, news = np.empty(width, np.float32), np.empty(width, np.float32)
    ranges = np.empty((4, max(width, 2 * columns)), np.uint8)
    for v in rows_in(band, rows):
        unzip_row(flow[v].reshape(-1), one, two)
        _soft_row(one, two, soft_x, soft_y)
        _trust_row(one, two, confidence[v], v, rows, trust)
        colours, over = chroma[v].reshape(-1), chroma[max(v - 1, 0)].reshape(-1)
        under = chroma[min(v + 1, rows - 1)].reshape(-1)
        _difference_row(colours, past_chroma[v].reshape(-1), pairs)
        _range_row(over, colours, under, 2, ranges[:, : 2 * columns])
        _judge_row(colours, pairs, ranges[2], ranges[3], judged)
        unzip_row(judged, one, two)
        _clear_row(bright)
        for y in range(2 * v, min(2 * v + 2, height)):
            before, after = max(y - 1, 0), min(y + 1, height - 1)
            _sharpen_row(past_luma[before], past_luma[y], past_luma[after], soft_x, soft_y, past)
            _difference_row(luma[y], past, past)
            _range_row(luma[before], luma[y], luma[after], 1, ranges)
            _judge_row(luma[y], past, ranges[2], ranges[3], news)
            _luma_row(luma[y], past, news, one, two, trust, bright, out_luma[y])
        _hold_row(bright, one, two, trust)
        _chroma_row(colours, pairs, trust, out_chroma[v].reshape(-1))


@brush
def _hold_pixel(bright: F, blueish: F, reddish: F) -> F:
    """How much a difference (Y′, Cb, Cr) is flicker rather than news, 0–1."""
    red = _PER_Y * bright + _RED_PER_CR * reddish
    green = _PER_Y * bright + _GREEN_PER_CB * blueish + _GREEN_PER_CR * reddish
    blue = _PER_Y * bright + _BLUE_PER_CB * blueish
    news = (abs(red) + abs(green) + abs(blue)) * F(1 / NEWS)
    doubt = F(1) + news * news
    hold: F = F(1) / (doubt * doubt)
    return hold


@brush
def _clear_row(row: Floats) -> None:
    for u in range(row.shape[0]):
        row[u] = F(0)


@brush
def _difference_row(now: Bytes, past: Bytes | Floats, out: Floats) -> None:
    for i in range(out.shape[0]):
        out[i] = F(past[i]) - F(now[i])


@brush
def _range_row(above: Bytes, here: Bytes, below: Bytes, layers: int, out: Bytes) -> None:
    """The least and the most of each of so many `layers` and its eight neighbours: into 2 and 3."""
    least, most = out[0], out[1]
    for i in range(here.shape[0]):
        least[i] = min(above[i], min(here[i], below[i]))
        most[i] = max(above[i], max(here[i], below[i]))
    last = here.shape[0] - layers
    _least_row(least, least[layers:], least[2 * layers :], out[2, layers:last])
    _most_row(most, most[layers:], most[2 * layers :], out[3, layers:last])
    for i in range(layers):
        out[2, i], out[3, i] = least[i], most[i]
        out[2, last + i], out[3, last + i] = least[last + i], most[last + i]


@brush
def _least_row(left: Bytes, here: Bytes, right: Bytes, out: Bytes) -> None:
    for i in range(out.shape[0]):
        out[i] = min(left[i], min(here[i], right[i]))


@brush
def _most_row(left: Bytes, here: Bytes, right: Bytes, out: Bytes) -> None:
    for i in range(out.shape[0]):
        out[i] = max(left[i], max(here[i], right[i]))


@brush
def _judge_row(now: Bytes, change: Floats, least: Bytes, most: Bytes, out: Floats) -> None:
    """How much of each difference counts as such; and in its place, how much may be kept."""
    for i in range(out.shape[0]):
        down, up = F(least[i]) - F(now[i]), F(most[i]) - F(now[i])
        beyond = change[i] - min(max(change[i], down), up)
        beside = change[i] - beyond
        out[i] = beyond + F(BESIDE) * beside
        change[i] = F(BEYOND) * beyond + F(WEIGHT) * beside


@brush
def _soft_row(along: Floats, down: Floats, soft_x: Floats, soft_y: Floats) -> None:
    """How much of its second difference each full-size pixel lost when it was carried, by axis.

    Between two pixels, a part f from one, LOSS · f · (1 - f) of it is lost.
    """
    last = soft_x.shape[0] - 1
    for u in range(along.shape[0]):
        moves = F(2) if along[u] * along[u] + down[u] * down[u] >= F(SNAP) else F(0)
        x, y = moves * along[u], moves * down[u]
        x, y = x - np.floor(x), y - np.floor(y)
        i, k = min(2 * u, last), min(2 * u + 1, last)
        soft_x[i] = F(LOSS) * x * (F(1) - x)
        soft_y[i] = F(LOSS) * y * (F(1) - y)
        soft_x[k], soft_y[k] = soft_x[i], soft_y[i]


@brush
def _sharpen_row(
    above: Bytes, here: Bytes, below: Bytes, soft_x: Floats, soft_y: Floats, out: Floats
) -> None:
    left, right = here, here[2:]
    for x in range(1, out.shape[0] - 1):
        value = F(here[x])
        across = F(left[x - 1]) + F(right[x - 1]) - F(2) * value
        down = F(above[x]) + F(below[x]) - F(2) * value
        out[x] = min(max(value - soft_x[x] * across - soft_y[x] * down, F(0)), F(255))
    out[0], out[-1] = F(here[0]), F(here[-1])


@brush
def _luma_row(
    now: Bytes,
    change: Floats,
    judged: Floats,
    blueish: Floats,
    reddish: Floats,
    trust: Floats,
    bright: Floats,
    out: Bytes,
) -> None:
    """A row of brightness; a quarter of its differences is added to `bright`, two to a colour."""
    for u in range(now.shape[0] // 2):
        one, two = judged[2 * u], judged[2 * u + 1]
        bright[u] += F(0.25) * (one + two)
        one = trust[u] * _hold_pixel(one, blueish[u], reddish[u]) * change[2 * u]
        two = trust[u] * _hold_pixel(two, blueish[u], reddish[u]) * change[2 * u + 1]
        out[2 * u] = np.uint8(F(now[2 * u]) + one + F(0.5))
        out[2 * u + 1] = np.uint8(F(now[2 * u + 1]) + two + F(0.5))
    out[-1] = now[-1] if now.shape[0] % 2 else out[-1]


@brush
def _hold_row(bright: Floats, blueish: Floats, reddish: Floats, trust: Floats) -> None:
    """How far colours are held, in place of how far the past is trusted."""
    for u in range(trust.shape[0]):
        trust[u] *= _hold_pixel(bright[u], blueish[u], reddish[u])


@brush
def _chroma_row(now: Bytes, change: Floats, hold: Floats, out: Bytes) -> None:
    held = np.empty(out.shape[0], np.float32)
    for u in range(hold.shape[0]):
        held[2 * u] = hold[u]
        held[2 * u + 1] = hold[u]
    for i in range(out.shape[0]):
        out[i] = np.uint8(F(now[i]) + held[i] * change[i] + F(0.5))


@brush
def _trust_row(
    along: Floats, down: Floats, confidence: Floats, v: int, rows: int, trust: Floats
) -> None:
    """How much the past counts at most: nothing where it lies outside of the frame."""
    last_x, last_y = F(trust.shape[0] - 1), F(rows - 1)
    for u in range(trust.shape[0]):
        px, py = F(u) + along[u], F(v) + down[u]
        out_x = abs(px - min(max(px, F(0)), last_x))
        out_y = abs(py - min(max(py, F(0)), last_y))
        trust[u] = confidence[u] if out_x + out_y <= F(0) else F(0)
