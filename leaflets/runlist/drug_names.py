"""What a list calls a drug → the one monograph it means, exactly; near names are offered, never taken."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NDC_SHAPES = {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}
"""Digits of labeler, product and package; all are one 5-4-2 code with zeros left out (FDA, 21 CFR 207.33)."""

NEAR = 3


@dataclass(frozen=True, slots=True)
class DrugName:
    """One way to call a monograph: `kind` is name, title, brand, generic, rxcui, ndc, atc …"""

    drug: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DrugMatch:
    """What a text means: the drugs it stands for (one where it is exact) and, where there are none, near names."""

    drugs: tuple[str, ...]
    near: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DrugNames:
    """All the ways to call the monographs of a project."""

    words: Mapping[str, frozenset[str]]
    codes: Mapping[tuple[str, str], frozenset[str]]
    _known: dict[tuple[str, str], DrugMatch] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str, kind: str = "") -> DrugMatch:
        """The drugs a cell means. `kind` is the code system of its column, empty for a name, brand or any code."""
        key = (kind, text)
        if key not in self._known:
            self._known[key] = self._code(kind, text) if kind else self._any(text)
        return self._known[key]

    def _any(self, text: str) -> DrugMatch:
        found = set(self.words.get(folded(text), ()))
        for kind in ("rxcui", "atc", "ndc"):
            found.update(self._code(kind, text).drugs)
        if found:
            return _match(found)
        if re.fullmatch(r"\d{10}", text):
            return _ten_digits()
        return DrugMatch((), self._near(text), "no monograph has this name, brand or code")

    def _code(self, kind: str, text: str) -> DrugMatch:
        if kind != "ndc":
            drugs = self.codes.get((kind, folded(text)), frozenset())
            return _match(drugs) if drugs else DrugMatch((), (), f"no monograph has this {kind} code")
        if re.fullmatch(r"\d{10}", text):
            return _ten_digits()
        whole = ndc_digits(text)
        if not whole:
            return DrugMatch((), (), "this is no NDC: 4-4-2, 5-3-2, 5-4-1 or 5-4-2 with hyphens, or 11 digits")
        drugs = self.codes.get(("ndc", whole)) or self.codes.get(("ndc", whole[:9])) or frozenset()
        return _match(drugs) if drugs else DrugMatch((), (), "no monograph has this ndc code")

    def _near(self, text: str) -> tuple[str, ...]:
        wanted = folded(text)
        close = difflib.get_close_matches(wanted, self.words, n=NEAR, cutoff=0.75)
        begun = [
            word
            for word in self.words
            if len(wanted) > 3 and (wanted.startswith(word + " ") or word.startswith(wanted))
        ]
        near = dict.fromkeys(drug for word in (*close, *begun) for drug in sorted(self.words[word]))
        return tuple(near)[:NEAR]


def gather(aliases: Iterable[DrugName]) -> DrugNames:
    """The aliases of a project, ready to be asked. Codes are kept by system; an NDC by its digits."""
    words: dict[str, set[str]] = {}
    codes: dict[tuple[str, str], set[str]] = {}
    for alias in aliases:
        if alias.kind in {"name", "title", "brand", "generic"}:
            words.setdefault(folded(alias.text), set()).add(alias.drug)
            continue
        code = (ndc_digits(alias.text) or product_digits(alias.text)) if alias.kind == "ndc" else folded(alias.text)
        if code:
            codes.setdefault((alias.kind, code), set()).add(alias.drug)
    words.pop("", None)
    return DrugNames(
        {word: frozenset(drugs) for word, drugs in words.items()},
        {key: frozenset(drugs) for key, drugs in codes.items()},
    )


def folded(text: str) -> str:
    """A name without the differences that mean nothing: letter case, doubled spaces, ways to write an accent."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def ndc_digits(text: str) -> str:
    """The 11 digits of an NDC in any of its shapes; empty where it has none of them. Ten bare digits are ambiguous."""
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
    found = tuple(sorted(drugs))
    return DrugMatch(found, (), "" if len(found) == 1 else "more than one monograph is called so")


def _ten_digits() -> DrugMatch:
    return DrugMatch(
        (), (), "an NDC of ten digits without hyphens can be read three ways; write 11 digits or the hyphens"
    )
