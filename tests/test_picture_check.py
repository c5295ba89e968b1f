"""Pictures are looked through before they are printed: shapes within bounds, and nothing that reaches out of them."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from leaflets.errors import ContentError
from leaflets.picture_check import (
    MAX_DEPTH,
    MAX_GRADIENT_FILLS,
    MAX_PNG_BYTES,
    MAX_SHAPES,
    MAX_SIDE_PIXELS,
    MAX_SVG_BYTES,
    require_printable,
)
from tests.conftest import ROOT

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24">\n'


def _svg(inside: str, head: str = HEAD) -> bytes:
    return f"{head}{inside}\n</svg>".encode()


def _png(size: tuple[int, int] = (4, 3), mode: str = "RGBA") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def fault(data: bytes, file: str = "p.svg") -> str:
    with pytest.raises(ContentError) as error:
        require_printable(file, data)
    assert error.value.hint
    return error.value.message


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h9" stroke="#000" fill="none"/>',
        '<g transform="scale(2)"><circle r="3" cx="4" cy="4" fill="#ccc"/></g>',
        '<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><rect fill="url(#a)"/>',
        '<path style="fill:#000;fill-opacity:1;stroke:none" d="M0 0h9"/>',
        '<path id="path1234567" fill="#00000000" d="M.12345678 1e-05h-123456.7"/>',
        "<title>A hand</title><desc>It shakes.</desc>",
        '<path xml:space="preserve" d="M0 0"/>',
        "",
    ],
)
def test_shapes_are_printed(inside: str) -> None:
    require_printable("p.svg", _svg(inside))


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1", "P"])
def test_a_png_is_printed(mode: str) -> None:
    require_printable("p.png", _png(mode=mode))


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>1</script>", "<script>"),
        ("<text>2 mg</text>", "<text>"),
        ("<style>*{}</style>", "<style>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<image href="x.png"/>', "<image>"),
        ('<use href="#a"/>', "<use>"),
        ('<a href="https://example.org"><path/></a>', "<a>"),
        ("<animate/>", "<animate>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml">2 mg</p>', "<p>"),
        ('<path onclick="1"/>', "onclick=…, which reaches out"),
        ('<path xlink:href="#a"/>', "href=…, which reaches out"),
        ('<path fill="url(https://example.org/#a)"/>', "fill=…, which reaches out"),
        ("<path style=\"fill: URL( 'file:///etc' )\"/>", "fill=…, which reaches out"),
        ('<path style="fill:u\\72l(x)"/>', "fill=…, which reaches out"),
        ('<path filter="url(#a)"/>', "filter=…, which is not printed"),
        ('<path opacity=".5"/>', "see-through"),
        ('<path style="stroke:#000;fill-opacity:0.2"/>', "see-through"),
        ('<circle r="1e400"/>', "a number in r=…"),
        ('<path d="M0 0h12345678"/>', "a number in d=…"),
        ('<circle cx="nan"/>', "a number in cx=…"),
        ("<?xml-stylesheet href='x'?>", "an instruction <?xml-stylesheet"),
        ("<path", "not valid SVG"),
        ("<path></g>", "not valid SVG"),
        ("&nbsp;", "not valid SVG"),
    ],
)
def test_anything_else_is_refused_with_its_line(inside: str, what: str) -> None:
    message = fault(_svg(f"<g/>\n{inside}"))
    assert message.startswith(("p.svg:3: ", "p.svg:4: "))
    assert what in message


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (HEAD.replace(' viewBox="0 0 24 24"', ""), "no viewBox"),
        (HEAD.replace("24 24", "24 0"), "no viewBox"),
        (HEAD.replace("24 24", "1e99 1e99"), "no viewBox"),
        (HEAD.replace("24 24", "e e"), "no viewBox"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD, "document type"),
        ('<svg viewBox="0 0 24 24">', "<svg>"),
        ('<g xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><svg>', "no viewBox"),
    ],
)
def test_the_head_of_a_drawing_is_looked_at(head: str, what: str) -> None:
    message = fault(_svg("", head))
    assert message.startswith("p.svg:1: ")
    assert what in message


def test_a_drawing_keeps_within_bounds() -> None:
    require_printable("p.svg", _svg("<g/>" * (MAX_SHAPES - 1)))
    assert f"{MAX_SHAPES:,} shapes" in fault(_svg("<g/>" * MAX_SHAPES))
    require_printable("p.svg", _svg("<g>" * (MAX_DEPTH - 1) + "</g>" * (MAX_DEPTH - 1)))
    assert f"{MAX_DEPTH} in one another" in fault(_svg("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH))
    assert f"{MAX_GRADIENT_FILLS} gradients" in fault(_svg('<rect fill="url(#a)"/>' * (MAX_GRADIENT_FILLS + 1)))
    assert f"{MAX_SVG_BYTES:,} bytes" in fault(_svg(" " * MAX_SVG_BYTES))


def test_the_bounds_are_those_of_the_manual() -> None:
    svg, png = re.findall(r"^\| (?:SVG|PNG) \|.*$", (ROOT / "docs" / "monograph.md").read_text("utf-8"), re.MULTILINE)
    nested = f"{MAX_SHAPES:,} shapes, {MAX_DEPTH} in one another, {MAX_GRADIENT_FILLS} with a gradient"
    assert f"{MAX_SVG_BYTES:,} bytes, {nested}" in svg
    assert f"{MAX_PNG_BYTES:,} bytes, {MAX_SIDE_PIXELS:,} pixels a side" in png


def test_a_png_keeps_within_bounds() -> None:
    assert f"{MAX_SIDE_PIXELS:,} pixels" in fault(_png((MAX_SIDE_PIXELS + 1, 1)), "p.png")
    assert f"{MAX_PNG_BYTES:,} bytes" in fault(_png() + b"\0" * MAX_PNG_BYTES, "p.png")
    assert f"{MAX_SIDE_PIXELS:,} pixels" in fault(_declaring(100_000, 100_000), "p.png")


def _declaring(width: int, height: int) -> bytes:
    """A PNG that says it is so large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _png()[:8] + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + _png()[33:]


@pytest.mark.parametrize("data", [b"", b"GIF89a", _png()[:-20], _png()[:40], _png().replace(b"IDAT", b"IDAX")])
def test_what_is_no_whole_png_is_refused(data: bytes) -> None:
    assert fault(data, "p.png").startswith("p.png: the picture ")


def test_other_kinds_are_refused() -> None:
    assert fault(b"GIF89a", "p.gif") == "p.gif: a picture must be SVG or PNG"


@given(st.binary(max_size=400), st.sampled_from(["p.svg", "p.png"]))
def test_whatever_is_in_a_file_the_answer_is_ours(data: bytes, file: str) -> None:
    for whole in (data, HEAD.encode() + data, _png()[:33] + data):
        with contextlib.suppress(ContentError):  # any other error fails the test
            require_printable(file, whole)
