"""A page reaches nothing but its assets: nothing leaves and nothing leaks, whatever its markup and styles ask for."""

import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from leaflets.errors import RenderError
from leaflets.model.page import Html, Pdf
from leaflets.typeset import typeset
from tests.pages import assets, page

SECRET = "the-combination-is-1234"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'


@dataclass
class Watch:
    """What the process tried to reach while a page was set."""

    http: str
    file: str
    connections: int = 0
    events: list[str] = field(default_factory=list)
    watching: bool = False

    def fill(self, text: str) -> str:
        return text.replace("{http}", self.http).replace("{file}", self.file)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.watching and (event.startswith(("socket.", "urllib.")) or self._opens_secret(event, arguments)):
            self.events.append(f"{event} {arguments!r}")

    def _opens_secret(self, event: str, arguments: tuple[Any, ...]) -> bool:
        return event == "open" and not isinstance(arguments[0], int) and str(arguments[0]) in self.file


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """A file with a secret, a listener on loopback that counts who comes, and an ear on what Python does."""
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        watch = Watch(http=f"http://127.0.0.1:{listener.getsockname()[1]}", file=secret.as_uri())
        thread = threading.Thread(target=_count, args=(listener, watch), daemon=True)
        thread.start()
        sys.addaudithook(watch.hear)
        yield watch
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    assert not thread.is_alive()


def _count(listener: socket.socket, watch: Watch) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            watch.connections += 1


def set_watched(watch: Watch, html: Html, files: dict[str, bytes]) -> Pdf | RenderError:
    watch.events.clear()
    watch.watching = True
    try:
        return typeset(html, files)
    except RenderError as error:
        return error
    finally:
        watch.watching = False


def assert_nothing_left(watch: Watch) -> None:
    assert watch.events == []
    assert watch.connections == 0


def test_the_watch_sees_a_connection_and_an_open_file(watch: Watch, tmp_path: Path) -> None:
    other = Watch(watch.http, watch.file, watching=True)
    sys.addaudithook(other.hear)
    before = watch.connections
    with socket.create_connection(("127.0.0.1", int(watch.http.rpartition(":")[2]))) as connection:
        assert connection.recv(1) == b""
    with Path(watch.file.removeprefix("file://")).open(encoding="utf-8") as file:
        assert file.read() == SECRET
    other.watching = False
    assert watch.connections == before + 1
    assert any("socket.connect" in event for event in other.events)
    assert any("secret.txt" in event for event in other.events)
    watch.connections = before


REFUSED_IN_HTML = {
    "img file": '<img alt="x" src="{file}">',
    "img http": '<img alt="x" src="{http}/a.png">',
    "img data": '<img alt="x" src="data:image/svg+xml,<svg/>">',
    "img relative": '<img alt="x" src="../secret.txt">',
    "img absolute path": '<img alt="x" src="/etc/hostname">',
    "img under a base": '<base href="{http}/"><img alt="x" src="a.png">',
    "img of an unknown asset": '<img alt="x" src="leaflet:../secret.txt">',
    "img of a stylesheet": '<img alt="x" src="leaflet:page.css">',
    "object": '<object data="{http}/a.svg">x</object>',
    "embed": '<embed src="{http}/a.svg">',
    "link stylesheet": '<link rel=stylesheet href="{http}/a.css">',
    "link stylesheet file": '<link rel=stylesheet href="{file}">',
    "link stylesheet asset": '<link rel=stylesheet href="leaflet:page.css">',
    "link attachment": '<link rel=attachment href="{file}">',
    "link attachment http": '<link rel=attachment href="{http}/a">',
    "link attachment asset": '<link rel=attachment href="leaflet:page.css">',
    "a attachment": '<a rel=attachment href="{file}">x</a>',
    "a attachment http": '<a rel=attachment href="{http}/a">x</a>',
    "a attachment asset": '<a rel=attachment href="leaflet:ok.svg">x</a>',
    "style import": '<style>@import "{http}/a.css";</style>',
    "style attribute": "<p style=\"background:url('{http}/a.png')\">x</p>",
    "style attribute file": "<p style=\"background:url('{file}')\">x</p>",
    "body background": '<table><tr><td background="{http}/a.png">x</table>',
    "style font-face": '<style>@font-face{font-family:"Y";src:url({http}/a.ttf)}</style><p style="font-family:Y">x',
    "style font-face asset": '<style>@font-face{font-family:"Y";src:url(leaflet:fonts/a.ttf)}</style>',
    "inline svg image": "<svg><title>x</title><image href='{http}/a.png' width='9' height='9'/></svg>",
    "inline svg image file": "<svg><title>x</title><image href='{file}' width='9' height='9'/></svg>",
    "inline svg style import": "<svg><title>x</title><style>@import '{http}/a.css';</style><rect/></svg>",
    "inline svg font-face": "<svg><title>x</title><style>@font-face{font-family:Z;src:url({http}/a.ttf)}</style></svg>",
}


@pytest.mark.parametrize("markup", REFUSED_IN_HTML.values(), ids=REFUSED_IN_HTML)
def test_what_markup_asks_for_is_refused(markup: str, watch: Watch) -> None:
    made = set_watched(watch, page(watch.fill(markup)), assets(ok__svg=f"{SVG}<rect/></svg>".encode()))
    assert isinstance(made, RenderError), "the page was made"
    assert SECRET not in made.message + made.hint
    assert_nothing_left(watch)


REFUSED_IN_CSS = {
    "import http": '@import "{http}/a.css";',
    "import url": "@import url({http}/a.css);",
    "import file": "@import url({file});",
    "import data": "@import url(data:text/css,p{});",
    "import asset": "@import url(leaflet:fonts.css);",
    "import relative": '@import "fonts.css";',
    "background": "body { background: url({http}/a.png) }",
    "background file": "body { background: url({file}) }",
    "background data": "body { background: url(data:image/svg+xml,<svg/>) }",
    "content": 'p::before { content: url("{http}/a.png") }',
    "list image": "li { list-style-image: url({http}/a.png) }",
    "border image": "p { border: 1px solid; border-image: url({http}/a.png) 1 }",
    "page background": "@page { background: url({http}/a.png) }",
    "margin box": "@page { @top-left { content: url({file}) } }",
    "font http": "@font-face { font-family: X; src: url({http}/a.ttf) }",
    "font file": "@font-face { font-family: X; src: url({file}) }",
    "font data": "@font-face { font-family: X; src: url(data:font/ttf;base64,AAEAAAA=) }",
    "font local": '@font-face { font-family: X; src: local("DejaVu Sans") }',
    "font local first": "@font-face { font-family: X; src: local(Arial), url(leaflet:fonts/SourceSans3_700Bold.ttf) }",
    "color profile": "@color-profile --x { src: url({http}/a.icc) }",
    "color profile file": "@color-profile --x { src: url({file}) }",
}


@pytest.mark.parametrize("css", REFUSED_IN_CSS.values(), ids=REFUSED_IN_CSS)
def test_what_a_stylesheet_asks_for_is_refused(css: str, watch: Watch) -> None:
    made = set_watched(watch, page("<p>a</p><ul><li>b</li></ul>"), assets(watch.fill(css)))
    assert isinstance(made, RenderError), "the page was made"
    assert SECRET not in made.message + made.hint
    assert_nothing_left(watch)


REFUSED_IN_SVG = {
    "image http": '<image href="{http}/a.png" width="9" height="9"/>',
    "image xlink": '<image xlink:href="{http}/a.png" width="9" height="9"/>',
    "image file": '<image href="{file}" width="9" height="9"/>',
    "image data": '<image href="data:image/png;base64,AAAA" width="9" height="9"/>',
    "style import": '<style>@import "{http}/a.css";</style><rect width="9" height="9"/>',
    "font": "<style>@font-face { font-family: Z; src: url({http}/a.ttf) }</style><text>a</text>",
    "font asset": "<style>@font-face{font-family:Z;src:url(leaflet:fonts/a.ttf)}</style><text>a</text>",
    "xxe": None,
    "xxe parameter": None,
}
_XXE = {
    "xxe": '<!DOCTYPE svg [<!ENTITY x SYSTEM "{file}">]>' + SVG + "<title>a</title><text y='9'>&x;</text></svg>",
    "xxe parameter": '<!DOCTYPE svg [<!ENTITY % x SYSTEM "{http}/a.dtd"> %x;]>' + SVG + "</svg>",
}


@pytest.mark.parametrize("name", REFUSED_IN_SVG)
@pytest.mark.parametrize("how", ["img", "background"])
def test_what_a_picture_asks_for_is_refused(name: str, how: str, watch: Watch) -> None:
    drawing = _XXE.get(name) or f"{SVG}{REFUSED_IN_SVG[name]}</svg>"
    body = '<img alt="x" src="leaflet:x.svg">' if how == "img" else '<p class="bg">a</p>'
    css = ".bg { background: url(leaflet:x.svg) }"
    made = set_watched(watch, page(body), assets(css, x__svg=watch.fill(drawing).encode()))
    assert isinstance(made, RenderError), "the page was made"
    assert SECRET not in made.message + made.hint
    assert_nothing_left(watch)


IGNORED = {
    "script": '<script src="{http}/a.js">fetch("{http}")</script>',
    "iframe": '<iframe src="{file}"></iframe>',
    "refresh": '<meta http-equiv=refresh content="0;{http}">',
    "video": '<video src="{http}/a.mp4" poster="{http}/a.png">x</video>',
    "xinclude": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>',
    "entity in html": '<!DOCTYPE html [<!ENTITY x SYSTEM "{file}">]><p>&x;</p>',
    "inline svg use": "<svg width=9 height=9><title>x</title><use href='{http}/a.svg#b'/></svg>",
    "counter style image": '<style>@counter-style x { system: cyclic; symbols: url("{http}/a.png") }</style>',
    "picture with use": '<img alt="x" src="leaflet:use.svg">',
    "link to a page": '<p>See <a href="{http}/a">a page</a>.</p>',
}


@pytest.mark.parametrize("markup", IGNORED.values(), ids=IGNORED)
def test_what_is_not_part_of_a_printed_page_is_not_looked_at(markup: str, watch: Watch) -> None:
    drawing = f'{SVG}<use href="{{http}}/a.svg#b"/><use xlink:href="{{file}}#b"/></svg>'
    made = set_watched(watch, page(watch.fill(markup)), assets(use__svg=watch.fill(drawing).encode()))
    assert isinstance(made, Pdf)
    assert SECRET.encode() not in inside(made)
    assert_nothing_left(watch)


def inside(pdf: Pdf) -> bytes:
    """Everything in a PDF, unpacked."""
    with pikepdf.open(BytesIO(pdf.data)) as opened:
        assert len(opened.attachments) == 0
        out = BytesIO()
        opened.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
        return out.getvalue()


def test_a_picture_from_the_assets_is_drawn(watch: Watch) -> None:
    svg = f'{SVG}<title>A tablet</title><defs><rect id="r" width="9" height="9"/></defs><use href="#r"/></svg>'
    made = set_watched(watch, page('<img alt="A tablet" src="leaflet:x.svg">'), assets(x__svg=svg.encode()))
    assert isinstance(made, Pdf)
    assert b"A tablet" in inside(made)
    assert_nothing_left(watch)
