"""The one door through which a page may ask for a file: names in memory, nothing else."""

import io
import struct
import zlib

import pytest
from PIL import Image

from leaflets.errors import RenderError
from leaflets.typeset.fetch import FONTS, IMAGES, MAX_IMAGE_BYTES, AssetFetcher, Denied


def png(width: int, height: int) -> bytes:
    """The head of a PNG of that size, without its pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (head, b"IDAT"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def small_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return file.getvalue()


def refusal(url: str, **files: bytes) -> RenderError:
    fetcher = AssetFetcher({name.replace("__", "."): data for name, data in files.items()}, IMAGES)
    with pytest.raises(Denied):
        fetcher(url)
    with pytest.raises(RenderError) as raised:
        fetcher.require_none_refused()
    return raised.value


def test_an_asset_comes_back_as_it_is() -> None:
    picture = small_png()
    fetcher = AssetFetcher({"icons/a b.png": picture}, IMAGES)
    response = fetcher("leaflet:icons/a%20b.png")
    assert response.read() == picture
    assert response.content_type == "image/png"
    assert response.path is None
    fetcher.require_none_refused()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://example.org/x.png",
        "https://example.org/x.png",
        "ftp://example.org/x.png",
        "data:image/png;base64,AAAA",
        "//example.org/x.png",
        "x.png",
        "../x.png",
        "LEAFLET:x.png",
        "javascript:alert(1)",
        "",
    ],
)
def test_anything_else_is_refused_by_name(url: str) -> None:
    error = refusal(url, x__png=small_png())
    assert f'"{url}"' in error.message
    assert "leaflet:" in error.hint


@pytest.mark.parametrize("url", ["leaflet:none.png", "leaflet:../x.png", "leaflet:/x.png", "leaflet:x.png?v=1"])
def test_an_unknown_name_is_refused(url: str) -> None:
    assert f'"{url}"' in refusal(url, x__png=small_png()).message


@pytest.mark.parametrize("name", ["x.css", "x.html", "x.ttf", "x.icc", "x.pdf", "x"])
def test_only_the_kinds_asked_for_are_served(name: str) -> None:
    fetcher = AssetFetcher({name: b"data"}, IMAGES)
    with pytest.raises(Denied, match="kind"):
        fetcher("leaflet:" + name)


def test_fonts_are_served_where_fonts_are_asked_for() -> None:
    assert AssetFetcher({"a.ttf": b"font"}, FONTS)("leaflet:a.ttf").read() == b"font"


def test_a_long_url_is_cut_and_kept_on_one_line() -> None:
    message = refusal("data:image/png;base64,\n" + "A" * 5000).message
    assert len(message) < 150
    assert "\n" not in message


def test_a_large_picture_is_refused() -> None:
    assert "too large" in refusal("leaflet:x.svg", x__svg=b" " * (MAX_IMAGE_BYTES + 1)).message


@pytest.mark.parametrize("side", [5_001, 10_000, 20_000])
def test_a_picture_of_too_many_pixels_is_refused_unread(side: int) -> None:
    assert "pixels" in refusal("leaflet:x.png", x__png=png(side, side)).message


@pytest.mark.parametrize("data", [b"", b"GIF", small_png()[:10]])
def test_a_broken_picture_is_refused(data: bytes) -> None:
    assert "not a picture" in refusal("leaflet:x.png", x__png=data).message


@pytest.mark.parametrize(
    "svg",
    [
        b'<!DOCTYPE svg [<!ENTITY x "lol">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<!DOCTYPE svg [<!entity x SYSTEM "file:///etc/hostname">]><svg/>',
        '<!DOCTYPE svg [<!ENTITY x "lol">]><svg/>'.encode("utf-16"),
        '<!DOCTYPE svg [<!ENTITY x "lol">]><svg/>'.encode("utf-16-le"),
    ],
)
def test_svg_with_entities_is_refused(svg: bytes) -> None:
    assert "SVG" in refusal("leaflet:x.svg", x__svg=svg).hint


def test_the_first_refusal_is_the_one_reported() -> None:
    fetcher = AssetFetcher({}, IMAGES)
    for name in ("first", "second"):
        with pytest.raises(Denied):
            fetcher(f"leaflet:{name}.png")
    with pytest.raises(RenderError, match="first"):
        fetcher.require_none_refused()
