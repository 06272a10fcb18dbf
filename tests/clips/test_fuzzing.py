"""One mutated file of every kind: no crash, no hang, nothing left behind."""

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fuzzing import SOURCES, make_sources, mutated, run_case

SEED = 20261122
CASES = len(SOURCES)
FUZZ = Path(__file__).parent.parent / "bench" / "fuzz.py"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return make_sources(tmp_path_factory.mktemp("sources"))


def test_mutated_files_are_made_or_refused_in_words_and_leave_nothing(
    sources: dict[str, bytes], tmp_path: Path
) -> None:
    found = [run_case(SEED, number, sources, tmp_path) for number in range(CASES)]
    assert [finding for finding in found if finding.is_fault] == []
    assert {finding.outcome for finding in found} == {"made", "refused"}
    assert list(tmp_path.iterdir()) == []


def test_a_case_is_its_seed_and_number(sources: dict[str, bytes]) -> None:
    content = sources["plain.mp4"]
    one, same, other = (
        mutated(content, random.Random(seed), sources) for seed in ("1/5", "1/5", "1/6")
    )
    assert one == same != other


def test_a_fault_is_found_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {"text.mp4": b"This is a text and not a video at all."}
    assert run_case(1, 1, sources, tmp_path).outcome == "refused"
    monkeypatch.setattr("fuzzing.inspect", lambda path: 1 / 0)
    crash = run_case(1, 1, sources, tmp_path)
    assert (crash.outcome, "ZeroDivisionError" in crash.said) == ("crash", True)
    monkeypatch.setattr("fuzzing.HANG_S", 0.05)
    monkeypatch.setattr("fuzzing.plan_fit", lambda clip: None)
    monkeypatch.setattr("fuzzing.inspect", lambda path: None)
    monkeypatch.setattr("fuzzing.fit", lambda plan, out: threading.Event().wait())
    assert run_case(1, 1, sources, tmp_path).outcome == "hang"
    monkeypatch.setattr("fuzzing.fit", lambda plan, out: [(out / name).touch() for name in "ab"])
    assert run_case(1, 1, sources, tmp_path).outcome == "leftover"


def test_the_command_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    found = tmp_path / "found.jsonl"
    line = {"seed": 3, "number": 0, "source": "x", "outcome": "refused", "said": "", "seconds": 1}
    found.write_text(json.dumps(line) + "\n" + '{"seed": 3, "num', encoding="utf-8")
    command = [sys.executable, str(FUZZ), "--seed", "3", "--count", "1", "--resume", str(found)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = found.read_text(encoding="utf-8").splitlines()
    assert lines[0] == json.dumps(line)
    assert "| all 1 | 0 | 1 | 0 | 0 | 0 |" in done.stdout
