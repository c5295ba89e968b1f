"""Labels of other systems as evidence: SPL and openFDA, every word kept, whatever the file holds."""

import io
import json
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.errors import ContentError, LeafletError, UsageError
from leaflets.exchange import DrugLabel, LabelSection, added, label_passages, read_label
from leaflets.exchange.narrative import words_of
from leaflets.model.evidence import Evidence
from leaflets.model.monograph import Block, Item, Items, Paragraph, Subheading, Table, TableRow, TextRun
from leaflets.parse.evidence_file import parse_evidence
from tests.running import Leaflet

LABELS = Path(__file__).parent / "labels"
SPL, OPENFDA = (LABELS / "examplol.xml").read_bytes(), (LABELS / "examplol.json").read_bytes()
MONOGRAPH = "---\ntitle: Examplol\nversion: '1'\n---\n\n### Dosage\n\n2.5 mg once daily.[^L1:2.1] Keep it dry.[^L1:4]\n"


def _evidence(label: DrugLabel) -> Evidence:
    text, _ = added("", label, name="examplol", file="e.md")
    return parse_evidence(text, name="examplol", file="e.md")


def test_spl_has_its_sections_by_their_own_numbers() -> None:
    label = read_label(SPL, "a.xml")
    assert (label.title, label.set_id, label.version, label.date) == (
        "Examplol (examplol sodium), US label, Made-up Works", "00000000-0000-0000-0000-000000000000", "7",
        "2026-05-01",
    )  # fmt: skip
    passages = _evidence(label).passages
    assert [(passage.mark, passage.title, passage.topic) for passage in passages] == [
        ("L1:Box", "Boxed warning", "boxed_warning"), ("L1:2.1", "Recommended dosage", "dosage"),
        ("L1:4.1", "Active bleeding", "other"), ("L1:Storage-and-handling", "Storage", "storage"),
    ]  # fmt: skip
    assert label.left_out == ("the highlights, which sum the sections up", "1 picture")


def test_text_lists_and_tables_of_spl_are_kept() -> None:
    text = label_passages(read_label(SPL, "a.xml"), "L1")
    dosage = text.split("Recommended dosage\n\n")[1].split("\n\n## ")[0]
    assert dosage == (
        "Start with 2.5 mg once daily (note a), at most 10² mg/m²; platelets above 50 × 10⁹/L, B₁₂ first.\n\n"
        "Table 1: Dose by weight\n\n"
        "| Weight | Dose, Start | Dose, Most |\n|---|---|---|\n"
        "| < 50 kg[a] | 2 mg; 4 mg | 10 mg &#124; day |\n"
        "| < 50 kg[a] | 3 mg (note a) | 12 mg |\n"
        "| [a] With food. |  |  |\n\n"
        "Note a: Half a tablet.\n\n"
        "### Missed dose\n\n"
        "1&#46; Skip it. &#42; Never take two."
    )
    assert text.endswith("Below 25 °C:\n\n- dry\n- dark &#91;^L1]\n")
    assert "### WARNING: BLEEDING\n\n- Major or fatal bleeding (5.1)\n" in text


def test_openfda_has_a_section_for_each_field() -> None:
    label = read_label(OPENFDA, "a.json")
    assert label.title == "Examplol (examplol sodium), US label, Made-up Works"
    passages = _evidence(label).passages
    assert [(passage.section, passage.title) for passage in passages] == [
        ("Box", "Boxed warning"), ("2", "Dosage and administration"), ("Warnings", "Warnings"),
    ]  # fmt: skip
    assert words_of(passages[2].blocks) == "10 drops are too many."


def test_of_several_labels_one_must_be_named() -> None:
    one = json.loads(OPENFDA)["results"][0]
    data = json.dumps({"results": [one, {**one, "set_id": "22222222"}]}).encode()
    with pytest.raises(UsageError, match="it holds 2 labels") as caught:
        read_label(data, "a.json")
    assert "22222222  Examplol" in caught.value.hint
    assert read_label(data, "a.json", "22222222").set_id == "22222222"
    with pytest.raises(ContentError, match="no label in it with the set id 3"):
        read_label(data, "a.json", "3")


def test_the_archive_of_dailymed_is_read() -> None:
    assert read_label(_zip({"a/label.xml": SPL, "a/p.jpg": b"x"}), "a.zip") == read_label(SPL, "a.xml")


def _zip(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()


def _declaring(what: bytes) -> bytes:
    """The label with an entity declared and used."""
    declared = SPL.replace(b"<document", b"<!DOCTYPE document [" + what + b"]>\n<document", 1)
    return declared.replace(b"Half a tablet", b"&x;")


_LAUGHS = _declaring(b'<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;&a;">')
_OUTSIDE = _declaring(b'<!ENTITY x SYSTEM "file:///etc/passwd">')
_HUGE = SPL.replace(b"<tr><td>", b"<tr>" + b'<td colspan="99">1</td>' * 250 + b"</tr><tr><td>")
NASTY = {
    "laughs": _LAUGHS, "outside": _OUTSIDE, "deep": b"<a>" * 5_000 + b"</a>" * 5_000,
    "deeper": b"<a>" * 90 + b"</a>" * 90, "cut": SPL[:900], "encoding": SPL.replace(b"UTF-8", b"UTF-99"),
    "not utf-8": SPL.replace("°".encode(), b"\xb0"), "other": b"<html/>", "empty": b"", "text": b"hello",
    "json": b"{", "json of others": b'{"results": 3}', "json list": b"[1]", "no text": b'{"set_id": "1"}',
    "deep json": b"[" * 100_000, "no archive": b"PK\x03\x04abc", "two": _zip({"a.xml": SPL, "b.xml": SPL}),
    "bomb": _zip({"a.xml": b" " * 30_000_000}), "huge table": _HUGE,
}  # fmt: skip


@pytest.mark.parametrize("kind", NASTY)
def test_a_nasty_file_is_refused_in_a_sentence(kind: str) -> None:
    with pytest.raises(ContentError):
        read_label(NASTY[kind], "a")


@given(st.lists(st.tuples(st.integers(0, len(SPL)), st.integers(0, len(SPL)), st.binary(max_size=6)), max_size=4))
@settings(max_examples=60)
def test_a_damaged_label_is_read_or_refused(cuts: list[tuple[int, int, bytes]]) -> None:
    for data in (SPL, OPENFDA):
        for start, end, put in cuts:
            data = data[:start] + put + data[start + (end - start) % 40 :]
        try:
            _evidence(read_label(data, "a"))
        except LeafletError:
            continue


_SIGNS = st.sampled_from([
    "1.", "2)", "*", "**a**", "_b_", "|", "---", "[^L1]", "[a](b)", "<b>", "<!--", "&amp;", "&#42;", "#", "##", "> x",
    "///", "/// patient", "+", "•", "`", "```", "\\", ":warning:", "Q:", "(a)", "iv.", "!", "![x](y.png)", "=", "===",
    "~~~", "2.5", "10⁹", "≥ 65", "mg/kg", "Note:", "Important:", "word", "3 | 4", "http://a.b", "<http://a.b>", "a?",
    "[ ]", "%", "§", "$", "-", "- -", "{x}", "^", "&lt;", "…", "HLA-B*57:01", ":",
])  # fmt: skip
_TEXTS = st.lists(_SIGNS, min_size=1, max_size=12).map(" ".join)


def _text(words: str) -> tuple[TextRun, ...]:
    return (TextRun(words),)


def _blocks(texts: list[str]) -> tuple[Block, ...]:
    paragraphs = [Paragraph(0, _text(words)) for words in texts]
    row = tuple(map(_text, (*texts, "end")))
    return (
        *paragraphs, Items(0, tuple(Item(0, (each,)) for each in paragraphs)), Subheading(0, _text(f"{texts[0]} end")),
        Table(0, row, (TableRow(0, row),)), Items(0, (Item(0, tuple(paragraphs)),), 1),
    )  # fmt: skip


@given(st.lists(_TEXTS, min_size=1, max_size=3), _TEXTS)
@settings(max_examples=60)
def test_every_word_is_read_back(texts: list[str], title: str) -> None:
    section = LabelSection("2", f"{title} end", _blocks(texts))
    [passage] = _evidence(DrugLabel("A: “label” #1", "", "", "", "", (section,))).passages
    assert _letters(_all_words(passage.blocks)) == _letters(_all_words(section.blocks))
    assert _letters(passage.title) == _letters(f"{title} end")


def _all_words(value: object) -> str:
    """Every word below a block, in order, whatever block holds it."""
    if isinstance(value, TextRun):
        return f"{value.text}{f'[^{value.mark}]' if value.mark else ''}"
    if isinstance(value, tuple):
        return " ".join(map(_all_words, value))
    slots = getattr(type(value), "__slots__", ())
    return " ".join(_all_words(getattr(value, slot)) for slot in sorted(slots, key=_reading_order))


def _reading_order(slot: str) -> int:
    order = ("lead", "title", "question", "header", "text", "blocks", "items", "rows", "cells", "answer")
    return order.index(slot) if slot in order else len(order)


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_long_paragraph_is_wrapped() -> None:
    words = " ".join(f"{number}. *" for number in range(9_000))
    [passage] = _evidence(
        DrugLabel("A", "", "", "", "", (LabelSection("2", "Dosage", (Paragraph(0, _text(words)),)),))
    ).passages
    assert _letters(words_of(passage.blocks)) == _letters(words)


def test_the_numbers_of_real_labels_are_kept(corpus: Path) -> None:
    from lxml import etree

    for path in sorted((corpus / "interchange/spl").glob("*.xml")):
        label = read_label(path.read_bytes(), path.name)
        text = "---\nsources: [{id: L1, kind: label, title: A}]\n---\n\n" + label_passages(label, "L1")
        passages = parse_evidence(text, name="a", file="a").passages
        root = etree.fromstring(path.read_bytes())
        texts = root.iterfind(".//{*}section/{*}text")
        wanted = {word for each in texts for word in _numbers(" ".join(each.itertext()))}
        missing = wanted - {word for each in passages for word in _numbers(words_of(each.blocks))}
        assert {each for each in missing if "." in each} == set(), path.name
        assert len(passages) == len(label.sections)


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


def test_add_makes_an_evidence_file_and_adds_to_one(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("label.xml", SPL)
    ran = leaflet("evidence", "add", "examplol", "label.xml")
    assert ran.code == 0
    assert "wrote content/evidence/examplol.md: L1 is Examplol (examplol sodium), US label, Made-up Works" in ran.err
    assert "left out: 1 picture" in ran.err
    again = leaflet("evidence", "add", "examplol", "label.xml")
    assert (again.code, "leaflet evidence update examplol" in again.err) == (2, True)
    other = leaflet.write("other.xml", SPL.replace(b"00000000-0000", b"00000009-0000"))
    before = (leaflet.folder / "content/evidence/examplol.md").read_text("utf-8")
    assert leaflet("evidence", "add", "examplol", other, "--id", "L1").code == 2
    assert (leaflet.folder / "content/evidence/examplol.md").read_text("utf-8") == before
    assert leaflet("evidence", "add", "examplol", other, "--id", "P1").code == 0
    after = (leaflet.folder / "content/evidence/examplol.md").read_text("utf-8")
    evidence = parse_evidence(after, name="examplol", file="e.md")
    assert {source.id for source in evidence.sources} == {"L1", "P1"}
    assert len(evidence.passages) == 8


def test_add_fills_the_file_that_new_wrote(leaflet: Leaflet) -> None:
    leaflet("new", "examplol")
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("label.json", OPENFDA)
    assert leaflet("evidence", "add", "examplol", "label.json").code == 0
    assert json.loads(leaflet("evidence", "examplol", "--json").out)["statements"]


def test_update_shows_what_differs_and_what_rests_on_it(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("label.xml", SPL)
    leaflet("evidence", "add", "examplol", "label.xml")
    path = leaflet.folder / "content/evidence/examplol.md"
    before = path.read_text("utf-8")
    newer = SPL.replace(b"Start with 2.5", b"Start with 3.5").replace(b'Number value="7"', b'Number value="8"')
    leaflet.write("new.xml", newer.replace(b"20260501", b"20261101"))
    ran = leaflet("evidence", "update", "examplol", "new.xml")
    assert ran.code == 0
    assert "L1:2.1\n" in ran.out
    assert "Start with [-2.5-] {+3.5+} mg" in ran.out
    assert "content/examplol.md:8  2.5 mg once daily." in ran.out
    assert "Keep it dry" not in ran.out
    assert path.read_text("utf-8") == before
    assert leaflet("evidence", "update", "examplol", "new.xml", "--write").code == 0
    evidence = parse_evidence(path.read_text("utf-8"), name="examplol", file="e.md")
    assert [(source.version, source.date) for source in evidence.sources] == [("8", "2026-11-01")]
    assert path.read_text("utf-8").replace("3.5", "2.5").split("\n---\n")[1] == before.split("\n---\n")[1]
    same = json.loads(leaflet("evidence", "update", "examplol", "new.xml", "--json").out)
    assert (same["changes"], same["statements"]) == ([], [])


def test_update_refuses_another_label(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("label.xml", SPL)
    leaflet("evidence", "add", "examplol", "label.xml")
    other = leaflet.write("other.xml", SPL.replace(b"00000000-0000", b"00000009-0000"))
    ran = leaflet("evidence", "update", "examplol", other)
    assert (ran.code, "no source has the set id of this label" in ran.err) == (2, True)


def test_a_packaged_monograph_is_copied_first(leaflet: Leaflet) -> None:
    leaflet.write("label.xml", SPL)
    ran = leaflet("evidence", "add", "metformin", "label.xml")
    assert (ran.code, "leaflet copy metformin" in ran.err) == (2, True)


def test_without_lxml_xml_is_refused_and_json_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(UsageError) as caught:
        read_label(SPL, "a.xml")
    assert 'pip install "leaflets[exchange]"' in caught.value.hint
    assert read_label(OPENFDA, "a.json").sections
