"""The table of the corpus: input → what is found → plan → outcome, made by one command.

`python tests/bench/corpus.py` makes every input of tests/fitting/corpus.py and prints it.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:1] = [
    str(ROOT),
    str(ROOT / "tests"),
]  # not the folder of this file: it has a fitting, too

from fitting.corpus import ROWS, Row  # noqa: E402  # the paths above come first

from restyle.clips import inspect  # noqa: E402
from restyle.errors import RestyleError  # noqa: E402
from restyle.fitting import fit, plan_fit  # noqa: E402


def main() -> None:
    """Print one line for each row."""
    print("| input | found | plan | outcome | look s |\n|---|---|---|---|---|")
    for row in ROWS:
        with tempfile.TemporaryDirectory(prefix="restyle-corpus-") as folder:
            print("| " + " | ".join(_line(row, Path(folder))) + " |", flush=True)


def _line(row: Row, folder: Path) -> tuple[str, ...]:
    path = folder / row.name
    row.make(path)
    started = time.perf_counter()
    name = f"`{row.name}`".replace("|", "\\|")
    try:
        clip = inspect(path)
        look = f"{time.perf_counter() - started:.2f}"
        found = (
            f"{clip.format} {clip.video_codec} {clip.width}×{clip.height} {clip.duration_s:.2f} s"
        )
        plan = plan_fit(clip, shape="pad" if row.shape == "pad" else "crop")
        out = fit(plan, folder / "out")
    except RestyleError as refused:
        return name, "–", "refused", str(refused), f"{time.perf_counter() - started:.2f}"
    sound = f", {out.audio_codec}" if out.has_audio else ", no sound"
    outcome = f"{out.width}×{out.height} {out.file_duration_s:.2f} s {out.fps:.4g} fps{sound}"
    return name, found, "; ".join(plan.reasons), outcome, look


if __name__ == "__main__":
    main()
