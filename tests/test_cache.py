"""The cache gives back what was stored or nothing at all, and no fault of its folder is a fault of the build."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.pipeline import cache as cache_module
from leaflets.pipeline.cache import Cache, CacheEntry, read_facts, write_facts
from leaflets.project import cache_secret
from leaflets.project.cache_secret import make_secret, read_secret

ENTRY = CacheEntry({"pages": 2, "title": "Ω"}, {"pdf": b"%PDF\n\x00\xff", "html": b""})


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def _file(cache: Cache) -> Path:
    (file,) = cache.folder.glob("*.sheet")
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
    assert not list(cache.folder.glob("*.sheet")) + list(cache.folder.glob("*.part"))


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
    assert sorted(path.name for path in cache.folder.iterdir()) == ["cache.key", "k.sheet"]


def test_an_entry_that_was_not_written_under_the_key_of_the_cache_is_none(tmp_path: Path, cache: Cache) -> None:
    other = Cache(tmp_path / "other")
    for one in (cache, other):
        one.put("k", ENTRY)
        write_facts(one.folder / "facts.json", {"version": "7"})
    for name in ("k.sheet", "facts.json"):
        (cache.folder / name).write_bytes((other.folder / name).read_bytes())
    assert cache.get("k") is None
    assert read_facts(cache.folder / "facts.json") == {}
    assert read_facts(other.folder / "facts.json") == {"version": "7"}


@pytest.mark.parametrize(
    "digest", [lambda text: hashlib.sha256(text), lambda text: hashlib.blake2b(text, digest_size=32)]
)
def test_a_digest_that_anybody_can_compute_is_none(cache: Cache, digest: Callable[[bytes], Any]) -> None:
    cache.put("k", ENTRY)
    magic, _, body = _file(cache).read_bytes().split(b"\n", 2)
    _file(cache).write_bytes(b"\n".join([magic, digest(b"k\n" + body).hexdigest().encode(), body]))
    assert cache.get("k") is None


def test_an_entry_of_an_earlier_version_is_none(cache: Cache) -> None:
    cache.put("k", ENTRY)
    body = _file(cache).read_bytes().split(b"\n", 2)[2]
    digest = hashlib.sha256(b"k\n" + body).hexdigest().encode()
    _file(cache).write_bytes(b"\n".join([b"leaflet-cache-3", digest, body]))
    assert cache.get("k") is None


def test_the_key_is_for_its_owner_alone_and_a_lost_one_makes_a_new_one(cache: Cache) -> None:
    assert cache.get("k") is None
    assert not cache.folder.exists()  # reading writes nothing
    cache.put("k", ENTRY)
    key = cache.folder / cache_secret.FILE
    assert key.stat().st_mode & 0o077 == 0
    key.write_bytes(b"cut short")
    assert cache.get("k") is None
    cache.put("k", ENTRY)
    assert cache.get("k") == ENTRY
    key.unlink()
    assert cache.get("k") is None


def test_a_key_that_another_account_put_there_is_none(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put("k", ENTRY)
    monkeypatch.setattr(cache_secret, "_ROOT", -1)  # the tests may run as root
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    assert cache.get("k") is None
    assert _file(cache).exists()  # it is left to its owner


@pytest.mark.parametrize("links", [True, False])
def test_all_that_make_a_key_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
        assert make_secret(tmp_path) == read_secret(tmp_path) != b""
        return
    made: list[bytes] = []
    makers = [threading.Thread(target=lambda: made.append(make_secret(tmp_path))) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert made == [read_secret(tmp_path)] * 8
    assert [path.name for path in tmp_path.iterdir()] == [cache_secret.FILE]
