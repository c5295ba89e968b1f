"""What a list calls a drug → the one monograph it means, by exact match; similar names are only suggested."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

NDC_SHAPES = {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}
"""Digits of labeler, product and package; all are one 5-4-2 code with zeros left out (FDA, 21 CFR 207.33)."""

MAX_NEAR = 3

MAX_NEAR_LOOKUPS = 100
"""Names that stand for no drug and for which similar ones are looked up; a list with more has another fault."""


@dataclass(frozen=True, slots=True)
class DrugName:
    """One way to call a monograph: `kind` is name, title, brand, generic, rxcui, ndc, atc …"""

    drug: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DrugMatch:
    """The drugs a name or code stands for: one where it is unambiguous.

    `near` are drugs with similar names where it stands for none; `reason` says why it does not stand for exactly one.
    """

    drugs: tuple[str, ...]
    near: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DrugNames:
    """The drugs of a project by every name, and by every code with its system."""

    by_name: Mapping[str, frozenset[str]]
    by_code: Mapping[tuple[str, str], frozenset[str]]
    _matches: dict[tuple[str, str], DrugMatch] = field(default_factory=dict, compare=False, repr=False)
    _near_names: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str, kind: str = "") -> DrugMatch:
        """The drugs a cell means. `kind` is the code system of its column, empty for a name, brand or any code."""
        key = (kind, text)
        if key not in self._matches:
            self._matches[key] = self._code(kind, text) if kind else self._any(text)
        return self._matches[key]

    def _any(self, text: str) -> DrugMatch:
        word = normalized(text)
        drugs = set(self.by_name.get(word, ()))
        for kind in ("rxcui", "atc"):
            drugs.update(self.by_code.get((kind, word), ()))
        if text[:1].isdigit():
            drugs.update(self._code("ndc", text).drugs)
        if text in drugs:  # the very name of a monograph names it, though it is a brand of another as well
            return _match({text})
        if drugs:
            return _match(drugs)
        if re.fullmatch(r"\d{10}", text):
            return _ten_digits()
        return DrugMatch((), self._near(word), "no monograph has this name, brand or code")

    def _code(self, kind: str, text: str) -> DrugMatch:
        if kind != "ndc":
            drugs = self.by_code.get((kind, normalized(text)), frozenset())
            return _match(drugs) if drugs else DrugMatch((), (), f"no monograph has this {kind} code")
        if re.fullmatch(r"\d{10}", text):
            return _ten_digits()
        whole = ndc_digits(text)
        if not whole:
            return DrugMatch((), (), "this is no NDC: 4-4-2, 5-3-2, 5-4-1 or 5-4-2 with hyphens, or 11 digits")
        drugs = self.by_code.get(("ndc", whole)) or self.by_code.get(("ndc", whole[:9])) or frozenset()
        return _match(drugs) if drugs else DrugMatch((), (), "no monograph has this ndc code")

    def _near(self, wanted: str) -> tuple[str, ...]:
        """Drugs with names like this normalized one; none once MAX_NEAR_LOOKUPS other names were looked up."""
        if wanted not in self._near_names and len(self._near_names) < MAX_NEAR_LOOKUPS:
            self._near_names[wanted] = self._similar(wanted)
        return self._near_names.get(wanted, ())

    def _similar(self, wanted: str) -> tuple[str, ...]:
        close = get_close_matches(wanted, self.by_name, n=MAX_NEAR, cutoff=0.75)
        prefixes = [
            word
            for word in self.by_name
            if len(wanted) > 3 and (wanted.startswith(word + " ") or word.startswith(wanted))
        ]
        near = dict.fromkeys(drug for word in (*close, *prefixes) for drug in sorted(self.by_name[word]))
        return tuple(near)[:MAX_NEAR]


def index_drug_names(names: Iterable[DrugName]) -> DrugNames:
    """The names and codes of a project's drugs, ready for look-up. An NDC is indexed by its digits."""
    by_name: dict[str, set[str]] = {}
    by_code: dict[tuple[str, str], set[str]] = {}
    for name in names:
        if name.kind in {"name", "title", "brand", "generic"}:
            by_name.setdefault(normalized(name.text), set()).add(name.drug)
            continue
        code = (ndc_digits(name.text) or product_digits(name.text)) if name.kind == "ndc" else normalized(name.text)
        if code:
            by_code.setdefault((name.kind, code), set()).add(name.drug)
    by_name.pop("", None)
    return DrugNames(
        {word: frozenset(drugs) for word, drugs in by_name.items()},
        {key: frozenset(drugs) for key, drugs in by_code.items()},
    )


def normalized(text: str) -> str:
    """A name without differences that mean nothing: letter case, repeated spaces, ways to encode an accent."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def ndc_digits(text: str) -> str:
    """The 11 digits of an NDC in any of its shapes, empty where it has none of them; ten digits alone are ambiguous."""
    if re.fullmatch(r"[0-9]{11}", text):
        return text
    parts = text.split("-")
    if not all(re.fullmatch(r"[0-9]+", part) for part in parts) or tuple(map(len, parts)) not in NDC_SHAPES:
        return ""
    labeler, product, package = parts
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def product_digits(text: str) -> str:
    """The 9 digits of an NDC without its package (labeler-product), as a monograph may name all packages at once."""
    parts = text.split("-")
    if len(parts) != 2 or not all(re.fullmatch(r"[0-9]+", part) for part in parts):
        return ""
    shape = (len(parts[0]), len(parts[1]))
    return parts[0].zfill(5) + parts[1].zfill(4) if shape in {(4, 4), (5, 3), (5, 4)} else ""


def _match(drugs: Iterable[str]) -> DrugMatch:
    matched = tuple(sorted(drugs))
    return DrugMatch(matched, (), "" if len(matched) == 1 else "more than one monograph is called so")


def _ten_digits() -> DrugMatch:
    return DrugMatch(
        (), (), "an NDC of ten digits without hyphens can be read three ways; write 11 digits or the hyphens"
    )
