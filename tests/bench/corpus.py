"""The table of the corpus: input → what is found → plan → outcome, made by one command.

`python tests/bench/corpus.py` makes every input of tests/fitting/corpus.py, prints the table and
writes it to tests/docs/corpus.md.
"""

import resource
import sys
import tempfile
import time
from contextlib import suppress
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

LOOKS = 3
WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
TARGET = ROOT / "tests" / "docs" / "corpus.md"
TITLE = """# The corpus: input → plan → outcome

Made by `python tests/bench/corpus.py`. `look` is how long inspection (or refusing) took at best,
in ms, on whatever machine this was made, and in brackets how much of a processor it took; all other
columns are the same everywhere.

"""


def main() -> None:
    """Print one line for each row, and write all of them when all went well."""
    lines = ["| input | found | plan | outcome | look |", "|---|---|---|---|---|"]
    print("\n".join(lines))
    for row in ROWS:
        with tempfile.TemporaryDirectory(prefix="restyle-corpus-") as folder:
            lines.append("| " + " | ".join(_line(row, Path(folder))) + " |")
        print(lines[-1], flush=True)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(TITLE + "\n".join(lines) + "\n", encoding="utf-8")


def _line(row: Row, folder: Path) -> tuple[str, ...]:
    path = folder / row.name
    row.make(path)
    look = _look(path)
    name = f"`{row.name}`".replace("|", "\\|").replace("\n", "⏎").replace("long" * 60, "long…long")
    try:
        clip = inspect(path)
        found = (
            f"{clip.format} {clip.video_codec} {clip.width}×{clip.height} {clip.duration_s:.2f} s"
        )
        plan = plan_fit(clip, shape="pad" if row.shape == "pad" else "crop")
        out = fit(plan, folder / "out")
    except RestyleError as refused:
        return name, "–", "refused", str(refused), look
    sound = f", {out.audio_codec}" if out.has_audio else ", no sound"
    how = "same bytes" if plan.unchanged else "copied" if plan.copied else "encoded"
    outcome = (
        f"{how}: {out.width}×{out.height} {out.file_duration_s:.2f} s {out.fps:.4g} fps{sound}"
    )
    return name, found, "; ".join(plan.reasons), outcome, look


def _look(path: Path) -> str:
    walls, cpus = [], []
    for _ in range(LOOKS):
        wall_s, cpu_s = time.perf_counter(), _cpu()
        with suppress(RestyleError):
            inspect(path)
        walls.append(time.perf_counter() - wall_s)
        cpus.append(_cpu() - cpu_s)
    return f"{1000 * min(walls):.0f} ({1000 * min(cpus):.0f})"


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in WHOSE)


if __name__ == "__main__":
    main()
