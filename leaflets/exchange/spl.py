"""Structured Product Labeling (SPL) → `DrugLabel`: sections by their own numbers, else by LOINC code or title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from leaflets.errors import ContentError
from leaflets.exchange.labels import BOX, DrugLabel, LabelSection, iso_date, section_name, with_single_names
from leaflets.exchange.narrative import Narrative, run
from leaflets.exchange.xml_text import xml_root
from leaflets.model.finding import counted
from leaflets.model.monograph import Block, Paragraph, Subheading

_V3 = "{urn:hl7-org:v3}"
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\S.*)", re.DOTALL)
_BOXED = "34066-1"
_TITLES = {
    _BOXED: "Boxed warning", "34067-9": "Indications", "34068-7": "Dosage", "34070-3": "Contraindications",
    "34071-1": "Warnings", "42232-9": "Precautions", "43685-7": "Warnings and precautions",
    "34084-4": "Adverse reactions", "34073-7": "Drug interactions", "34088-5": "Overdosage", "34069-5": "How supplied",
    "44425-7": "Storage and handling", "34076-0": "Information for patients", "42231-1": "Medication guide",
    "42230-3": "Patient information", "68498-5": "Patient information", "34089-3": "Description",
    "34090-1": "Clinical pharmacology", "51945-4": "Package label", "55106-9": "Active ingredient",
    "55105-1": "Purpose", "50565-1": "Keep out of reach of children", "51727-6": "Inactive ingredient",
}  # fmt: skip
"""What a section is by its LOINC code, where its title has no number."""


def read_spl(data: bytes, file: str) -> DrugLabel:
    """The label in an SPL document. Raises ContentError where it is none."""
    root = xml_root(data, file)
    if root.tag != f"{_V3}document":
        raise ContentError(f"{file}: the XML is no label (SPL)", "Download the label's XML from DailyMed.")
    reader = _Reader()
    body = root.find(f"{_V3}component/{_V3}structuredBody")
    sections = [] if body is None else list(reader.sections(body, ""))
    left_out = []
    if reader.highlights:
        left_out.append("the highlights, which sum the sections up")
    if reader.narrative.pictures:
        left_out.append(counted(reader.narrative.pictures, "picture"))
    return DrugLabel(
        _title(root), _attribute(root, "setId", "root"), _attribute(root, "versionNumber", "value"),
        iso_date(_attribute(root, "effectiveTime", "value")), "DailyMed", with_single_names(sections), tuple(left_out),
    )  # fmt: skip


def _attribute(element: Any, child: str, name: str) -> str:
    below = element.find(f"{_V3}{child}")
    return "" if below is None else below.get(name, "").strip()


def _title(root: Any) -> str:
    """The first product's name with its generic name, whose label it is, and of whom."""
    product = root.find(f".//{_V3}manufacturedProduct/{_V3}manufacturedProduct/{_V3}name")
    product = root.find(f".//{_V3}manufacturedProduct/{_V3}name") if product is None else product
    generic = root.find(f".//{_V3}genericMedicine/{_V3}name")
    maker = root.find(f"{_V3}author//{_V3}representedOrganization/{_V3}name")
    called, of, by = (
        "" if each is None else " ".join("".join(each.itertext()).split()) for each in (product, generic, maker)
    )
    if of and of.lower() != called.lower():
        called = f"{called} ({of})" if called else of
    return ", ".join(part for part in (called or "Medicine", "US label", by) if part)


class _Reader:
    """Walks through the sections of a document."""

    def __init__(self) -> None:
        self.narrative = Narrative()
        self.highlights = False

    def sections(self, parent: Any, within: str) -> Iterator[LabelSection]:
        """The sections below an element, those without a number of their own within the one above."""
        for section in parent.iterfind(f"{_V3}component/{_V3}section"):
            yield from self._section(section, within)

    def _section(self, section: Any, within: str) -> Iterator[LabelSection]:
        self.highlights = self.highlights or section.find(f"{_V3}excerpt") is not None
        own, inner = self._own(section), []
        name = self._name(section, within)
        blocks = list(own)
        for child in section.iterfind(f"{_V3}component/{_V3}section"):
            if self._stands_alone(child, name):
                inner += list(self._section(child, name))
            else:
                blocks += self._folded(child, inner, name)
        title = self._title(section)
        if not blocks and not inner and title:  # “4.2 Hypersensitivity to any component” says it all
            blocks = [Paragraph(0, run(self._heading(section)))]
        if blocks:
            yield LabelSection(name, self._heading(section), tuple(blocks))
        yield from inner

    def _folded(self, section: Any, inner: list[LabelSection], name: str) -> list[Block]:
        """The blocks of a section without a name, below its title; what it holds with a name goes to `inner`."""
        self.highlights = self.highlights or section.find(f"{_V3}excerpt") is not None
        title = self._title(section)
        blocks: list[Block] = [Subheading(0, run(title))] if title else []
        blocks += self._text(section)
        for child in section.iterfind(f"{_V3}component/{_V3}section"):
            if self._stands_alone(child, name):
                inner += list(self._section(child, name))
            else:
                blocks += self._folded(child, inner, name)
        return blocks

    def _stands_alone(self, section: Any, within: str) -> bool:
        """Whether a section within another has a name: a number, the boxed warning, a title in one without number."""
        title, code = self._title(section), self._code(section)
        has_number = _NUMBERED.fullmatch(title) is not None
        return has_number or code == _BOXED or bool(title and not within[:1].isdigit() and "." not in within)

    def _own(self, section: Any) -> list[Block]:
        """The blocks of a section itself; the title that the boxed warning has of its own stands before its text."""
        title = self._title(section)
        blocks: list[Block] = []
        if self._code(section) == _BOXED and title and not _NUMBERED.fullmatch(title):
            blocks.append(Subheading(0, run(title)))
        return [*blocks, *self._text(section)]

    def _text(self, section: Any) -> tuple[Block, ...]:
        text = section.find(f"{_V3}text")
        return () if text is None else self.narrative.blocks(text)

    def _title(self, section: Any) -> str:
        title = section.find(f"{_V3}title")
        return "" if title is None else " ".join(self.narrative.inline(title).split())

    def _code(self, section: Any) -> str:
        return _attribute(section, "code", "code")

    def _name(self, section: Any, within: str) -> str:
        title = self._title(section)
        match = _NUMBERED.fullmatch(title)
        if match:
            return match[1]
        code = self._code(section)
        return BOX if code == _BOXED else section_name(_TITLES.get(code) or title, within if within != BOX else "")

    def _heading(self, section: Any) -> str:
        title, code = self._title(section), self._code(section)
        match = _NUMBERED.fullmatch(title)
        if match:
            return match[2]
        return _TITLES[_BOXED] if code == _BOXED else title or _TITLES.get(code, "")
