"""A record of openFDA's drug labels (JSON) → `DrugLabel`: a section for each of its fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from leaflets.errors import ContentError, UsageError
from leaflets.exchange.labels import BOX, DrugLabel, LabelSection, iso_date, section_name, with_single_names
from leaflets.exchange.narrative import run
from leaflets.json_depth import require_shallow
from leaflets.model.finding import counted
from leaflets.model.monograph import Paragraph

_MAX_BYTES = 50_000_000
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\s+[A-Z]")

_CHAPTERS = {
    "indications_and_usage": "1", "dosage_and_administration": "2", "dosage_forms_and_strengths": "3",
    "contraindications": "4", "warnings_and_cautions": "5", "adverse_reactions": "6", "drug_interactions": "7",
    "use_in_specific_populations": "8", "pregnancy": "8", "lactation": "8", "pediatric_use": "8", "geriatric_use": "8",
    "overdosage": "10", "description": "11", "clinical_pharmacology": "12", "mechanism_of_action": "12",
    "pharmacodynamics": "12", "pharmacokinetics": "12", "nonclinical_toxicology": "13", "clinical_studies": "14",
    "how_supplied": "16", "storage_and_handling": "16", "information_for_patients": "17",
}  # fmt: skip
"""The chapter of a label in the form of 2006 that a field holds; a number at the start of its text begins with it."""


def read_openfda(data: bytes, file: str, set_id: str = "") -> DrugLabel:
    """The label of a record, or of the one hit in an answer; `set_id` says which of several.

    Raises ContentError where it is none, UsageError where it holds several.
    """
    record = _one(_records(data, file), file, set_id)
    sections = with_single_names(list(_sections(record)))
    tables = sum(len(value) for name, value in record.items() if name.endswith("_table") and isinstance(value, list))
    of = record.get("openfda")
    left_out = (f"the form of {counted(tables, 'table')}, whose words are in the text",) if tables else ()
    return DrugLabel(
        _title(of if isinstance(of, dict) else {}), str(record.get("set_id", "")), str(record.get("version", "")),
        iso_date(str(record.get("effective_time", ""))), "openFDA", sections, left_out,
    )  # fmt: skip


def _records(data: bytes, file: str) -> list[Mapping[str, Any]]:
    if len(data) > _MAX_BYTES:
        raise ContentError(f"{file}: the file is larger than {_MAX_BYTES:,} bytes", "Save one record alone.")
    try:
        text = data.decode("utf-8-sig")
        require_shallow(text)
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{file}: it is no JSON that can be read: {error}", "Save the answer again.") from error
    records = answer.get("results", [answer]) if isinstance(answer, dict) else answer
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise ContentError(f"{file}: the JSON is no record of openFDA's drug labels", "Ask api.fda.gov/drug/label.")
    return records


def _one(records: list[Mapping[str, Any]], file: str, set_id: str) -> Mapping[str, Any]:
    if set_id:
        records = [each for each in records if str(each.get("set_id", "")).lower() == set_id.lower()]
    if not records:
        which = f" with the set id {set_id}" if set_id else ""
        raise ContentError(f"{file}: there is no label in it{which}", "Ask api.fda.gov/drug/label again.")
    if len(records) > 1:
        shown = [f"{each.get('set_id', 'no set id')}  {_title(each.get('openfda') or {})}" for each in records[:20]]
        raise UsageError(
            f"{file}: it holds {len(records):,} labels", "Say which with --set-id:\n  " + "\n  ".join(shown)
        )
    return records[0]


def _title(of: Any) -> str:
    def first(name: str) -> str:
        values = of.get(name) if isinstance(of, dict) else None
        return str(values[0]) if isinstance(values, list) and values else ""

    called, generic = first("brand_name"), first("generic_name")
    if generic and generic.lower() != called.lower():
        called = f"{called} ({generic})" if called else generic
    return ", ".join(part for part in (called or "Medicine", "US label", first("manufacturer_name")) if part)


def _sections(record: Mapping[str, Any]) -> Iterator[LabelSection]:
    """A section for each field with text."""
    texts = {
        name: [" ".join(part.split()) for part in value if isinstance(part, str) and part.strip()]
        for name, value in record.items()
        if isinstance(value, list) and not name.endswith("_table") and name != "spl_product_data_elements"
    }
    for name, parts in texts.items():
        title = name.removeprefix("spl_").replace("_", " ").capitalize()
        blocks = tuple(Paragraph(0, run(part)) for part in parts)
        if blocks:
            yield LabelSection(_section(name, title, parts[0]), title, blocks)


def _section(name: str, title: str, text: str) -> str:
    match = _NUMBERED.match(text)
    if match and match[1].partition(".")[0] == _CHAPTERS.get(name):
        return match[1]
    return BOX if name == "boxed_warning" else section_name(title)
