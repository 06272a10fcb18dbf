"""The whole fault table: every fault of every request, every kill, and the vendor's SDK beside.

    python tests/faults/table.py                 prints it, and writes tests/docs/faults.md
    python tests/faults/table.py submit list     only rows of these requests; writes nothing

Ends with 1 where a row has a second task, a result that is not whole, or a wrong end.
"""

import argparse
import itertools
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from faults import sdk
from faults.kills import KILLS, Killed, run_kills
from faults.rows import ROWS
from faults.scripted_cloud import ScriptedCloud
from faults.trial import Outcome, Trial
from jobs.studio import HASTE, settings_for

from restyle.jobs import Jobs

from media import make_clip

CHAINS = 2
DOCUMENT = Path(__file__).resolve().parents[1] / "docs/faults.md"


def main(arguments: Sequence[str]) -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", nargs="*", help="only rows whose request begins so; or kill")
    wanted = tuple(parser.parse_args(arguments).requests)
    rows = [row for row in ROWS if not wanted or row.request.startswith(wanted)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ScriptedCloud() as cloud:
        folder = Path(name)
        clip = make_clip(folder / "clip.mp4", size=(320, 256))
        jobs = Jobs(
            settings_for(folder / "data", cloud.base_url),
            local_url=cloud.base_url,
            base_url="http://127.0.0.1:9",
            pace=HASTE,
        )
        jobs.start()
        outcomes: list[Outcome] = []
        for outcome in Trial(cloud, jobs, clip).run(rows):
            outcomes.append(outcome)
            print(_fault_row(outcome), flush=True)
        jobs.stop()
        theirs = list(sdk.run(cloud)) if not wanted else []
        for submitted in theirs:
            print(_sdk_row(submitted), flush=True)
        killed = _kill(folder, clip) if not wanted or "kill" in wanted else []
    text = document(outcomes, theirs, killed, time.monotonic() - began)
    print(text.split("\n## ")[0])
    if not wanted:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text)
    wrong = [tried for tried in [*outcomes, *killed] if tried.faults]
    for tried in wrong:
        print(tried)
    return 1 if wrong else 0


def _kill(folder: Path, clip: Path) -> list[Killed]:
    """All kills, in chains of processes side by side; in their own order."""

    def chain(number: int) -> list[Killed]:
        killed = []
        for kill in run_kills(KILLS[number::CHAINS], folder / f"killed {number}", clip):
            killed.append(kill)
            print(_kill_row(kill), flush=True)
        return killed

    order = [kill.moment for kill in KILLS]
    with ThreadPoolExecutor(CHAINS) as pool:
        killed = itertools.chain.from_iterable(pool.map(chain, range(CHAINS)))
        return sorted(killed, key=lambda one: order.index(one.moment))


def document(
    outcomes: Sequence[Outcome],
    theirs: Sequence[sdk.Submitted],
    killed: Sequence[Killed],
    lasted_s: float,
) -> str:
    """The table as it stands in the docs."""
    tried = [*outcomes, *killed]
    resumed = sorted(kill.resumed_s for kill in killed)
    lines = [
        "# What goes wrong, and what becomes of a job",
        "",
        "Made by `python tests/faults/table.py` against the scripted cloud of `tests/faults`: one "
        "job in each row, on real HTTP, a real database and real processes. Times are scaled down.",
        "",
        "| | |",
        "| --- | --- |",
        f"| jobs | {len(tried)} |",
        f"| rows of faults | {len(outcomes)} |",
        f"| kills (SIGKILL) | {len(killed)} |",
        f"| jobs with a second task | {sum(one.tasks > 1 for one in tried)} |",
        f"| paid results lost | {sum(one.intact is False for one in tried)} |",
        f"| ends other than the right one | {sum(bool(one.faults) for one in tried)} |",
    ]
    if resumed:
        lines += [
            "| from the new process's start (Python's own included) to the end of the killed job | "
            f"median {resumed[len(resumed) // 2]:.1f} s, longest {resumed[-1]:.1f} s |",
        ]
    lines += [
        f"| the whole run | {lasted_s:.0f} s, Python {platform.python_version()}, SQLite |",
        "",
        "*Submits* are those that the service took in, *tasks* those that it made, *billed* those "
        "that succeeded. Where a job "
        "stops because it cannot be told whether it was billed, what it came to when the visitor "
        "looked again stands behind the arrow. One result is lost in any case: the one that the "
        "service itself purged before it could be fetched.",
        "",
        "## Faults",
        "",
        "| request | fault | outcome | submits | tasks | billed | result intact |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *map(_fault_row, sorted(outcomes, key=lambda one: ROWS.index(one.row))),
        "",
        "## The same with the vendor's SDK (dashscope 2.0.2), in the same run",
        "",
        "| fault of the submit | submits | tasks that may be billed |",
        "| --- | --- | --- |",
        *map(_sdk_row, theirs),
        "",
        "## SIGKILL",
        "",
        "The process is killed at the moment named, and started again.",
        "",
        "| killed | outcome | submits | tasks | billed | result intact | seconds to the end |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *map(_kill_row, killed),
        "",
    ]
    return "\n".join(lines)


def _fault_row(outcome: Outcome) -> str:
    end = outcome.end
    if outcome.in_the_end != end:
        end += f" → {outcome.in_the_end}"
    return _line(
        outcome.row.request, outcome.row.name, end, outcome.submits, outcome.tasks,
        outcome.billed, _yes(outcome.intact),
    )  # fmt: skip


def _sdk_row(submitted: sdk.Submitted) -> str:
    return _line(submitted.fault, submitted.submits, submitted.tasks)


def _kill_row(kill: Killed) -> str:
    return _line(
        kill.moment, kill.end, kill.submits, kill.tasks, kill.billed, _yes(kill.intact),
        f"{kill.resumed_s:.1f}",
    )  # fmt: skip


def _yes(intact: bool | None) -> str:
    return {True: "yes", False: "NO", None: "–"}[intact]


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
