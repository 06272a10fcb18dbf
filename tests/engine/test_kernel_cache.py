"""Compiled kernels are kept apart by the sources they were compiled from."""

import os
import threading
import time
from pathlib import Path

import pytest

from restyle.engine import kernel_cache
from restyle.engine.kernel_cache import KEPT_S, Claimed, claim, is_whole, note_whole


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


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    return tmp_path / "kernels"


@pytest.mark.usefixtures("shared")
def test_who_wants_a_kernel_that_another_compiles_leaves_it_or_waits_for_it() -> None:
    said: list[str] = []

    def second() -> None:
        with pytest.raises(Claimed), claim("a.kernel", wait=False):
            said.append("taken from the first")
        with claim("another.kernel", wait=False):
            said.append("left")
        leaving.set()
        with claim("a.kernel", wait=True):
            said.append("waited")

    leaving = threading.Event()
    thread = threading.Thread(target=second)
    with claim("a.kernel", wait=False):
        thread.start()
        assert leaving.wait(30)
        said.append("first")
    thread.join()
    assert said == ["left", "first", "waited"]


def test_later_starts_know_that_all_was_compiled(shared: Path) -> None:
    assert not is_whole()
    shared.mkdir()
    assert not is_whole()
    note_whole()
    assert is_whole()


def test_without_a_shared_folder_nobody_is_kept_from_compiling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    note_whole()
    assert not is_whole()
    with claim("a.kernel", wait=False), claim("a.kernel", wait=False):
        pass
