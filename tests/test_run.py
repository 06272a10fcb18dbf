"""The test command: it passes when everything in it passes, and only then."""

import shutil
import subprocess
from pathlib import Path

import pytest

STUB = """#!/usr/bin/env bash
# Two parts name their folders; the third ignores them.
case "$*" in
*--ignore=*) exit {others} ;;
*tests/page*) exit {page} ;;
*tests/jobs*) exit {jobs} ;;
*) exit 0 ;;
esac
"""


@pytest.mark.parametrize(
    ("page", "jobs", "others", "passes"),
    [
        pytest.param(0, 0, 0, True, id="all parts passed"),
        pytest.param(1, 0, 0, False, id="the page's part failed"),
        pytest.param(0, 1, 0, False, id="the jobs' part failed"),
        pytest.param(0, 0, 1, False, id="the part of all others failed"),
        pytest.param(1, 1, 1, False, id="all parts failed"),
    ],
)
def test_the_test_command_passes_when_all_its_parts_do(
    tmp_path: Path, page: int, jobs: int, others: int, passes: bool
) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(Path(__file__).parent / "run.sh", tmp_path / "tests")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for tool in ("python", "ruff", "mypy"):
        stub = tools / tool
        stub.write_text(STUB.format(page=page, jobs=jobs, others=others))
        stub.chmod(0o755)

    run = subprocess.run(
        ["bash", str(tmp_path / "tests" / "run.sh")], capture_output=True, timeout=120, check=False
    )

    assert (run.returncode == 0) is passes, run.stderr.decode()
