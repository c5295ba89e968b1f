"""Safe typography for doses: what may not break across lines, and tall-man letters for names that look alike."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

NBSP = "\u00a0"

_UNITS = (
    r"(?i:mg|mcg|micrograms?|milligrams?|grams?|[µμ]g|g|kg|ng|nanograms?|mL|ml|millilit(?:er|re)s?|lit(?:er|re)s?|dL|L|l|units?|IU|"
    r"mmol|mol|mEq|mOsm|%|percent|tablets?|tabs?|capsules?|caps?|drops?|puffs?|sprays?|doses?|sachets?|patch(?:es)?|vials?|pens?|"
    r"ampoules?|lozenges?|suppositor(?:y|ies)|teaspoon(?:ful)?s?|tablespoon(?:ful)?s?|times|hours?|hrs?|h|minutes?|mins?|seconds?|"
    r"days?|weeks?|months?|years?|[cmk]?m[23²³]|cm|mm|km|m|°C|°F|°|C|F|mmHg|kPa|kcal|kJ|Gy|mCi|MBq|GBq|cells?|million|thousand|billion|"
    r"pounds?|lbs?|inches|a\.m\.|p\.m\.|am|pm|x|[µμ]l|dl|fl|pg|[µμ]mol|nmol|mosmol|bpm|ppm|kilograms?|inch|feet|"
    r"nights?|mornings?|cycles?|courses?|injections?|infusions?|pieces?|scoops?)"
)
_NUMBER = r"(?:(?:\d{1,3}(?:[, ]\d{3}){1,4}|\d{1,12})(?:\.\d{1,9})?[⁰¹²³⁴-⁹]{0,3}|\.\d{1,9}|[½¼¾])"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_RANGE = rf"{_NUMBER}(?: ?(?:-|–|—|to|or|and|×|x|by|/) ?{_NUMBER}){{0,2}}"

_UNIT_END = r"(?![^\W\d_])"
# What may follow a slash: a unit, with a number of its own or without ("540 mg/5 mL", "30 mL/min/1.73 m²").
_PER = rf"(?: ?/ ?(?:{_NUMBER}[ -]?)?(?:{_UNITS}|day|kg|dose|hour|min|week)\d?{_UNIT_END})"
_PERIODS = r"(?:hour|day|night|morning|evening|week|fortnight|month|year|dose|meal)"
_FREQUENCY = (
    rf"(?:once|twice|(?:\d{{1,3}}|one|two|three|four|five|six) times?)"
    rf"(?: (?:a|an|per|each|every) {_PERIODS}| (?:daily|nightly|weekly|monthly|yearly))\b"
    rf"|every (?:{_RANGE}[ -]?{_UNITS}{_UNIT_END}|(?:other |second |third )?{_PERIODS}\b)"
)

# Each pattern is one expression that must stay on one line. All are anchored on a digit or a short word before one, and
# no part of them can match in two ways, so that the time taken is linear in the length of the text.
_ENGLISH = (
    rf"(?<![\w.,])(?:(?i:{_FREQUENCY}))"
    rf"|(?<![\w.,])(?:[<>≤≥±~=≈] ?)?{_RANGE}[ -]?{_UNITS}{_UNIT_END}{_PER}*"
    rf"|(?<![\w/]){_UNITS}{_PER}+"
    rf"|(?<![\w.,])(?:[<>≤≥±~=≈] ?){_RANGE}"
    rf"|(?<![\w.,]){_NUMBER} (?:in|out of|of every|of) {_NUMBER}(?![\w])"
    rf"|(?<![\w.,])\d{{1,2}} {_MONTH}(?: \d{{4}})?(?![^\W\d_])"
    rf"|(?<![A-Za-z]){_MONTH} \d{{1,4}}(?!\w)"
    r"|(?<![\w-])\+?\d{1,4}(?:[ -][\dA-Z]{2,5}){2,4}(?![\w-])"
    r"|(?<![A-Za-z])(?:[Tt]ypes?|[Gg]rades?|[Ss]tages?|[Pp]hases?|[Cc]lass|[Vv]itamin|[Ff]actor|[Ss]teps?|[Ss]ections?|[Pp]age|"
    r"[Dd]ays?|[Ww]eeks?|[Mm]onths?|[Aa]ged?|version|[Bb]elow|[Aa]bove) "
    rf"(?:{_RANGE}(?:[ -]?{_UNITS}(?![^\W\d_]))?|[A-E]\d{{0,2}})(?![\w])"
    r"|(?<![\w])[A-Za-z]{1,12}[-–]\d[\w]{0,6}(?![\w])"
    r"|(?<![\w])[A-Z]{2,6}-[A-Z]{1,4}\d?\*\d[\d:]{0,11}(?![\w])"  # an allele: HLA-B*57:01
    r"|(?<![\w-])X-rays?(?![\w-])"
)
_MARKS = "[\u064b-\u0652]{0,2}"  # vowel signs of Arabic, which may be written or not
_HAN = "\u4e00-\u9fff"
_ANY_NUMBER = r"(?:(?:\d{1,3}(?:[.,٬ ]\d{3}){1,4}|\d{1,12})(?:[.,٫]\d{1,9})?[⁰¹²³⁴-⁹]{0,3}|[½¼¾])"
# Latin letters and figures with the symbols between them; words separated only by a space or a symbol belong together.
# A letter has its marks and dependent vowels (Python counts them to no word), or a name in Devanagari would be parted.
_LATIN = r"(?:[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe](?:(?!\w)[\u0300-\u036f\u0900-\u1aff])*)"
_TOKEN = rf"(?:{_LATIN}|[0-9½¼¾#])(?:(?:{_LATIN}|[-0-9½¼¾#_.,:/×–−+°²³%@])*(?:{_LATIN}|[0-9½¼¾°²³%]))?"
_GAP = "[ \u00a0\u202f]"
_ORDERED = re.compile(
    rf"(?<!\w)(?:[<>≤≥±~≈]{_GAP}?|[-−+])?{_TOKEN}"
    rf"(?:{_GAP}(?:[-–×+/=]{_GAP})?{_TOKEN})*(?:{_GAP}[%°]{_LATIN}?)?"
)
_NEEDS_ORDER = re.compile(r"[0-9½¼¾./@]")
_BREAKS = re.compile(f"[-–—/～~]|[{_HAN}]")


@cache
def _unbreakable_pattern(lang: str) -> re.Pattern[str]:
    """The expressions that must stay on one line in a language; the English ones apply in every language."""
    pattern = _language_pattern(lang)
    return re.compile(rf"{pattern}|{_ENGLISH}" if pattern else _ENGLISH)


def _language_pattern(lang: str) -> str:
    """The expressions of a language, from its columns in the tables; empty where it has none."""
    units = "|".join(part for part in (_words(lang, "units"), _words(lang, "expressions", "unit")) if part)
    if not units or lang == "en":
        return ""
    link, odds, month, before = (_words(lang, "expressions", kind) for kind in ("link", "odds", "month", "before"))
    every, frequency = _words(lang, "expressions", "every"), _words(lang, "expressions", "frequency")
    number, begin, end = _ANY_NUMBER, r"(?<![\w.,])", r"(?!\w)"
    unit = rf"(?:(?:{units}|{_UNITS}){end})"
    if lang == "zh":  # Chinese puts no spaces between words
        begin, end = r"(?<![\d.,A-Za-z])", ""
        unit = rf"(?:{units}|{_UNITS}(?![A-Za-z]))"
    amount = rf"{number}(?: ?(?:[-–—/×x]|{link}) ?{number}){{0,2}}"
    each = rf"{begin}(?:[<>≤≥±~=≈] ?)?{amount}[ -]?{unit}(?: ?/ ?(?:{number}[ -]?)?{unit}\d?)*"
    dates = rf"|{begin}\d{{1,2}}(?: de)? (?:{month})(?:,?(?: del?| năm)? \d{{4}})?{end}" if month else ""
    dates += r"|(?<!\d)\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?" if lang == "zh" else ""
    odd = rf"{begin}{number} ?(?:{odds}) ?{number}{end}"
    led = rf"(?<!\w)(?:{before}) ?(?:{amount}(?:[ -]?{unit})?|[A-E]\d{{0,2}}){end}"
    often = rf"{begin}(?i:(?:{every}) ?{amount}[ -]?{unit}|(?:{frequency}){end})"
    return f"{dates.lstrip('|')}|{often}|{each}|{odd}|{led}" if dates else f"{often}|{each}|{odd}|{led}"


def _words(lang: str, table: str, kind: str = "") -> str:
    """All words of a column as alternatives, the longest first; of one kind of row where the table has kinds."""
    path = resources.files("leaflets") / "tables" / f"{table}.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    words = {word for row in rows if not kind or row["kind"] == kind for word in (row.get(lang) or "").split("|")}
    return "|".join(
        _MARKS.join(map(re.escape, word)) if lang == "ar" else re.escape(word)
        for word in sorted(words - {""}, key=lambda word: (-len(word), word))
    )


def bind(text: str, lang: str = "en") -> str:
    """The text with no-break spaces in every dose, range, date and phone number; its length does not change.

    ISMP and the MSCUI medication guides ask for a space between number and unit that never ends a line.
    """
    return _unbreakable_pattern(lang).sub(lambda match: match[0].replace(" ", NBSP), text)


def unbreakable(text: str, lang: str = "en") -> Iterator[tuple[int, int]]:
    """Start and end of each expression of a bound text that could still break at a dash, slash or Chinese letter."""
    for match in _unbreakable_pattern(lang).finditer(text.replace(NBSP, " ")):
        if _BREAKS.search(match[0]):
            yield match.span()


def left_to_right(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each expression in a right-to-left text that must be read from left to right.

    That is a dose, a range, a time, a phone number or a web address; a word in Latin letters needs no marking.
    """
    for match in _ORDERED.finditer(text):
        if _NEEDS_ORDER.search(match[0]):
            yield match.span()


@cache
def _tallman() -> dict[str, str]:
    table = resources.files("leaflets") / "tables" / "tallman.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"].casefold(): row["name"] for row in rows}


def tallman(name: str) -> str:
    """A name with those letters in capitals that distinguish it from its look-alikes (FDA's list), or unchanged.

    For clinicians only: patients read the capitals as misprints.
    """
    return re.sub(r"[A-Za-z]{5,}", lambda match: _tallman().get(match[0].casefold(), match[0]), name)
