"""Every field of a label, read back from the printed page: which value stands behind which caption, and where."""

import io
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise

import pypdfium2
import pytest

from leaflets.errors import PdfError
from leaflets.labels import LABEL_FIELDS, Label
from leaflets.model.compiled import CompiledLeaflet
from leaflets.printfile import Copy, PrintJob, write_print_file
from leaflets.runlist.columns import COLUMNS
from leaflets.stamp import compile_leaflet
from leaflets.typeset import typeset
from tests.conftest import ROOT
from tests.pages import assets, page
from tests.print_samples import BODY, CSS, fonts, sheet
from tests.read_labels import PrintedLine, lines_within

LABEL = Label(
    patient_name="Anna Quill",
    patient_ref="P-000417",
    dob="12/03/1961",
    rx_number="RX7000009",
    directions="Take ONE tablet with food.",
    quantity="28 tablets",
    prescriber="Dr Moreau",
    dispensed_on="2026-11-22",
    dose_times="08:00",
)
# What stands on paper, line by line; written out here so that the order and the captions are checked, not copied.
LINES = (
    "Anna Quill",
    "Born 12/03/1961 · Ref P-000417",
    "Take ONE tablet with food.",
    "08:00",
    "Qty 28 tablets · Rx RX7000009",
    "Dr Moreau · Dispensed 2026-11-22",
)
CAPTIONED = {
    "dob": ("Born", "12/03/1961"),
    "patient_ref": ("Ref", "P-000417"),
    "quantity": ("Qty", "28 tablets"),
    "rx_number": ("Rx", "RX7000009"),
    "dispensed_on": ("Dispensed", "2026-11-22"),
}


@cache
def sheet_in(lang: str) -> CompiledLeaflet:
    """A leaflet of one page with space for a label."""
    html = page(BODY.format(pages=1) + "<p id=end>End.</p>", title="Drug 1")
    html = replace(html, lang=lang, markup=html.markup.replace('lang="en"', f'lang="{lang}"'))
    return compile_leaflet(typeset(html, assets(CSS)))


def printed(label: Label, lang: str = "en") -> list[PrintedLine]:
    """The lines of the label on the first page of a print file, from top to bottom, without the control line."""
    out = io.BytesIO()
    copies = [Copy("1", "1 of 1", "", label)]
    write_print_file(out, iter(copies), lambda _: sheet_in(lang), fonts(installed=False), PrintJob("Run", lang=lang))
    rect = sheet_in(lang).rect("label")
    assert rect is not None
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return lines_within(document[0], rect)


def test_a_label_reads_line_by_line_as_a_pharmacist_expects() -> None:
    assert tuple(line.text for line in printed(LABEL)) == LINES


def test_directions_are_the_largest_and_the_name_and_dose_times_come_next() -> None:
    sizes = {line.text: line.size for line in printed(LABEL)}
    name, directions, times = (sizes.pop(text) for text in (LABEL.patient_name, LABEL.directions, LABEL.dose_times))
    assert directions > name >= times > max(sizes.values())


@pytest.mark.parametrize("name", CAPTIONED)
def test_each_value_stands_behind_its_own_caption(name: str) -> None:
    """On the same line, to the right of the caption, with no more than a space between them."""
    caption, value = CAPTIONED[name]
    wanted = [caption, *value.split()]
    runs = [
        line.words[at : at + len(wanted)]
        for line in printed(LABEL)
        for at in range(len(line.words))
        if [word for word, _, _ in line.words[at : at + len(wanted)]] == wanted
    ]
    (run,) = runs
    assert all(0 < right[1] - left[2] < 4 for left, right in pairwise(run))


@pytest.mark.parametrize("name", LABEL_FIELDS)
def test_a_field_alone_is_printed_and_nothing_else_is(name: str) -> None:
    value = getattr(LABEL, name)
    assert [line.text for line in printed(Label(**{name: value}))] == [
        " ".join(CAPTIONED.get(name, ("", value))).strip()
    ]


@pytest.mark.parametrize("name", LABEL_FIELDS)
def test_a_field_that_is_empty_leaves_no_caption_and_every_other_field(name: str) -> None:
    text = "\n".join(line.text for line in printed(replace(LABEL, **{name: ""})))
    assert name not in CAPTIONED or CAPTIONED[name][0] not in text.split()
    for other in LABEL_FIELDS:
        assert (getattr(LABEL, other) in text) == (other != name), other


def test_captions_are_printed_in_the_language_of_the_leaflet() -> None:
    lines = [line.text for line in printed(LABEL, "es")]
    assert lines[1] == "Nac. 12/03/1961 · Ref. P-000417"
    assert lines[4].startswith("Cant. 28 tablets · ")
    assert lines[4].endswith(" RX7000009")
    assert lines[5].startswith("Dr Moreau · ")
    assert lines[5].endswith(" 2026-11-22")


def test_a_label_in_arabic_is_read_from_the_right() -> None:
    edges = {word: (left, right) for line in printed(LABEL, "ar") for word, left, right in line.words}
    assert edges["P-000417"][1] < edges["12/03/1961"][0]
    assert edges["RX7000009"][1] < edges["28"][0]
    assert edges["2026-11-22"][1] < edges["Dr"][0]


def test_a_sheet_without_space_for_a_label_refuses_one() -> None:
    some = iter([Copy("1 bare", "1 of 1", "", LABEL)])
    with pytest.raises(PdfError, match="keeps no space for a label"):
        write_print_file(io.BytesIO(), some, sheet, fonts(installed=False), PrintJob("Run"))


def test_every_field_is_a_column_of_a_run_list_and_is_documented() -> None:
    assert tuple(field.name for field in fields(Label)) == LABEL_FIELDS
    assert COLUMNS.issuperset(LABEL_FIELDS)
    documented = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    assert " ".join(f"`{name}`" for name in LABEL_FIELDS) in documented
