"""A translation that does not say what its source says: another number, a block too many, a source changed since."""

from collections import Counter
from collections.abc import Iterator

from leaflets.checks.quantities import Quantities, differences, quantities
from leaflets.checks.reading import Reading
from leaflets.checks.rule import ERROR, WARNING, Family, Hit, Rule
from leaflets.translation import TAKEN, Unit, UnitPair, parting
from leaflets.translation import pairs as paired
from leaflets.translation import stale as changed


def no_record(reading: Reading) -> Iterator[Hit]:
    """A translation that does not say what it was made from, or whose source is gone."""
    if reading.translation and reading.original is None:
        yield Hit(
            "the text it was translated from is not there", line=reading.translation.line,
            write=f"Put {reading.monograph.name}.md beside it.",
        )  # fmt: skip
    elif reading.original is not None and reading.translation is None:
        yield Hit("the translation has no record of its source", line=1)


def stale(reading: Reading) -> Iterator[Hit]:
    """A block whose source has changed since it was translated."""
    if reading.original is None:
        return
    file = reading.original.file
    for each in changed(reading.monograph, reading.original):
        where = f"{file}:{each.source_line}" if each.source_line else file
        message = f"the source was {each.change} here since it was translated ({where}, {each.section})"
        yield Hit(message, line=each.line or 1, severity=ERROR if each.safety else WARNING, words=each.section)


def form(reading: Reading) -> Iterator[Hit]:
    """Sections that are not built alike, so that block cannot stand beside block."""
    for pair in _pairs(reading):
        if not pair.aligned:
            here, there = parting(pair)
            line = here.line if here else pair.theirs[-1].line if pair.theirs else 1
            said = f"{pair.section}: the source has {_form(there)}, the translation {_form(here)}"
            yield Hit(said, line=line, words=pair.section)


def _form(unit: Unit | None) -> str:
    return f"“{unit.kind}” ({unit.line})" if unit else "nothing more"


def other_numbers(reading: Reading) -> Iterator[Hit]:
    """Amounts of a block that are not those of its source."""
    country = reading.original.front.jurisdiction if reading.original else ""
    for pair in _pairs(reading):
        theirs = _sum(pair.theirs, reading.monograph.lang, country)
        ours = _sum(pair.ours, "en", country)
        line = pair.theirs[0].line if pair.theirs else 1
        source = f" (line {pair.ours[0].line} there)" if pair.ours else ""
        for amount, said in differences(theirs, ours):
            yield Hit(f"{said}{source}", line=line, words=amount)


def _sum(units: tuple[Unit, ...], lang: str, country: str) -> Quantities:
    found: dict[str, Counter[str]] = {}
    for unit in units:
        for amount, seen in quantities(unit.text, lang, country).items():
            found.setdefault(amount, Counter()).update(seen)
    return found


def front(reading: Reading) -> Iterator[Hit]:
    """Front matter that contradicts the source's, or says itself what is taken from there."""
    for pair in _pairs(reading):
        here, there = (*pair.theirs, *pair.ours)[0], pair.ours[-1:]
        if pair.aligned and here.kind == "brand_names" and here.text != there[0].text:
            yield Hit(f"the brand names are “{there[0].text}” in the source", line=here.line)
    if reading.original is not None:
        for key in TAKEN:
            if key in reading.front.lines:
                yield Hit(f"“{key}” is taken from the source", line=reading.front.lines[key], words=key)


def _pairs(reading: Reading) -> Iterator[UnitPair]:
    return iter(()) if reading.original is None else paired(reading.monograph, reading.original)


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
        no_record, patient=ERROR, of=_SOURCE,
    ),
    Rule(
        "TR-02", Family.TRANSLATION, "The source has changed since",
        "The patient would be told what the source no longer says; where it is about safety its sheet is not made.",
        _ISO, "the block anew, then “leaflet translation seal NAME LANG”",
        _RECORD.format("00000000", "Tome 2 mg."), _RECORD.format(_HASH, "Tome 2 mg."),
        stale, patient=WARNING, of=_SOURCE,
    ),
    Rule(
        "TR-03", Family.TRANSLATION, "Sections that are not built alike",
        "A block that is missing may be the warning; and both texts can stand side by side only block by block.",
        "House rule: nothing is lost", "the section with the blocks of the source, in its order",
        _RECORD.format(_HASH, "Tome 2 mg.\n\nBeba agua."), _RECORD.format(_HASH, "Tome 2 mg."),
        form, patient=ERROR, of=_SOURCE,
    ),
    Rule(
        "TR-04", Family.TRANSLATION, "Another number than in the source",
        "A wrong dose in a language the pharmacist does not read is the worst fault a translation can have.",
        "House rule: a dose is the same in every language", "the number of the source, in figures",
        _RECORD.format(_HASH, "Tome 20 mg."), _RECORD.format(_HASH, "Tome 2 mg."),
        other_numbers, patient=ERROR, of=_SOURCE,
    ),
    Rule(
        "TR-05", Family.TRANSLATION, "Front matter that is the source's own",
        "What both languages print must not be said twice and differently.",
        "House rule: one source", "it in the source alone; a brand name as it stands there",
        _RECORD.format(_HASH, "Tome 2 mg.").replace("title: Test\n", "title: Test\njurisdiction: GB\n"),
        _RECORD.format(_HASH, "Tome 2 mg."),
        front, patient=ERROR, of=_SOURCE,
    ),
)  # fmt: skip
