"""The colours of sample frames, clustered: k-means in weighted Lab, then merged.

Frequent colours are thinned first, so that rare hues get a cluster; clusters that meet without an
edge are merged sooner than those that meet at one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from restyle.engine import colours
from restyle.engine.kernels import Bytes, F, Floats

_SEED = 20
_BIN = 3.0  # side of a bin in Lab when pixels are thinned
_WORK_SIDE = 144  # short side, in pixels, of the samples that are clustered
_FLAT_REACH, _FLAT_STEP = 40, 0.1  # pixels, and 0–1, over which the samples are flattened
_LIGHTNESS_WEIGHT = 0.7  # two greys may lie closer in lightness than two hues in hue
# How much nearer or further entries count that meet softly, or at an edge.
_SOFT, _HARD = 0.72, 1.15
_DEEP = 0.6  # more that a gap counts between blacks
_BROAD, _BROAD_SHARE = 0.5, 0.05  # and between entries that both have such a share of the picture
# Less between such entries, where no more of the gap than this lies within two pixels.
_ONE, _LEVEL = 0.4, 0.2


@dataclass(frozen=True, eq=False)
class Sample:
    """An RGB frame and where in it (h, w; 0–1; any size) faces and the hair above them are.

    And what is `beside` their cheeks, where only long hair is, if that is known.
    """

    rgb: Bytes
    face: Floats
    hair: Floats
    beside: Floats | None = None


@dataclass(frozen=True, eq=False)
class Pixels:
    """All sample pixels in a row: Lab (n, 3), x and y in 0–1, masks of face, hair and beside.

    `shapes` are the samples' (height, width).
    """

    lab: Floats
    x: Floats
    y: Floats
    face: Floats
    hair: Floats
    shapes: tuple[tuple[int, int], ...]
    beside: Floats


def gather(samples: Sequence[Sample]) -> Pixels:
    labs, xs, ys, masks, shapes = [], [], [], [], []
    for sample in samples:
        height, width = sample.rgb.shape[:2]
        shrink = min(1.0, _WORK_SIDE / min(height, width))
        size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
        small = cv2.resize(sample.rgb, size, interpolation=cv2.INTER_AREA)
        small = _flattened(np.asarray(small, np.uint8))
        shapes.append((size[1], size[0]))
        labs.append(colours.to_lab(small.astype(np.float32) / F(255)).reshape(-1, 3))
        y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
        xs.append(((x + 0.5) / size[0]).ravel())
        ys.append(((y + 0.5) / size[1]).ravel())
        beside = np.zeros_like(sample.face) if sample.beside is None else sample.beside
        of_people = (sample.face, sample.hair, beside)
        masks.append([cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in of_people])
    lab, x, y = (np.concatenate(part) for part in (labs, xs, ys))
    face, hair, beside = (
        np.concatenate([m.ravel() for m in mask]) for mask in zip(*masks, strict=True)
    )
    return Pixels(lab, x, y, face, hair, tuple(shapes), beside)


def _flattened(small: Bytes) -> Bytes:
    """Without grain, and with little of what light does to a thing that has no edges within."""
    calm = cv2.bilateralFilter(small, 9, 40, 6)
    how = cv2.RECURS_FILTER
    return cast(Bytes, cv2.edgePreservingFilter(calm, None, how, _FLAT_REACH, _FLAT_STEP))


def _thinned(lab: Floats) -> Floats:
    """Fewer pixels of frequent colours: a bin's share grows with the root of its count.

    A wall then doesn't take every cluster, and green eyes get one.
    """
    bins = np.floor(lab / _BIN).astype(np.int64) + 64
    key = (bins[:, 0] * 256 + bins[:, 1]) * 256 + bins[:, 2]
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(inverse.ravel(), c) / count for c in lab.T], 1)
    # A colour of a few pixels is a blend at some border.
    share = np.where(count > 2, np.ceil(np.sqrt(count)), 0).astype(np.int64)
    if not share.any():
        return np.asarray(lab, np.float32)
    return np.asarray(np.repeat(means, share, axis=0), np.float32)


def cluster(lab: Floats, clusters: int) -> tuple[Floats, NDArray[np.float64]]:
    features = np.ascontiguousarray(_thinned(lab) * np.array([1, 1.25, 1.25], np.float32))
    clusters = max(1, min(clusters, len(np.unique(np.round(features), axis=0))))
    cv2.setRNGSeed(_SEED)  # cv2.kmeans draws from a global generator
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 25, 0.5)
    start = np.zeros((len(features), 1), np.int32)
    _, labels, _ = cv2.kmeans(features, clusters, start, stop, 2, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(labels.ravel(), minlength=clusters).astype(np.float64)
    found = features / np.array([1, 1.25, 1.25], np.float32)
    sums = np.stack([np.bincount(labels.ravel(), c, clusters) for c in found.T], 1)
    kept = counts > 0
    centres = (sums[kept] / counts[kept, None]).astype(np.float32)
    return centres, counts[kept]


def contrast(lab: Floats) -> float:
    """0.6–1, low for pictures of few and near colours: they need finer distinctions."""
    spread = np.sqrt((lab.var(0) * np.array([_LIGHTNESS_WEIGHT**2, 1, 1])).sum())
    return float(np.clip(spread / 26, 0.6, 1))


def _hardness(
    pixels: Pixels, centres: Floats
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Colour steps (ΔE) where two entries meet in the samples: sums and counts (n, n).

    And each entry's share of the samples (n,).
    """
    n = len(centres)
    steps, meetings, shares = np.zeros(n * n), np.zeros(n * n), np.zeros(n)
    done = 0
    for height, width in pixels.shapes:
        lab = pixels.lab[done : done + height * width].reshape(height, width, 3)
        done += height * width
        nearest = nearest_of(lab, centres)
        shares += np.bincount(nearest.ravel(), minlength=n)
        for axis in (0, 1):
            ahead = np.arange(2, lab.shape[axis])
            far, near = np.take(lab, ahead, axis), np.take(lab, ahead - 2, axis)
            pair = np.take(nearest, ahead, axis) * n + np.take(nearest, ahead - 2, axis)
            steps += np.bincount(pair.ravel(), distance(far, near).ravel(), n * n)
            meetings += np.bincount(pair.ravel(), None, n * n)
    sums, counts = steps.reshape(n, n), meetings.reshape(n, n)
    return sums + sums.T, counts + counts.T, shares / shares.sum()


def merge(
    pixels: Pixels, centres: Floats, counts: NDArray[np.float64], apart: float, most: int
) -> Floats:
    """Nearest pairs made one, weighted by counts, until all are `apart` and no more than `most`.

    Entries that meet without an edge (a wall in uneven light, folds) count as nearer than they
    are, those that meet at hard edges as further: borders belong where the picture has some.
    """
    steps, meetings, shares = _hardness(pixels, centres)
    while len(centres) > 1:
        gaps = np.stack([distance(centres, c) for c in centres])
        # Most of the gap within two pixels is an edge, a third of it is a slope.
        slope = steps / np.maximum(meetings * np.maximum(gaps, 1), 1e-6)
        edge = np.clip((slope - 0.35) / 0.45, 0, 1)
        gaps = gaps * np.where(meetings > 4, _SOFT + (_HARD - _SOFT) * edge, 1.0)
        # Darks look more alike in numbers than they do beside each other.
        deep = np.clip(1 - (centres[:, None, 0] + centres[None, :, 0]) / 64, 0, 1)
        gaps *= 1 + _DEEP * deep
        # Sky and lake are two things, however near in colour, if they meet at an edge.
        smaller = np.minimum(shares[:, None], shares[None, :])
        broad = np.clip(smaller / _BROAD_SHARE, 0, 1)
        gaps *= 1 + _BROAD * edge * broad
        # … and one thing in uneven light if they don't: a sky, a wall.
        gaps *= np.where(meetings > 4, 1 - _ONE * (slope < _LEVEL) * broad, 1.0)
        gaps[np.diag_indices_from(gaps)] = np.inf
        i, j = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
        if gaps[i, j] >= apart and len(centres) <= most:
            break
        both = counts[i] + counts[j]
        centres[i] = (centres[i] * counts[i] + centres[j] * counts[j]) / both
        counts[i] = both
        shares[i] += shares[j]
        for table in (steps, meetings):
            table[i] += table[j]
            table[:, i] += table[:, j]
        centres, counts = np.delete(centres, j, 0), np.delete(counts, j)
        shares = np.delete(shares, j)
        steps, meetings = (np.delete(np.delete(t, j, 0), j, 1) for t in (steps, meetings))
    return centres


def nearest_of(lab: Floats, entries: Floats) -> NDArray[np.intp]:
    """The place of the entry (n, 3) that is nearest to each colour (…, 3): (…)."""
    weights = np.array([_LIGHTNESS_WEIGHT**2, 1, 1], np.float32)
    one, two, three = np.ascontiguousarray(np.moveaxis(lab, -1, 0))
    nearest = np.zeros(one.shape, np.intp)
    least = np.full(one.shape, np.inf, np.float32)
    for place, entry in enumerate(entries):
        # Of |a − b|² all but |a|², which is the same for every entry.
        times = F(-2) * entry * weights
        unlike = times[0] * one + times[1] * two + times[2] * three + (entry**2) @ weights
        np.copyto(nearest, place, where=unlike < least)
        np.minimum(least, unlike, out=least)
    return nearest


def distance(lab: Floats, centre: Floats) -> Floats:
    """How unlike two colours look (…): a step of lightness counts less than one of hue."""
    difference = (lab - centre) * np.array([_LIGHTNESS_WEIGHT, 1, 1], np.float32)
    return np.asarray(np.sqrt(np.einsum("...k,...k", difference, difference)), np.float32)
