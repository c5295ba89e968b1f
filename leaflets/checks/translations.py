"""A translation that does not say what its source says: another number, a block too many, a source changed since."""

from collections import Counter
from collections.abc import Iterator

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.quantities import Quantities, differences, quantities
from leaflets.checks.rule import ERROR, WARNING, Family, Rule, Violation
from leaflets.translation import INHERITED, Unit, UnitPair, first_mismatch, source_changes, unit_pairs


def no_record(reading: Reading) -> Iterator[Violation]:
    """A translation without a record of its source, or whose source is missing."""
    if reading.translation and reading.original is None:
        yield Violation(
            "the text it was translated from is not there", line=reading.translation.line,
            hint=f"Put {reading.monograph.name}.md beside it.",
        )  # fmt: skip
    elif reading.original is not None and reading.translation is None:
        yield Violation("the translation has no record of its source", line=1)


def source_changed(reading: Reading) -> Iterator[Violation]:
    """A block whose source has changed since it was translated."""
    if reading.original is None:
        return
    file = reading.original.file
    for change in source_changes(reading.monograph, reading.original):
        where = f"{file}:{change.source_line}" if change.source_line else file
        message = f"the source was {change.change} here since it was translated ({where}, {change.section})"
        severity = ERROR if change.safety else WARNING
        yield Violation(message, line=change.line or 1, severity=severity, excerpt=change.section)


def other_form(reading: Reading) -> Iterator[Violation]:
    """Sections whose blocks have other kinds than the source's, so that they cannot be set side by side."""
    for pair in _pairs(reading):
        if not pair.aligned:
            here, there = first_mismatch(pair)
            line = here.line if here else pair.translated[-1].line if pair.translated else 1
            message = f"{pair.section}: the source has {_form(there)}, the translation {_form(here)}"
            yield Violation(message, line=line, excerpt=pair.section)


def _form(unit: Unit | None) -> str:
    return f"“{unit.kind}” ({unit.line})" if unit else "nothing more"


def other_numbers(reading: Reading) -> Iterator[Violation]:
    """Amounts of a block that are not those of its source."""
    country = reading.original.front.jurisdiction if reading.original else ""
    for pair in _pairs(reading):
        translated = _sum(pair.translated, reading.monograph.lang, country)
        source = _sum(pair.source, "en", country)
        line = pair.translated[0].line if pair.translated else 1
        where = f" (line {pair.source[0].line} there)" if pair.source else ""
        for amount, message in differences(translated, source):
            yield Violation(f"{message}{where}", line=line, excerpt=amount)


def _sum(units: tuple[Unit, ...], lang: str, country: str) -> Quantities:
    amounts: dict[str, Counter[str]] = {}
    for unit in units:
        for amount, counts in quantities(unit.text, lang, country).items():
            amounts.setdefault(amount, Counter()).update(counts)
    return amounts


def other_front_matter(reading: Reading) -> Iterator[Violation]:
    """Front matter that contradicts the source's, or repeats what is inherited from it."""
    for pair in _pairs(reading):
        here, there = (*pair.translated, *pair.source)[0], pair.source[-1:]
        if pair.aligned and here.kind == "brand_names" and here.text != there[0].text:
            yield Violation(f"the brand names are “{there[0].text}” in the source", line=here.line)
    if reading.original is not None:
        for key in INHERITED:
            if key in reading.front.lines:
                yield Violation(f"“{key}” is taken from the source", line=reading.front.lines[key], excerpt=key)


def _pairs(reading: Reading) -> Iterator[UnitPair]:
    return iter(()) if reading.original is None else unit_pairs(reading.monograph, reading.original)


_ISO = "ISO 17100, 5.3.3: a translation is compared with its source"
_SOURCE = "---\ntitle: Test\n---\n\n### Dosage\n\nTake 2 mg."
_RECORD = (
    '---\ntitle: Test\ntranslation:\n  of: ""\n  blocks:\n    front: 0e69dd4d\n    dosage: {}\n---\n\n### Dosage\n\n{}'
)
_HASH = "55bbad4a"

RULES: tuple[Rule, ...] = (
    Rule(
        "TR-01", Family.TRANSLATION, "A translation without its source",
        "Nobody can tell whether it still says what the source says; its sheet is not made.",
        _ISO, "“leaflet translation seal NAME LANG”, once a person has held both texts against each other",
        "---\ntitle: Test\n---\n\n### Dosage\n\nTome 2 mg.", _RECORD.format(_HASH, "Tome 2 mg."),
        no_record, patient=ERROR, translated_from=_SOURCE,
    ),
    Rule(
        "TR-02", Family.TRANSLATION, "The source has changed since",
        "The patient would be told what the source no longer says; where it is about safety its sheet is not made.",
        _ISO, "the block anew, then “leaflet translation seal NAME LANG”",
        _RECORD.format("00000000", "Tome 2 mg."), _RECORD.format(_HASH, "Tome 2 mg."),
        source_changed, patient=WARNING, translated_from=_SOURCE,
    ),
    Rule(
        "TR-03", Family.TRANSLATION, "Sections that are not built alike",
        "A block that is missing may be the warning; and both texts can stand side by side only block by block.",
        "House rule: nothing is lost", "the section with the blocks of the source, in its order",
        _RECORD.format(_HASH, "Tome 2 mg.\n\nBeba agua."), _RECORD.format(_HASH, "Tome 2 mg."),
        other_form, patient=ERROR, translated_from=_SOURCE,
    ),
    Rule(
        "TR-04", Family.TRANSLATION, "Another number than in the source",
        "A wrong dose in a language the pharmacist does not read is the worst fault a translation can have.",
        "House rule: a dose is the same in every language", "the number of the source, in figures",
        _RECORD.format(_HASH, "Tome 20 mg."), _RECORD.format(_HASH, "Tome 2 mg."),
        other_numbers, patient=ERROR, translated_from=_SOURCE,
    ),
    Rule(
        "TR-05", Family.TRANSLATION, "Front matter that is the source's own",
        "What both languages print must not be said twice and differently.",
        "House rule: one source", "it in the source alone; a brand name as it stands there",
        _RECORD.format(_HASH, "Tome 2 mg.").replace("title: Test\n", "title: Test\njurisdiction: GB\n"),
        _RECORD.format(_HASH, "Tome 2 mg."),
        other_front_matter, patient=ERROR, translated_from=_SOURCE,
    ),
)  # fmt: skip
