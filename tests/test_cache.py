"""The cache gives back what was stored or nothing at all, and no fault of its folder is a fault of the build."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.pipeline import cache as cache_module
from leaflets.pipeline.cache import Cache, CacheEntry

ENTRY = CacheEntry({"pages": 2, "title": "Ω"}, {"pdf": b"%PDF\n\x00\xff", "html": b""})


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def _file(cache: Cache) -> Path:
    (file,) = cache.folder.iterdir()
    return file


def test_what_was_stored_comes_back(cache: Cache) -> None:
    cache.put("k", ENTRY)
    assert cache.get("k") == ENTRY
    assert cache.get("other") is None


@given(st.binary(max_size=300), st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, pdf: bytes, html: bytes, title: str) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    entry = CacheEntry({"title": title}, {"pdf": pdf, "html": html})
    cache.put("k", entry)
    assert cache.get("k") == entry


@given(st.data())
def test_a_damaged_entry_is_no_entry(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.put("k", ENTRY)
    whole = bytearray(_file(cache).read_bytes())
    cut = data.draw(st.booleans())
    place = data.draw(st.integers(0, len(whole) - 1))
    if cut:
        del whole[place:]
    else:
        whole[place] ^= data.draw(st.integers(1, 255))
    _file(cache).write_bytes(bytes(whole))
    assert cache.get("k") is None
    cache.put("k", ENTRY)
    assert cache.get("k") == ENTRY


def test_a_file_under_the_name_of_another_is_no_entry(cache: Cache) -> None:
    cache.put("patient", ENTRY)
    _file(cache).rename(cache.folder / "clinician.sheet")
    assert cache.get("clinician") is None


def test_an_empty_folder_or_none_holds_nothing(cache: Cache) -> None:
    assert cache.get("k") is None
    cache.folder.mkdir()
    (cache.folder / "k.sheet").write_bytes(b"")
    assert cache.get("k") is None


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    cache = Cache(tmp_path / "cache")
    cache.put("k", ENTRY)
    assert cache.get("k") is None


def test_a_full_disk_leaves_no_half_entry(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    cache.put("k", ENTRY)
    assert cache.get("k") is None
    assert list(cache.folder.iterdir()) == []


def test_the_oldest_entries_go_when_there_are_too_many(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "KEPT_ENTRIES", 3)
    for number in range(6):
        cache.put(f"k{number}", ENTRY)
        os.utime(cache.folder / f"k{number}.sheet", (number, number))
    assert [cache.get(f"k{number}") is not None for number in range(6)] == [False, False, False, True, True, True]


def test_many_writers_of_one_entry_leave_one_whole_entry(cache: Cache) -> None:
    writers = [threading.Thread(target=cache.put, args=("k", ENTRY)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert cache.get("k") == ENTRY
    assert [path.name for path in cache.folder.iterdir()] == ["k.sheet"]
