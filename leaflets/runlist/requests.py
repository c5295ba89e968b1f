"""A row of cells → a request for copies: which leaflet, how many, where to, and what its label says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from leaflets.labels import LABEL_FIELDS, Label
from leaflets.languages import BESIDE
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.runlist.columns import CODE_COLUMNS, ListRow
from leaflets.runlist.drug_names import DrugMatch, DrugNames

MAX_COPIES = 500
"""Copies one row may ask for; more is a slipped column."""

_Shared = TypeVar("_Shared", Leaflet, str)
_Choice = TypeVar("_Choice", Audience, TypeSize, Paper)

_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(\+[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")
_DESTINATION_LENGTH = 60

INVISIBLE = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0xFEFF))
"""Characters without a shape, which would make two destinations of names that look the same."""


@dataclass(frozen=True, slots=True)
class RowDefaults:
    """What holds for a row that does not say otherwise.

    `lang_given` is true where the user gave the language for this run; a patient's own language does not replace it.
    """

    edition: Edition = field(default_factory=lambda: Edition(Audience.PATIENT))
    destination: str = "print"
    lang_given: bool = False


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """A valid row: so many copies of a leaflet to a destination, with this label. A clinician sheet has no label.

    `directions_lang` is the language of directions that are our words, empty for those of the list.
    """

    line: int
    leaflet: Leaflet
    copies: int
    destination: str
    label: Label | None
    cells: Mapping[str, str] = field(repr=False)
    directions_lang: str = ""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is refused; never repeats its text, which may be a patient's. `hint` may name monographs of ours."""

    line: int
    code: str
    message: str
    hint: str = ""


def copy_request(row: ListRow, names: DrugNames, defaults: RowDefaults) -> CopyRequest | RowFault:
    """The copies a row asks for, or the first thing wrong with it."""
    if row.fault:
        return RowFault(row.line, "list-row", row.fault)
    cells = row.cells
    drug = _drug(row, names)
    if isinstance(drug, RowFault):
        return drug
    try:
        edition = _edition(row, defaults)
        copies = _copies(cells.get("copies", ""))
        destination = _destination(cells.get("destination", "")) or defaults.destination
    except ValueError as error:
        return RowFault(row.line, "list-cell", str(error))
    label = None if edition.audience is Audience.CLINICIAN else _label(cells)
    leaflet = _shared(Leaflet(drug, edition))
    return CopyRequest(row.line, leaflet, copies, _shared(destination), label, cells, row.directions_lang)


@lru_cache(maxsize=10_000)
def _shared(value: _Shared) -> _Shared:
    """The first value that was equal to this one, so that a list of many rows keeps each of them once."""
    return value


def request_of_copy(row: ListRow, leaflet: Leaflet, destination: str) -> CopyRequest:
    """The request for one more copy of a leaflet, whatever the row's drug would stand for today: a reprint."""
    label = None if leaflet.edition.audience is Audience.CLINICIAN else _label(row.cells)
    return CopyRequest(row.line, leaflet, 1, destination, label, row.cells)


def _drug(row: ListRow, names: DrugNames) -> str | RowFault:
    """The one monograph that all the drug columns of a row agree on."""
    cells = [
        ("" if column == "drug" else column, row.cells[column])
        for column in ("drug", *CODE_COLUMNS)
        if row.cells.get(column)
    ]
    if not cells:
        return RowFault(row.line, "list-no-drug", "the row names no drug")
    meant: set[str] = set()
    for kind, text in cells:
        match = _match(text, kind, names)
        if len(match.drugs) != 1:
            hint = _candidates(match.drugs) or _near(match.near)
            return RowFault(row.line, "list-drug", f"column `{kind or 'drug'}`: {match.reason}", hint)
        meant.update(match.drugs)
    if len(meant) > 1:
        return RowFault(
            row.line, "list-drug", "its drug columns mean different monographs", _candidates(tuple(sorted(meant)))
        )
    return meant.pop()


def _match(text: str, kind: str, names: DrugNames) -> DrugMatch:
    """The drugs one cell stands for. It may hold several codes, one a line, as FHIR lists codes of one and the same
    drug: codes of no monograph are ignored, the others must agree.
    """
    matches = [names.find(code, kind) for code in text.splitlines()] if kind else [names.find(text)]
    matched = [match for match in matches if match.drugs]
    drugs = tuple(sorted({drug for match in matched for drug in match.drugs}))
    if len(matched) < 2 or len(drugs) == 1:
        return next(iter(matched), matches[0])
    return DrugMatch(drugs, reason="its codes mean more than one monograph")


def _candidates(drugs: tuple[str, ...]) -> str:
    return f"It may be {' or '.join(drugs)}; name one of them." if drugs else ""


def _near(near: tuple[str, ...]) -> str:
    return f"Near names: {', '.join(near)}." if near else ""


def _edition(row: ListRow, defaults: RowDefaults) -> Edition:
    cells, default = row.cells, defaults.edition
    audience = _one_of(Audience, cells.get("audience", ""), default.audience, "audience")
    patient_lang = row.patient_lang if audience is Audience.PATIENT and not defaults.lang_given else ""
    if patient_lang in default.lang.split(BESIDE):
        patient_lang = ""  # the default has it already, alone or beside another
    lang = cells.get("lang", "").replace("_", "-") or patient_lang or default.lang
    if not _LANG.fullmatch(lang):
        raise ValueError("column `lang` holds no language tag (en, es, en+es …)")
    paper = _one_of(Paper, cells.get("paper", ""), default.paper, "paper")
    return Edition(audience, lang, paper, _one_of(TypeSize, cells.get("edition", ""), default.type_size, "edition"))


def _one_of(kinds: type[_Choice], text: str, default: _Choice, column: str) -> _Choice:
    if not text:
        return default
    choices = {kind.value: kind for kind in kinds}
    if text.casefold() not in choices:
        raise ValueError(f"column `{column}` holds none of: {', '.join(choices)}")
    return choices[text.casefold()]


def _copies(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_COPIES:
        raise ValueError(f"column `copies` holds no number from 1 to {MAX_COPIES}")
    return int(text)


def _destination(text: str) -> str:
    if len(text) > _DESTINATION_LENGTH or "\n" in text or "\r" in text:
        raise ValueError(f"column `destination` is longer than one line of {_DESTINATION_LENGTH} characters")
    return " ".join(text.translate(INVISIBLE).split())


def _label(cells: Mapping[str, str]) -> Label | None:
    filled = {name: cells[name] for name in LABEL_FIELDS if cells.get(name)}
    return Label(**filled) if filled else None
