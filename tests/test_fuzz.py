"""Whatever is read is understood or refused with an error of ours: texts, lists, records and PDFs, mutated at random.

`LEAFLET_FUZZ_EXAMPLES=20000 pytest tests/test_fuzz.py` looks longer. What it found stands in `tests/found/` and is
read in every run.
"""

import contextlib
import io
import json
import os
import random
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaflets import checks
from leaflets.errors import LeafletError
from leaflets.model.edition import Audience
from leaflets.parse import parse
from leaflets.provenance.contents import read_contents
from leaflets.runlist.read import read_list
from leaflets.seal.record import read_record
from leaflets.view import view
from tests.running import MONOGRAPH
from tests.sheets import MADE_UP, ROOT, ProjectMonographs

EXAMPLES = int(os.environ.get("LEAFLET_FUZZ_EXAMPLES", "60"))
FOUND = ROOT / "tests" / "found"
_MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

_SEEDS = tuple(path.read_text("utf-8") for path in (*MADE_UP.glob("*.md"), *(ROOT / "content").glob("metformin.md")))
_PIECES = (
    "---\n", "### Dosage\n", "/// patient\n", "///\n", "| a | b |\n|---|---|\n", "- ", "1. ", "> ", "**", "*", "`",
    "[^U1]", "![x](y.svg)", ":warning: ", "allow:\n  - code: EP-F04\n", "title: [", "dose_times: {morning: 1}\n",
    "\u202e", "\x00", "&#0;", "\ufeff", "\t", "  \n", "<!--", "```\n", "5 mg", "0,5 mg/kg/day", "é", "漢", "ا",
    "\U0001f600", "lang: es\n", "version: 1.0\n",
)  # fmt: skip
_JUNK = (b'"', b"{", b"[", b"null", b"-1", b"1e999", b"\x00", b"\xff", b",", b"\r\n", b"{}")
_RECORD = (
    b'{"leaflet-record": 3, "name": "a", "edition": {"audience": "patient", "lang": "en"}, "sheets": 1, "hashes": {}}'
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """A monograph with pieces put in, cut out or moved."""
    text = draw(st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 40))
        text = text[:at] + draw(st.sampled_from(_PIECES) | st.text(max_size=12)) + text[at + cut :]
    return text


def _read(text: str) -> None:
    try:
        monograph = parse(text, name="case", file="case.md")
    except LeafletError:
        return
    checks.full_report(monograph, text)
    for audience in Audience:
        view(monograph, audience)


@_MANY
@given(_texts())
def test_a_text_is_read_or_refused(text: str) -> None:
    _read(text)


_LISTS = (
    "drug,patient_name,directions\nmetformin,Ann Smith,Take one\n",
    "drug;name;sig;qty\r\nmetformin;Ann;Take;2\r\n",
    '{"drug": "metformin", "patient_name": "Ann", "copies": 2}\n{"drug": "warfarin"}\n',
    json.dumps({
        "resourceType": "Bundle", "type": "collection",
        "entry": [{"resource": {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": {"text": "metformin"}, "subject": {"display": "Ann Smith"},
            "dosageInstruction": [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                                   "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}],
        }}],
    }),
)  # fmt: skip


def _mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        kind = chance.random()
        if kind < 0.3:
            changed[at : at + chance.randint(1, 20)] = b""
        elif kind < 0.6:
            changed[at:at] = chance.choice(_JUNK)
        elif at < len(changed):
            changed[at] = chance.randrange(256)
    return bytes(changed) or b" "


def _read_list(data: bytes) -> None:
    with contextlib.suppress(LeafletError):
        read_list(data, {}, "")


@_MANY
@given(st.sampled_from(_LISTS), st.randoms(use_true_random=False))
def test_a_list_is_read_or_refused(text: str, chance: random.Random) -> None:
    _read_list(_mutated(text.encode(), chance))


def _read_pdf(data: bytes) -> None:
    with contextlib.suppress(LeafletError):
        read_contents(data, "case.pdf")


@_MANY
@given(st.randoms(use_true_random=False))
def test_a_record_is_read_or_refused(chance: random.Random) -> None:
    with contextlib.suppress(LeafletError):
        read_record(_mutated(_RECORD, chance))


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "examplol.md").write_text(MONOGRAPH, "utf-8")
    return ProjectMonographs(folder).sheet(folder / "examplol.md", Audience.PATIENT).pdf.data


def test_a_pdf_is_read_or_refused(sheet: bytes) -> None:
    chance = random.Random(14)
    for _ in range(EXAMPLES):
        _read_pdf(_mutated(sheet, chance))


def _found(*endings: str) -> list[Path]:
    return sorted(path for path in FOUND.glob("*") if path.suffix in endings)


@pytest.mark.parametrize("path", _found(".md"), ids=lambda path: path.name)
def test_a_text_that_was_found_is_read_or_refused(path: Path) -> None:
    _read(path.read_bytes().decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("path", _found(".csv", ".json", ".jsonl"), ids=lambda path: path.name)
def test_a_list_that_was_found_is_read_or_refused(path: Path) -> None:
    _read_list(path.read_bytes())


def test_an_attachment_without_its_file_is_refused(sheet: bytes) -> None:
    """Found by the mutations above: the reader of PDFs gave a wrong kind of object in its place."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        for name in pdf.attachments:
            pdf.attachments[name].obj.EF = pikepdf.Dictionary(F=pikepdf.Array([1]))
        pdf.save(out)
    with pytest.raises(LeafletError, match="no PDF that can be read"):
        read_contents(out.getvalue(), "case.pdf")
