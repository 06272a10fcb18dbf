"""The test command: it passes when everything in it passes, and only then."""

import shutil
import subprocess
from pathlib import Path

import pytest

STUB = """#!/usr/bin/env bash
# The page's half is the one that names its folders; the other ignores them.
case "$*" in
*--ignore=*) exit {elsewhere} ;;
*tests/page*) exit {page} ;;
*) exit 0 ;;
esac
"""


@pytest.mark.parametrize(
    ("page", "elsewhere", "passes"),
    [
        pytest.param(0, 0, True, id="both halves passed"),
        pytest.param(1, 0, False, id="the page's half failed"),
        pytest.param(0, 1, False, id="the other half failed"),
        pytest.param(1, 1, False, id="both halves failed"),
    ],
)
def test_the_test_command_passes_when_both_halves_do(
    tmp_path: Path, page: int, elsewhere: int, passes: bool
) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(Path(__file__).parent / "run.sh", tmp_path / "tests")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for tool in ("python", "ruff", "mypy"):
        stub = tools / tool
        stub.write_text(STUB.format(page=page, elsewhere=elsewhere))
        stub.chmod(0o755)

    run = subprocess.run(
        ["bash", str(tmp_path / "tests" / "run.sh")], capture_output=True, timeout=120, check=False
    )

    assert (run.returncode == 0) is passes, run.stderr.decode()
