"""Fuzz fitting with mutated real files: seeded, resumable, one line of JSON for each case.

`python tests/bench/fuzz.py --seed 1 --count 10000 --resume fuzz.jsonl` goes on where the file ends
and finishes with a table; it exits with 1 when anything crashed, hung or left something behind.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# Not the folder of this file: it has a fitting, too.
sys.path[:1] = [str(ROOT), str(ROOT / "tests")]

from fuzzing import Finding, make_sources, peak_memory_bytes, run_case  # noqa: E402  # as above


def main() -> None:
    """Run what the file does not hold yet, print what all of it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--resume", type=Path, help="findings are added to this file")
    parser.add_argument("--seconds", type=float, help="begin no case after this long")
    parser.add_argument("--only", type=int, help="run this one case and say all of it")
    chosen = parser.parse_args()
    if chosen.only is None:
        found = _read(chosen.resume, chosen.seed) if chosen.resume else {}
        numbers = [n for n in range(chosen.count) if n not in found]
    else:
        found, numbers = {}, [chosen.only]
    if chosen.resume and chosen.resume.exists() and chosen.resume.read_bytes()[-1:] != b"\n":
        with chosen.resume.open("a", encoding="utf-8") as file:
            file.write("\n")  # after a line that was cut off
    with tempfile.TemporaryDirectory(prefix="restyle-fuzz-") as name:
        folder = Path(name)
        sources = make_sources(folder) if numbers else {}
        (place := folder / "case").mkdir()
        end = time.monotonic() + (chosen.seconds or math.inf)
        for number in takewhile(lambda _: time.monotonic() < end, numbers):
            finding = run_case(chosen.seed, number, sources, place)
            found[number] = finding
            if finding.is_fault or chosen.only is not None:
                print(f"case {number} ({finding.source}): {finding.outcome}\n{finding.said}")
            if chosen.resume:
                with chosen.resume.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": chosen.seed, **asdict(finding)}) + "\n")
    _print_table(list(found.values()))
    sys.exit(any(finding.is_fault for finding in found.values()))


def _read(path: Path, seed: int) -> dict[int, Finding]:
    """The findings of a file; a last line that was cut off by an interruption is left out."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        if fields.pop("seed") == seed:
            found[fields["number"]] = Finding(**fields)
    return found


def _print_table(found: list[Finding]) -> None:
    counts = Counter((finding.source, finding.outcome) for finding in found)
    outcomes = ("made", "refused", "crash", "hang", "leftover")
    print("\n| source | " + " | ".join(outcomes) + " | longest s |\n" + "|---" * 7 + "|")
    for source in sorted({finding.source for finding in found}):
        longest = max(finding.seconds for finding in found if finding.source == source)
        numbers = " | ".join(str(counts[source, outcome]) for outcome in outcomes)
        print(f"| {source} | {numbers} | {longest:.1f} |")
    totals = " | ".join(str(sum(f.outcome == outcome for f in found)) for outcome in outcomes)
    print(f"| all {len(found)} | {totals} | {max((f.seconds for f in found), default=0):.1f} |")
    print(f"\nMost memory of one ffmpeg in this run: {peak_memory_bytes() / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
