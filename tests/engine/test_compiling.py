"""A second process compiles only where nobody has compiled all before."""

from pathlib import Path

import pytest

from restyle.engine.compiling import Compiling
from restyle.engine.kernel_cache import note_whole
from restyle.styles import Style


@pytest.mark.parametrize(
    ("warm_up", "whole", "helps"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_it_is_started_where_it_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_up: bool, whole: bool, helps: bool
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    if whole:
        note_whole()
    compiling = Compiling(warm_up=warm_up)
    try:
        assert compiling.is_running == helps
        compiling.first(Style.PAPER_ART)
        assert compiling.compiled_styles == frozenset()
    finally:
        compiling.stop()
    assert not compiling.is_running
    compiling.first(Style.PAPER_ART)
    compiling.stop()
