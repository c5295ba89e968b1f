"""A row of cells → an order: which leaflet, how many, where to, and what stands on the label."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from leaflets.labels import LABEL_FIELDS, Label
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition, Paper, TypeSize
from leaflets.runlist.columns import CODES, ListRow
from leaflets.runlist.drug_names import DrugMatch, DrugNames

MAX_COPIES = 500
"""Copies one row may ask for; more is a slipped column."""

_Choice = TypeVar("_Choice", Audience, TypeSize, Paper)

_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(\+[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")
_DESTINATION_LENGTH = 60

MARKS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0xFEFF))
"""Characters that nobody sees, but that can turn round or tell apart names that look the same."""


@dataclass(frozen=True, slots=True)
class RowDefaults:
    """What a row means where it does not say."""

    edition: Edition = field(default_factory=lambda: Edition(Audience.PATIENT))
    destination: str = "print"


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """A row that was understood."""

    line: int
    leaflet: Leaflet
    copies: int
    destination: str
    label: Label | None
    cells: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken; never repeats what stands in it. `hint` may name monographs of ours."""

    line: int
    code: str
    message: str
    hint: str = ""


def order(row: ListRow, aliases: DrugNames, defaults: RowDefaults) -> CopyRequest | RowFault:
    """The order a row stands for, or the first thing wrong with it."""
    if row.fault:
        return RowFault(row.line, "list-row", row.fault)
    cells = row.cells
    drug = _drug(row, aliases)
    if isinstance(drug, RowFault):
        return drug
    try:
        edition = _edition(cells, defaults.edition)
        copies = _copies(cells.get("copies", ""))
        destination = _destination(cells.get("destination", "")) or defaults.destination
    except ValueError as error:
        return RowFault(row.line, "list-cell", str(error))
    return CopyRequest(row.line, Leaflet(drug, edition), copies, destination, _label(cells), cells)


def _drug(row: ListRow, aliases: DrugNames) -> str | RowFault:
    """The one monograph that all the drug columns of a row agree on."""
    asked = [
        (kind, row.cells[name]) for name, kind in (("drug", ""), *zip(CODES, CODES, strict=True)) if row.cells.get(name)
    ]
    if not asked:
        return RowFault(row.line, "list-no-drug", "the row names no drug")
    agreed: set[str] = set()
    for kind, text in asked:
        match = _meant(text, kind, aliases)
        if len(match.drugs) != 1:
            hint = _candidates(match.drugs) or _near(match.near)
            return RowFault(row.line, "list-drug", f"column `{kind or 'drug'}`: {match.reason}", hint)
        agreed.update(match.drugs)
    if len(agreed) > 1:
        return RowFault(
            row.line, "list-drug", "its drug columns mean different monographs", _candidates(tuple(sorted(agreed)))
        )
    return agreed.pop()


def _meant(text: str, kind: str, aliases: DrugNames) -> DrugMatch:
    """What one column means. A cell may hold several codes, one a line, as FHIR lists codes of one and the same drug:
    those that nobody here knows are passed over, the others must agree.
    """
    matches = [aliases.find(code, kind) for code in text.splitlines()] if kind else [aliases.find(text)]
    known = [match for match in matches if match.drugs]
    drugs = tuple(sorted({drug for match in known for drug in match.drugs}))
    if len(known) < 2 or len(drugs) == 1:
        return next(iter(known), matches[0])
    return DrugMatch(drugs, reason="its codes mean more than one monograph")


def _candidates(drugs: tuple[str, ...]) -> str:
    return f"It may be {' or '.join(drugs)}; name one of them." if drugs else ""


def _near(near: tuple[str, ...]) -> str:
    return f"Near names: {', '.join(near)}." if near else ""


def _edition(cells: Mapping[str, str], default: Edition) -> Edition:
    lang = cells.get("lang", "").replace("_", "-") or default.lang
    if not _LANG.fullmatch(lang):
        raise ValueError("column `lang` holds no language tag (en, es, en+es …)")
    audience = _one_of(Audience, cells.get("audience", ""), default.audience, "audience")
    paper = _one_of(Paper, cells.get("paper", ""), default.paper, "paper")
    return Edition(audience, lang, paper, _one_of(TypeSize, cells.get("edition", ""), default.type_size, "edition"))


def _one_of(kinds: type[_Choice], text: str, default: _Choice, column: str) -> _Choice:
    if not text:
        return default
    known = {kind.value: kind for kind in kinds}
    if text.casefold() not in known:
        raise ValueError(f"column `{column}` holds none of: {', '.join(known)}")
    return known[text.casefold()]


def _copies(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_COPIES:
        raise ValueError(f"column `copies` holds no number from 1 to {MAX_COPIES}")
    return int(text)


def _destination(text: str) -> str:
    if len(text) > _DESTINATION_LENGTH or "\n" in text or "\r" in text:
        raise ValueError(f"column `destination` is longer than one line of {_DESTINATION_LENGTH} characters")
    return " ".join(text.translate(MARKS).split())


def _label(cells: Mapping[str, str]) -> Label | None:
    given = {name: cells[name] for name in LABEL_FIELDS if cells.get(name)}
    return Label(**given) if given else None
