"""Rows of pixels with several values each, side by side as they are kept, and apart.

Rows of maps (h, w, n) are given flat. Where the n are an axis, the compiler does not know how many
they are, and a loop over them takes three times as long as one over every third value.
"""

from typing import Any

from numpy.typing import NDArray

from restyle.engine.kernels import Floats, brush

_Row = NDArray[Any]


@brush
def unzip_row(row: Floats, one: Floats, two: Floats) -> None:
    """Every other value of a row, from the first and from the second on."""
    for i in range(one.shape[0]):
        one[i] = row[2 * i]
        two[i] = row[2 * i + 1]


@brush
def zip_row(one: _Row, two: _Row, row: _Row) -> None:
    """The inverse of `unzip_row`, of floats or bytes."""
    for i in range(one.shape[0]):
        row[2 * i] = one[i]
        row[2 * i + 1] = two[i]


@brush
def unzip_three_row(row: Floats, one: Floats, two: Floats, three: Floats) -> None:
    """Every third value of a row, from the first, second and third on."""
    for i in range(one.shape[0]):
        one[i] = row[3 * i]
        two[i] = row[3 * i + 1]
        three[i] = row[3 * i + 2]


@brush
def zip_three_row(one: _Row, two: _Row, three: _Row, row: _Row) -> None:
    """The inverse of `unzip_three_row`, of floats or bytes."""
    for i in range(one.shape[0]):
        row[3 * i] = one[i]
        row[3 * i + 1] = two[i]
        row[3 * i + 2] = three[i]


@brush
def part_row(row: Floats, parts: Floats) -> None:
    """A row of a (w, n) map, given flat, as n rows: (n, w)."""
    count = parts.shape[0]
    if count == 3:
        unzip_three_row(row, parts[0], parts[1], parts[2])
    elif count == 4:
        _unzip_four_row(row, parts[0], parts[1], parts[2], parts[3])
    else:
        for k in range(count):
            for x in range(parts.shape[1]):
                parts[k, x] = row[x * count + k]


@brush
def join_row(parts: Floats, row: Floats) -> None:
    """The inverse of `part_row`."""
    count = parts.shape[0]
    if count == 3:
        zip_three_row(parts[0], parts[1], parts[2], row)
    elif count == 4:
        _zip_four_row(parts[0], parts[1], parts[2], parts[3], row)
    else:
        for k in range(count):
            for x in range(parts.shape[1]):
                row[x * count + k] = parts[k, x]


@brush
def _unzip_four_row(row: Floats, one: Floats, two: Floats, three: Floats, four: Floats) -> None:
    for i in range(one.shape[0]):
        one[i] = row[4 * i]
        two[i] = row[4 * i + 1]
        three[i] = row[4 * i + 2]
        four[i] = row[4 * i + 3]


@brush
def _zip_four_row(one: Floats, two: Floats, three: Floats, four: Floats, row: Floats) -> None:
    for i in range(one.shape[0]):
        row[4 * i] = one[i]
        row[4 * i + 1] = two[i]
        row[4 * i + 2] = three[i]
        row[4 * i + 3] = four[i]
