"""Colour evened out within regions, as an airbrush would, and drawn together at their borders."""

import numpy as np

from restyle.engine.interleaving import zip_three_row
from restyle.engine.kernels import Band, F, Floats, brush, kernel, rows_in
from restyle.engine.shading import Links

_STRIP = 128  # columns swept together: rows long enough for vectors, few enough for the cache


def even(colour: Floats, joined: Links, *, reach: float, keep: Floats) -> Floats:
    """`colour` evened out within its regions, as an airbrush would: float32 (h, w, 3).

    Recursive smoothing both ways along rows and columns over about `reach` pixels, stopped where
    `joined` is weak (after the domain transform of Gastal and Oliveira, 2011); where `keep` (h, w)
    is 1 nothing is smoothed.
    """
    out = colour.copy()
    for distance in (reach, reach / 2):
        feedback = F(np.exp(-(2**0.5) / max(distance, 0.5)))
        _sweep_rows(out, joined.right, keep, feedback)
        _sweep_columns(out, joined.down, keep, feedback)
    return out


def crisp(colour: Floats, soft: Floats, force: Floats) -> Floats:
    """Borders drawn together without halos: float32 (h, w, 3).

    What `colour` has beyond its blurred copy `soft` is added `force` (h, w) times, but never past
    the darkest and lightest of the nine pixels around. A negative `force` softens: −1 as far as
    they allow.
    """
    out = np.empty_like(colour)
    _crisp(colour, soft, force, out)
    return out


@kernel
def _crisp(band: Band, colour: Floats, soft: Floats, force: Floats, out: Floats) -> None:
    height, width, _ = colour.shape
    for y in rows_in(band, height):
        above, below = colour[max(y - 1, 0)].reshape(-1), colour[min(y + 1, height - 1)].reshape(-1)
        here = colour[y].reshape(-1)
        # Of three rows, and with the ends repeated, of three columns.
        least, most = np.empty(3 * width + 6, np.float32), np.empty(3 * width + 6, np.float32)
        _extremes_row(above, here, below, least[3:-3], most[3:-3])
        for k in range(3):
            least[k], most[k] = least[3 + k], most[3 + k]
            least[k - 3], most[k - 3] = least[k - 6], most[k - 6]
        more = np.empty(3 * width, np.float32)
        zip_three_row(force[y], force[y], force[y], more)
        _crisp_row(here, soft[y].reshape(-1), more, least, most, out[y].reshape(-1))


@brush
def _extremes_row(above: Floats, here: Floats, below: Floats, least: Floats, most: Floats) -> None:
    for i in range(here.shape[0]):
        least[i] = min(above[i], min(here[i], below[i]))
        most[i] = max(above[i], max(here[i], below[i]))


@brush
def _crisp_row(
    here: Floats, soft: Floats, force: Floats, least: Floats, most: Floats, out: Floats
) -> None:
    """A row of colour, given flat; `least` and `most` of its columns are a pixel wider each way."""
    for i in range(out.shape[0]):
        lowest = min(least[i], min(least[i + 3], least[i + 6]))
        highest = max(most[i], max(most[i + 3], most[i + 6]))
        sharp = here[i] + max(force[i], F(-1)) * (here[i] - soft[i])
        out[i] = min(max(sharp, lowest), highest)


@kernel
def _sweep_rows(band: Band, colour: Floats, right: Floats, keep: Floats, feedback: F) -> None:
    height, width, _ = colour.shape
    rows = rows_in(band, height)
    eases = np.empty((4, width - 1), np.float32)
    # Four at once: along one, each step would wait for the one before. At the end some rows are
    # theirs twice over, so that four are left: unswept, those of a scratch copy.
    spare = np.zeros((3, 3 * width), np.float32)
    for y in range(rows.start, rows.stop, 4):
        last = rows.stop - 1
        for i in range(4):
            _ease_row(right[min(y + i, last)], keep[min(y + i, last), 1:], feedback, eases[i])
        one = colour[y].reshape(-1)
        two = colour[y + 1].reshape(-1) if y + 1 <= last else spare[0]
        three = colour[y + 2].reshape(-1) if y + 2 <= last else spare[1]
        four = colour[y + 3].reshape(-1) if y + 3 <= last else spare[2]
        _sweep_right(one, two, three, four, eases)
        for i in range(4):
            _ease_row(right[min(y + i, last)], keep[min(y + i, last)], feedback, eases[i])
        _sweep_left(one, two, three, four, eases)


@brush
def _ease_row(links: Floats, keep: Floats, feedback: F, ease: Floats) -> None:
    """How much of what a neighbour has each pixel takes on."""
    for x in range(ease.shape[0]):
        ease[x] = feedback * links[x] * links[x] * (F(1) - keep[x])


@brush
def _sweep_right(one: Floats, two: Floats, three: Floats, four: Floats, eases: Floats) -> None:
    for x in range(eases.shape[1]):
        for k in range(3):
            i, j = np.uint64(3 * x + k), np.uint64(3 * x + k + 3)
            one[j] += eases[0, x] * (one[i] - one[j])
            two[j] += eases[1, x] * (two[i] - two[j])
            three[j] += eases[2, x] * (three[i] - three[j])
            four[j] += eases[3, x] * (four[i] - four[j])


@brush
def _sweep_left(one: Floats, two: Floats, three: Floats, four: Floats, eases: Floats) -> None:
    for back in range(eases.shape[1]):
        x = eases.shape[1] - 1 - back
        for k in range(3):
            i, j = np.uint64(3 * x + k), np.uint64(3 * x + k + 3)
            one[i] += eases[0, x] * (one[j] - one[i])
            two[i] += eases[1, x] * (two[j] - two[i])
            three[i] += eases[2, x] * (three[j] - three[i])
            four[i] += eases[3, x] * (four[j] - four[i])


@kernel
def _sweep_columns(band: Band, colour: Floats, down: Floats, keep: Floats, feedback: F) -> None:
    height, width, _ = colour.shape
    strips = (width + _STRIP - 1) // _STRIP
    for strip in rows_in(band, strips):
        first = strip * _STRIP
        last = min(first + _STRIP, width)
        ease = np.empty(last - first, np.float32)
        eases = np.empty(3 * (last - first), np.float32)
        for y in range(1, height):
            _ease_row(down[y - 1, first:], keep[y, first:], feedback, ease)
            zip_three_row(ease, ease, ease, eases)
            above, here = colour[y - 1].reshape(-1), colour[y].reshape(-1)
            _approach_row(here[3 * first :], above[3 * first :], eases)
        for y in range(height - 2, -1, -1):
            _ease_row(down[y, first:], keep[y, first:], feedback, ease)
            zip_three_row(ease, ease, ease, eases)
            below, here = colour[y + 1].reshape(-1), colour[y].reshape(-1)
            _approach_row(here[3 * first :], below[3 * first :], eases)


@brush
def _approach_row(here: Floats, other: Floats, eases: Floats) -> None:
    for i in range(eases.shape[0]):
        here[i] += eases[i] * (other[i] - here[i])
