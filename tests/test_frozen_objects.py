"""A PDF whose objects are frozen before it is written has the same bytes, and each is serialized once."""

import io
from typing import Any

import pydyf
import pytest

from leaflets.typeset.frozen_objects import freeze_objects


def _pdf() -> Any:
    pdf = pydyf.PDF()
    page = pydyf.Stream([b"0 0 m", b"10 10 l", b"S"], compress=True)
    pdf.add_object(page)
    pdf.add_page(pydyf.Dictionary({"Type": "/Page", "Parent": pdf.pages.reference, "Contents": page.reference}))
    pdf.add_object(pydyf.String("free"))
    pdf.objects[-1].free = "f"
    pdf.info["Title"] = pydyf.String("Ärzte")
    return pdf


def _written(pdf: Any) -> bytes:
    out = io.BytesIO()
    pdf.write(out, version="1.7", identifier=True, compress=True)
    return out.getvalue()


def test_same_bytes() -> None:
    frozen = _pdf()
    freeze_objects(frozen)
    assert _written(frozen) == _written(_pdf())


def test_no_stream_of_a_page_is_compressed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = _pdf()
    streams = [each for each in pdf.objects if isinstance(each, pydyf.Stream)]
    asked: list[Any] = []
    plain = pydyf.Stream.data.fget

    def data(stream: Any) -> Any:
        asked.append(stream)
        return plain(stream)

    monkeypatch.setattr(pydyf.Stream, "data", property(data))
    freeze_objects(pdf)
    assert asked == streams
    _written(pdf)
    assert not any(stream in asked[len(streams) :] for stream in streams)
