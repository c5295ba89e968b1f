"""A patient → what a label says of them, and the language they read."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from leaflets.languages import LANGUAGES
from leaflets.runlist.fhir.values import Object, UnreadableResource, flag, member, members, text, texts

_USE_RANK = {"official": 0, "usual": 1, "temp": 3, "secondary": 3, "nickname": 4, "anonymous": 4, "maiden": 5, "old": 5}
"""The `use` of a name or an identifier, ranked for a label: the lowest is best, 2 stands for no use given."""

_RECORD_NUMBER = "MR"
_NEVER_PRINTED = frozenset({"SS", "DL", "PPN", "TAX", "BC"})
"""Types of identifiers that name a person outside health care (terminology.hl7.org/CodeSystem/v2-0203)."""

_OUTSIDE_HEALTH_CARE = ("us-ssn", "2.16.840.1.113883.4.1.", "/us-dl", "/passport", "2.16.840.1.113883.4.3.", "/us-itin")
"""What is in the system of such an identifier, where it has no type (hl7.org/fhir/R4/identifier-registry.html)."""

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SCRIPTS = {"en": "Latn", "es": "Latn", "vi": "Latn", "ar": "Arab", "zh": "Hans"}
_TRADITIONAL = frozenset({"TW", "HK", "MO"})
"""Regions whose Chinese is written in traditional characters, unless the tag says otherwise."""

_THREE_LETTERS = {"eng": "en", "spa": "es", "ara": "ar", "vie": "vi", "zho": "zh", "chi": "zh"}
_NAMES = {"english": "en", "spanish": "es", "arabic": "ar", "vietnamese": "vi"}


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What the label says of a patient, and the tag of the language they read; empty where that is not known."""

    name: str = field(repr=False)
    identifier: str = field(repr=False)
    birth_date: str = field(repr=False)
    lang: str = field(repr=False)


def patient_facts(subject: Object, patient: Object) -> PatientFacts:
    """The facts about the patient that a dispense refers to by `subject`; `patient` is empty where it refers to none.

    Raises UnreadableResource where the language they read is no language tag.
    """
    name = next(iter(_in_use(members(patient, "name"))), {})
    spelled = " ".join([*texts(name, "given"), text(name, "family"), *texts(name, "suffix")]).strip()
    own = [member(subject, "identifier")] if subject.get("identifier") else []
    return PatientFacts(
        text(name, "text") or spelled or text(subject, "display"),
        label_identifier([*members(patient, "identifier"), *own]),
        text(patient, "birthDate"),
        spoken_language(patient),
    )


def label_identifier(identifiers: Sequence[Object]) -> str:
    """The medical record number if there is one, else the first by use; never a number from outside health care."""
    usable = [one for one in _in_use(identifiers) if text(one, "value") and not _is_outside_health_care(one)]
    ranked = sorted(usable, key=lambda one: _RECORD_NUMBER not in _types(one))
    return text(ranked[0], "value") if ranked else ""


def spoken_language(patient: Object) -> str:
    """The tag of the language a patient reads, the preferred one before others; empty where none is given.

    Raises UnreadableResource where it is given in words alone that are no language of ours.
    """
    spoken = sorted(members(patient, "communication"), key=lambda one: flag(one, "preferred") is not True)
    if not spoken:
        return ""
    concept = member(spoken[0], "language")
    codes = [code for coding in members(concept, "coding") if _TAG.fullmatch(code := text(coding, "code"))]
    tags = [printed_language(code) for code in codes]
    ours = next((tag for tag in tags if tag in LANGUAGES), "")
    if tag := ours or next(iter(tags), "") or _NAMES.get(text(concept, "text").casefold(), ""):
        return tag
    raise UnreadableResource("`communication` of the patient has no language code")


def printed_language(tag: str) -> str:
    """Our language for a tag, which a reader of it reads; the tag itself where we have none.

    A region makes no difference ("es-MX" is "es", "en-US" is "en"), a script does ("zh-TW" and "zh-Hant" are not
    "zh", which is in simplified characters).
    """
    first, *others = tag.split("-")
    code = _THREE_LETTERS.get(first.lower(), first.lower())
    script = next((part.title() for part in others if len(part) == 4 and part.isalpha()), "")
    if not script and code == "zh" and _TRADITIONAL & {part.upper() for part in others}:
        script = "Hant"
    if code in LANGUAGES and script in {"", _SCRIPTS.get(code, "")}:
        return code
    return "-".join((first.lower(), *others))


def _in_use(values: Collection[Object]) -> list[Object]:
    """Names or identifiers, those in use first and those of the past last (hl7.org/fhir/R4/valueset-name-use.html)."""
    return sorted(values, key=lambda one: _USE_RANK.get(text(one, "use"), 2))


def _is_outside_health_care(identifier: Object) -> bool:
    system = f"{text(identifier, 'system').casefold()}."
    return bool(_types(identifier) & _NEVER_PRINTED) or any(part in system for part in _OUTSIDE_HEALTH_CARE)


def _types(identifier: Object) -> set[str]:
    return {text(coding, "code") for coding in members(member(identifier, "type"), "coding")}
