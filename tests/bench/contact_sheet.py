"""A clip's frame in all eight styles on one sheet, for looking.

python tests/bench/contact_sheet.py clip.mp4@10.2 sheet.png [--side 720] [--frame 7]
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import footage
import numpy as np
from footage import Bytes

from restyle.engine.stylize import Stylizer
from restyle.styles import Options, Style

TILE_SHORT_SIDE = 360


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", help=f"a file, or one of {footage.MADE}; see `footage.read`")
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--side", type=int, default=720)
    parser.add_argument(
        "--frame", type=int, default=7, help="how many frames are run; the last shows"
    )
    wanted = parser.parse_args()
    frames = footage.read(wanted.clip, wanted.side, wanted.frame)
    height, width = frames[0].shape[:2]
    tiles = [_tile(frames[-1], "source")]
    for style in Style:
        stylizer = Stylizer(Options(style=style), (width, height), frames[::2])
        styled = [stylizer.render(frame) for frame in frames]
        tiles.append(_tile(styled[-1], f"{int(style)} {style.title}"))
    rows = [np.hstack(tiles[i : i + 3]) for i in range(0, len(tiles), 3)]
    cv2.imwrite(str(wanted.sheet), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _tile(frame: Bytes, label: str) -> Bytes:
    height, width = frame.shape[:2]
    size = footage.short_side_size(height, width, min(TILE_SHORT_SIDE, min(height, width)))
    tile = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    cv2.rectangle(tile, (0, 0), (10 + 8 * len(label), 20), (16, 16, 16), cv2.FILLED)
    cv2.putText(
        tile, label, (5, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (240, 240, 240), 1, cv2.LINE_AA
    )
    return np.asarray(tile, np.uint8)


if __name__ == "__main__":
    main()
