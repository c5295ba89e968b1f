"""A whole build is closed: a monograph or a style that asks for a file or an address gets neither, and says so."""

import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest

from tests.running import MONOGRAPH, Leaflet
from tests.sheets import page_texts

SECRET = "combination-1234-of-the-safe"
HOSTILE = """
<script src="{http}/s.js">alert(1)</script>
<img src="{file}"> <img src="{http}/i.png"> <iframe src="{http}"></iframe>
<link rel="attachment" href="{file}"> <link rel="stylesheet" href="{http}/x.css">
<style>@import url({http}/y.css); body {{ background: url({http}/b.png) }}</style>
<object data="{file}"></object> <embed src="{file}"> <base href="{http}">
<svg><image xlink:href="{http}/v.png"/><use href="{file}#a"/></svg>
<!DOCTYPE x [<!ENTITY e SYSTEM "{file}">]> &e; <?xml-stylesheet href="{http}"?>
![picture]({http}/p.png) ![picture]({file}) ![picture](data:image/png;base64,iVBORw0KGgo=)
[file]({file}) [web]({http}/page) [script](javascript:alert(1)) [data](data:text/html,x) [up](../../secret.txt)
{{{{ 7 * 6 }}}} {{% include "{path}" %}} {{: rel=attachment href="{file}" }}
"""


class Elsewhere:
    """A secret file, and a listener on loopback that counts who comes."""

    def __init__(self, folder: Path, listener: socket.socket) -> None:
        self.secret = folder / "secret.txt"
        self.secret.write_text(SECRET, encoding="utf-8")
        self.http = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.visits = 0

    def fill(self, text: str) -> str:
        """The text with the addresses of the listener and of the secret in it."""
        return text.format(http=self.http, file=self.secret.as_uri(), path=self.secret)


@contextmanager
def _listening(folder: Path) -> Iterator[Elsewhere]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        elsewhere, done = Elsewhere(folder, listener), threading.Event()

        def count() -> None:
            while not done.is_set():
                try:
                    listener.accept()[0].close()
                except TimeoutError:
                    continue
                elsewhere.visits += 1

        thread = threading.Thread(target=count)
        thread.start()
        try:
            yield elsewhere
        finally:
            done.set()
            thread.join()


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with _listening(tmp_path_factory.mktemp("elsewhere")) as requests:
        yield requests


def _everything(data: bytes) -> bytes:
    """All bytes of a PDF, its streams unpacked."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = [part.read_bytes() for part in pdf.objects if isinstance(part, pikepdf.Stream)]
    return data + b"\n".join(streams) + "\n".join(page_texts(data)).encode()


def test_the_listener_would_notice(elsewhere: Elsewhere) -> None:
    with socket.create_connection(("127.0.0.1", int(elsewhere.http.rpartition(":")[2]))):
        pass
    for _ in range(100):
        if elsewhere.visits:
            break
        threading.Event().wait(0.02)
    assert elsewhere.visits == 1


@pytest.mark.parametrize("audience", ["patient", "clinician"])
def test_a_hostile_monograph_is_printed_as_the_text_it_is_and_reported(
    leaflet: Leaflet, elsewhere: Elsewhere, audience: str
) -> None:
    leaflet.write("a.md", MONOGRAPH.replace("For yawning.", f"For yawning.\n\n{elsewhere.fill(HOSTILE)}"))
    ran = leaflet("build", "a.md", "--audience", audience, "--html", "-v")
    assert ran.code == 0, ran.err
    assert "a.md:12:1  warning  MD03" in ran.err
    data = (leaflet.folder / f"output/a-{audience}.pdf").read_bytes()
    text = re.sub(r"\s", "", "\n".join(page_texts(data)))
    for printed in ("<scriptsrc=", "alert(1)</script>", "<imgsrc=", "<!DOCTYPEx", "{{7*6}}", "javascript:alert(1)"):
        assert printed in text
    assert SECRET.encode() not in _everything(data)
    html = (leaflet.folder / f"output/a-{audience}.html").read_text(encoding="utf-8")
    assert re.search(r"<(?:script|img|iframe|object|embed|base|svg|link)\b", html) is None
    assert SECRET not in html
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert set(pdf.attachments) == {"a.md", "leaflet-record.json"}
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        assert not [note for page in pdf.pages for note in page.get("/Annots", [])]
    assert elsewhere.visits == 0


@pytest.mark.parametrize(
    "style",
    [
        '@import "{http}/x.css";',
        "@import url({file});",
        "@font-face {{ font-family: Far; src: url({http}/f.ttf) }} h1 {{ font-family: Far }}",
        "@font-face {{ font-family: Far; src: url({file}) }} h1 {{ font-family: Far }}",
        '@font-face {{ font-family: Far; src: local("DejaVu Sans") }} h1 {{ font-family: Far }}',
        "h1 {{ background: url({http}/b.png) }}",
        "h1 {{ background: url({file}) }}",
        "h1 {{ background: url(//127.0.0.1/x.png) }}",
        "h1 {{ background: url(data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E) }}",
        "h1::before {{ content: url({http}/c.png) }}",
        "h1 {{ display: list-item; list-style-image: url({file}) }}",
        "h1 {{ background: url(leaflet:../../secret.txt) }}",
        "h1 {{ background: url(leaflet:picture.svg) }}",
    ],
)
def test_a_style_that_asks_for_more_stops_the_build(leaflet: Leaflet, elsewhere: Elsewhere, style: str) -> None:
    picture = (
        '<!DOCTYPE svg [<!ENTITY e SYSTEM "{file}">]><svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{http}/v.png"/><text>&e;</text></svg>'
    )
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("styles/theme.css", elsewhere.fill(style))
    leaflet.write("styles/picture.svg", elsewhere.fill(picture))
    ran = leaflet("build", "a.md", "--audience", "patient")
    assert elsewhere.visits == 0
    assert SECRET not in ran.out + ran.err
    assert ran.code == 5, ran.out
    assert "Traceback" not in ran.err
    assert not list((leaflet.folder / "output").glob("*.pdf"))


def test_a_template_of_a_project_s_own_reaches_nothing_either(leaflet: Leaflet, elsewhere: Elsewhere) -> None:
    leaflet.write("a.md", MONOGRAPH)
    for asked in (
        '<img src="{file}" alt="x">',
        '<img src="{http}/i.png" alt="x">',
        '<link rel=attachment href="{file}">',
    ):
        page = '{% extends "page.html" %}{% block sheet %}<h1>A</h1>' + elsewhere.fill(asked) + "{% endblock %}"
        leaflet.write("templates/patient.html", page)
        ran = leaflet("build", "a.md", "--audience", "patient")
        assert ran.code == 5, asked
        assert "Traceback" not in ran.err
    assert elsewhere.visits == 0
    assert not list((leaflet.folder / "output").glob("*.pdf"))
