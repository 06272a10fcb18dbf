"""Compiled kernels are kept apart by the sources they were compiled from."""

import os
import time
from pathlib import Path

import pytest

from restyle.engine import kernel_cache
from restyle.engine.kernel_cache import KEPT_S


def test_the_same_sources_share_a_folder(tmp_path: Path) -> None:
    first = kernel_cache.kernel_cache(tmp_path / "kernels")
    assert first.is_dir()
    assert kernel_cache.kernel_cache(tmp_path / "kernels") == first


def test_changed_sources_get_a_folder_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "engine"
    (sources / "looks").mkdir(parents=True)
    brush = sources / "looks" / "brush.py"
    brush.write_text("ink = 1")
    monkeypatch.setattr(kernel_cache, "__file__", str(sources / "kernel_cache.py"))
    before = kernel_cache.kernel_cache(tmp_path / "kernels")
    brush.write_text("ink = 2")
    assert kernel_cache.kernel_cache(tmp_path / "kernels") != before
    assert before.is_dir(), "another version may still run"


def test_only_what_nobody_used_for_long_is_removed(tmp_path: Path) -> None:
    old, recent = tmp_path / "old", tmp_path / "recent"
    old.mkdir()
    recent.mkdir()
    long_ago = time.time() - KEPT_S - 60
    os.utime(old, (long_ago, long_ago))
    kernel_cache.kernel_cache(tmp_path)
    assert not old.exists()
    assert recent.exists()
