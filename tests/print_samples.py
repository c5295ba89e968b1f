"""Leaflets of one to three pages and made-up patients, for the tests of labels and print files."""

import functools
import io
import itertools
from collections.abc import Iterator

import pypdfium2

from leaflets.labels import Label, LabelFonts
from leaflets.model.compiled import CompiledLeaflet
from leaflets.model.page import Pdf
from leaflets.stamp import compile_leaflet
from leaflets.typeset import typeset
from tests.conftest import ROOT
from tests.pages import RICH_BODY, RICH_CSS, assets, page

CSS = """
@page { @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
.label { float: right; width: 70mm; height: 35mm }
section { break-before: page }
th, td { border: 0.5pt solid #000 }
"""
BODY = """
<div class=label data-rect=label></div><h1>Drug {pages}</h1>
<p>Drug {pages}: take <strong>2&nbsp;mg</strong> with <b>food</b>, see <a href="#end">the end</a>.</p>
<ul><li>One</li><li>Two</li></ul>
<table><tr><th>For</th><th>Dose</th></tr><tr><td>Pain</td><td>2&nbsp;mg</td></tr></table>
"""


@functools.cache
def leaflet(pages: int, label: bool = True) -> Pdf:
    """A leaflet of so many pages called "Drug 1", "Drug 2" ..., with or without space for a label."""
    body = BODY.format(pages=pages)
    body = body if label else body.replace(" data-rect=label", "")
    body += "".join(f"<section><h2>Part {part}</h2><p>More words.</p></section>" for part in range(2, pages + 1))
    return typeset(page(body + "<p id=end>End.</p>", title=f"Drug {pages}"), assets(CSS))


@functools.cache
def sheet(key: str) -> CompiledLeaflet:
    """The compiled leaflet of so many pages; "1 bare" has no space for a label, "rich" has hundreds of tags."""
    if key == "rich":
        return compile_leaflet(typeset(page(RICH_BODY, title="Rich"), assets(RICH_CSS)))
    pages, _, bare = key.partition(" ")
    return compile_leaflet(leaflet(int(pages), not bare))


@functools.cache
def fonts(installed: bool = True) -> LabelFonts:
    """The project's label fonts."""
    return LabelFonts.load(ROOT / "styles" / "fonts", installed=installed)


def label(name: str, number: int = 1) -> Label:
    """A label with every field given."""
    return Label(
        patient_name=name,
        patient_ref=f"P-{number:06d}",
        dob="12/03/1961",
        rx_number=f"RX{7000000 + number}",
        directions="Take ONE tablet (2 mg) once a day, with or without food.",
        quantity="28 tablets",
        prescriber="Dr A Smith",
        dispensed_on="2026-11-22",
        dose_times="08:00",
    )


def texts(pdf: bytes) -> list[str]:
    """The text of every page, white space as single spaces."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        return [" ".join(one.get_textpage().get_text_range().split()) for one in document]


def names() -> Iterator[str]:
    """Made-up patients' names, no two of them the same and none of them part of another."""
    first = ["Anna", "Zoë", "Minh", "Søren", "Łucja", "Ελένη", "Иван", "Nguyễn Thị"]
    for number, name in zip(itertools.count(1), itertools.cycle(first), strict=False):
        yield f"{name} Q{number}Q"
