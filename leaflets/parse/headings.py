"""Which canonical section an author's heading means, by a table of synonyms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leaflets.model import plain
from leaflets.parse.inline import inline

SYNONYMS: dict[str, tuple[str, ...]] = {
    "generic_name": (
        "generic name",
        "generic names",
        "generic name (approximation)",
        "name",
        "international nonproprietary name",
        "inn",
    ),
    "key_message": (
        "key message",
        "key messages",
        "most important",
        "the most important things",
        "key facts",
        "in short",
    ),
    "urgent": ("get help now", "urgent", "emergency", "when to get help", "when to get help right away", "red flags"),
    "indications": (
        "indications",
        "indication",
        "usage",
        "uses",
        "use",
        "indications and usage",
        "indications and uses",
        "uses and indications",
        "therapeutic indications",
        "what it is for",
        "what is it for",
        "what it is used for",
        "medical uses",
        "therapeutic uses",
        "indications & usage",
        "clinical uses",
    ),
    "contraindications": (
        "contraindications",
        "contraindication",
        "contra-indications",
        "do not use",
        "do not take",
        "who should not take it",
        "when not to use",
        "do not use if",
        "do not take if",
    ),
    "precautions": (
        "precautions",
        "precaution",
        "warnings",
        "warning",
        "warnings and precautions",
        "precautions and warnings",
        "warnings & precautions",
        "cautions",
        "special warnings",
        "safety",
        "safety information",
        "before you take it",
        "before starting",
        "special precautions",
        "special warnings and precautions",
        "special warnings and precautions for use",
        "important safety information",
        "use with caution",
    ),
    "boxed_warning": ("boxed warning", "black box warning", "box warning"),
    "interactions": (
        "interactions",
        "drug interactions",
        "interaction",
        "other medicines",
        "drug-drug interactions",
        "interaction with other medicinal products and other forms of interaction",
        "medicine interactions",
    ),
    "pregnancy": (
        "pregnancy",
        "pregnancy and breastfeeding",
        "pregnancy and breast-feeding",
        "pregnancy and lactation",
        "pregnancy & breastfeeding",
        "lactation",
        "breastfeeding",
        "fertility, pregnancy and lactation",
        "pregnancy, breastfeeding and contraception",
        "pregnancy, breast-feeding and contraception",
        "use in specific populations",
        "special populations",
    ),
    "dosage": (
        "dosage",
        "dose",
        "doses",
        "dosing",
        "dosage and administration",
        "posology",
        "posology and administration",
        "dose and administration",
        "dosage & administration",
        "how to take it",
        "how to use it",
        "dose by indication",
        "dosage by indication",
        "administration",
        "recommended dosage",
        "dosage information",
    ),
    "adjustments": (
        "adjustments",
        "dose adjustments",
        "dosage adjustments",
        "dose adjustment",
        "dosage adjustment",
        "dose modification",
        "dose modifications",
        "renal and hepatic impairment",
    ),
    "missed_dose": ("missed dose", "missed doses", "if you miss a dose", "missing a dose"),
    "overdose": ("overdose", "overdosage", "if you take too much", "too much"),
    "monitoring": (
        "monitoring",
        "monitoring requirements",
        "tests",
        "tests and checks",
        "laboratory monitoring",
        "blood tests",
        "monitoring and blood-count limits",
        "blood-count limits",
        "blood count limits",
    ),
    "side_effects": (
        "side effects",
        "side effect",
        "side-effects",
        "adverse effects",
        "adverse reactions",
        "undesirable effects",
        "possible side effects",
        "adverse events",
        "harms",
        "adverse drug reactions",
        "harms by frequency",
    ),
    "storage": (
        "storage",
        "how to store it",
        "storing",
        "storage and handling",
        "storage and disposal",
        "handling and storage",
    ),
    "mechanism": (
        "mechanism",
        "how it works",
        "mechanism of action",
        "pharmacology",
        "how does it work",
        "how it work",
        "action",
        "pharmacodynamics",
        "pharmacodynamic properties",
        "mode of action",
    ),
    "supply": (
        "supply",
        "how supplied",
        "dosage forms",
        "forms and strengths",
        "dosage forms and strengths",
        "availability",
    ),
    "counselling": (
        "counselling",
        "counseling",
        "counselling points",
        "counseling points",
        "patient counselling",
        "patient counseling",
        "patient advice",
        "while you take it",
        "advice to patients",
        "patient information",
        "patient counseling information",
    ),
    "faqs": (
        "faqs",
        "faq",
        "questions",
        "frequently asked questions",
        "common questions",
        "questions and answers",
        "q&a",
        "frequently asked questions (faqs)",
    ),
    "sources": ("sources", "references", "bibliography", "further reading"),
    "disclaimer": ("disclaimer", "important disclaimer", "medical disclaimer", "disclaimers"),
}

BY_WORDS = {words: section for section, synonyms in SYNONYMS.items() for words in synonyms}

CONTENT = frozenset(SYNONYMS) - {"generic_name", "disclaimer", "sources"}

_QUALIFIED = re.compile(r"^(?P<head>[^()]{2,60}?)\s*\((?P<subject>[^()]{2,120})\)$")
_INLINE = re.compile(r"[\\\[&<]")
# Marks at the edge of a word; a star or a stroke that stands alone, or inside a word, is a sign of its own.
_MARKS = re.compile(r"(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading understood: canonical id, the author's words, the component meant, and text from the same line."""

    id: str
    words: str
    subject: str = ""
    rest: str = ""


def bare(raw: str) -> str:
    """A heading without closing hashes, the name and class a converter gave it, bold marks and trailing colons."""
    text = re.sub(r"\s+(?:#+|\{[#.][^{}]*\})\s*$", "", raw.strip())
    text = re.sub(r"\s+", " ", _MARKS.sub("", text)).strip()
    return text.rstrip(":： ").strip()


def tidy(raw: str) -> str:
    """The words of a heading: links, entities and reference marks resolved as in a paragraph."""
    text = bare(raw)
    return bare(plain(inline(text))) if _INLINE.search(text) else text


def section_id(words: str) -> str | None:
    """The canonical id for exactly these words, or None."""
    return BY_WORDS.get(words.casefold().replace("’", "'").strip())


def understand(raw: str) -> Heading:
    """What a heading means: knows `Usage`, `**Usage:**`, `Usage (Aspirin)`, `Aspirin usage` and `Usage: its text`.

    A heading that no synonym knows gets the id "other" and keeps its words.
    """
    words = tidy(raw)
    for reading in (_exact, _with_text, _qualified, _prefixed):
        heading = reading(words, raw)
        if heading is not None:
            return heading
    return Heading("other", words)


def _exact(words: str, raw: str) -> Heading | None:
    found = section_id(words)
    return Heading(found, words) if found else None


def _with_text(words: str, raw: str) -> Heading | None:
    head, colon, rest = raw.strip().partition(":")
    if not colon or not rest.strip(" *#_"):
        return None
    inner = understand(head) if ":" not in head else None
    if inner is None or inner.id == "other":
        return None
    text = rest.strip()
    if head.count("**") % 2 and text.startswith("**"):  # "**Usage:** text": the bold closes after the colon
        text = text[2:].strip()
    elif head.count("**") % 2:  # "**Usage: text**"
        text = f"**{text}"
    return Heading(inner.id, inner.words, inner.subject, text)


def _qualified(words: str, raw: str) -> Heading | None:
    match = _QUALIFIED.match(words)
    found = section_id(match["head"]) if match else None
    return Heading(found, words, match["subject"]) if match and found else None


def _prefixed(words: str, raw: str) -> Heading | None:
    parts = words.split(" ")
    for size in (3, 2, 1):
        found = section_id(" ".join(parts[-size:])) if len(parts) > size else None
        if found and found not in {"generic_name", "supply"} and parts[-1].casefold() != "use":
            return Heading(found, words, " ".join(parts[:-size]))
    return None
