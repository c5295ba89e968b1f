"""Dangers planted in the twelve monographs, one at a time, and whether the checks notice: each would change what
somebody does.

`python -m tests.dangers docs/checks.md` plants all of them and writes the table into the manual.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from leaflets.checks import full_report
from leaflets.evidence import with_register
from leaflets.model.evidence import Evidence
from leaflets.model.finding import Severity
from leaflets.model.review import CheckBasis
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

CONTENT = Path(__file__).resolve().parent.parent / "content"
SEED = 20261201
BEGIN, END = "<!-- dangers: begin -->", "<!-- dangers: end -->"

Change = tuple[int, int, str]
"""Offsets in a text, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: in which monograph, of which kind, at which line, what stood there and what stands there now."""

    name: str
    kind: str
    line: int
    was: str
    now: str
    text: str


# ---------------------------------------------------------------- where a fault may be planted

_MARK = re.compile(r"\[\^[^\]]*\]")
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_UNIT = (
    r"mg|mcg|g|kg|mL|L|units?|%|percent|hours?|days?|weeks?|months?|years?|minutes?|tablets?|capsules?|puffs?|mmol|"
    r"times|°C|°F"
)
_AMOUNT = re.compile(rf"(?<![\w.,*:-])(?P<number>{_NUMBER})(?P<gap>[ \u00a0]?)(?P<unit>{_UNIT})\b(?!\.\d)")
_UNITS = {
    "mg": "mcg", "mcg": "mg", "g": "mg", "kg": "g", "mL": "L", "units": "mL", "hours": "days", "hour": "day",
    "days": "weeks", "day": "week", "weeks": "days", "week": "month", "months": "weeks", "month": "week",
    "years": "months", "year": "month", "minutes": "hours", "tablets": "puffs", "mmol": "mg",
}  # fmt: skip
_HOW_OFTEN = (
    (r"\bonce daily\b", "twice daily"),
    (r"\bonce a day\b", "twice a day"),
    (r"\btwice daily\b", "once daily"),
    (r"\btwice a day\b", "four times a day"),
    (r"\bonce a week\b", "once a day"),
    (r"\bonce weekly\b", "once daily"),
    (r"\bevery day\b", "every week"),
    (r"\beach day\b", "each week"),
    (r"\bevery 12 hours\b", "every 4 hours"),
    (r"\bevery 8 hours\b", "every 3 hours"),
    (r"\bevery 6 hours\b", "every 2 hours"),
    (r"\bthree times a day\b", "once a day"),
    (r"\bdaily\b", "weekly"),
    (r"\bweekly\b", "daily"),
    (r"\byearly\b", "daily"),
    (r"\bevery 4 to 6 hours\b", "every 1 to 2 hours"),
)  # fmt: skip
_COMPARISONS = (
    (r"\b[Oo]ver (?=\d)", "under "),
    (r"\b[Uu]nder (?=\d)", "over "),
    (r"\b[Bb]elow (?=\d)", "above "),
    (r"\b[Aa]bove (?=\d)", "below "),
    (r"\b[Ll]ess than (?=\d)", "more than "),
    (r"\b[Mm]ore than (?=\d)", "less than "),
    (r"\b[Aa]t least (?=\d)", "at most "),
    (r"\b[Aa]t most (?=\d)", "at least "),
    (r"<(?= ?\d)", ">"),
    (r"(?<=\d) (?:years )?or (?:over|older|more|above)\b", " or less"),
    (r"(?<=\d) or (?:less|under|below)\b", " or more"),
)  # fmt: skip
_NEGATIONS = (
    (r"\b[Dd]o not (?=\w)", ""),
    (r"\b[Nn]ever (?=\w)", "always "),
    (r"\b[Nn]ot recommended\b", "recommended"),
    (r"\b[Cc]ontraindicated\b", "recommended"),
    (r"\b[Aa]void\b", "use"),
    (r"\b[Mm]ust not\b", "must"),
    (r"\b[Nn]ot for (?=\w)", "for "),
)  # fmt: skip
_LOOKALIKES = {
    "warfarin": "Wellbutrin", "metformin": "metronidazole", "methotrexate": "metolazone",
    "clarithromycin": "clindamycin", "fluconazole": "fluorouracil", "ibuprofen": "ibandronate",
    "amiodarone": "amantadine", "rifampin": "rifaximin", "cyclosporine": "cycloserine",
    "gemfibrozil": "gabapentin", "topiramate": "torsemide", "probenecid": "procainamide",
    "allopurinol": "alprazolam", "phenytoin": "phentermine", "carbamazepine": "oxcarbazepine",
    "ketoconazole": "ketorolac", "itraconazole": "isotretinoin", "ritonavir": "rilpivirine",
    "pimozide": "primidone", "disulfiram": "diltiazem", "azathioprine": "azithromycin", "digoxin": "doxepin",
    "diltiazem": "diazepam", "verapamil": "valsartan", "naproxen": "naltrexone", "aspirin": "Aricept",
    "lithium": "lisinopril", "cimetidine": "cetirizine", "tamoxifen": "tamsulosin", "leflunomide": "lenalidomide",
    "propranolol": "propafenone", "insulin": "inulin", "cholestyramine": "colchicine", "omeprazole": "olanzapine",
    "sulfamethoxazole": "sulfasalazine",
}  # fmt: skip


def _sites(pattern: str | re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches in the body of a monograph, outside its front matter, headings and reference marks."""
    body = text.index("\n---\n", 4) + 5
    marks = [match.span() for match in _MARK.finditer(text)]
    for match in re.compile(pattern).finditer(text, body):
        line = text[text.rindex("\n", 0, match.start()) + 1 : match.start()]
        if not line.startswith(("#", "///")) and not any(
            start < match.end() and match.start() < end for start, end in marks
        ):
            yield match


def digits(text: str) -> Iterator[Change]:
    """A digit of a number with a unit: tenfold, a tenth, or another first digit."""
    for number, match in enumerate(_sites(_AMOUNT, text)):
        old = match["number"]
        plain = old.replace(",", "")
        new = (f"{plain}0", f"{9 if plain[0] != '9' else 4}{plain[1:]}", plain[:-1])[number % 3]
        if not new or new.endswith(".") or float(new) == float(plain):
            new = f"{plain}0" if "." not in plain else f"{float(plain) * 10:g}"
        yield match.start("number"), match.end("number"), new


def units(text: str) -> Iterator[Change]:
    """The unit of a number."""
    for match in _sites(_AMOUNT, text):
        if match["unit"] in _UNITS:
            yield match.start("unit"), match.end("unit"), _UNITS[match["unit"]]


def _replaced(pairs: Sequence[tuple[str, str]]) -> Callable[[str], Iterator[Change]]:
    def changes(text: str) -> Iterator[Change]:
        taken: list[tuple[int, int]] = []
        for pattern, new in pairs:
            for match in _sites(pattern, text):
                if not any(start < match.end() and match.start() < end for start, end in taken):
                    taken.append(match.span())
                    yield *match.span(), new

    return changes


def lookalikes(text: str) -> Iterator[Change]:
    """The name of another medicine, for one that looks like it; not that of the monograph's own."""
    own = {word.lower() for word in re.findall(r"[A-Za-z]{5,}", text[: text.index("\n---\n", 4)])}
    for old, new in _LOOKALIKES.items():
        if old not in own:
            for match in _sites(rf"\b[{old[0].upper()}{old[0]}]{old[1:]}\b", text):
                yield *match.span(), new


_SECTION = re.compile(r"^### (?P<heading>.+)\n(?P<body>(?:(?!^### ).*\n)*)", re.MULTILINE)


def deletions(text: str) -> Iterator[Change]:
    """An item or paragraph of the boxed warning or the contraindications, in the text for clinicians."""
    for section in _SECTION.finditer(text):
        if section["heading"].strip() in ("Boxed warning", "Contraindications", "Do not use"):
            for match in re.compile(r"^(?:- |\*\*)[^\n]+\[\^[^\]]+\][^\n]*\n", re.MULTILINE).finditer(
                text, *section.span("body")
            ):
                yield *match.span(), ""


_CELL = re.compile(r"(?<=\|)[^|\n]+(?=\|)")


def exchanges(text: str) -> Iterator[Change]:
    """Two neighbouring cells of a row, each with a number."""
    for row in re.finditer(r"^\|.*\d.*\|\n", text, re.MULTILINE):
        cells = list(_CELL.finditer(text, row.start(), row.end()))
        for one, other in pairwise(cells):
            first, second = _MARK.sub("", one[0]), _MARK.sub("", other[0])
            colours = re.search(r"[a-z]", first) and re.fullmatch(r" *\d[\d.]* mg [a-z -]+ *", first)
            if colours or text.startswith("|--", row.end()):  # each cell is whole in itself, or names a column
                continue
            if re.search(r"\d", first) and re.search(r"\d", second) and first.strip(" *") != second.strip(" *"):
                yield one.start(), other.end(), f"{other[0]}{text[one.end() : other.start()]}{one[0]}"
                break


def _of_sources(evidence: Evidence) -> Callable[[str], Iterator[Change]]:
    def changes(text: str) -> Iterator[Change]:
        """A statement with a number is given the mark of a passage on something else."""
        topics = {passage.mark: passage.topic for passage in evidence.passages}
        for number, match in enumerate(_MARK.finditer(text, text.index("\n---\n", 4))):
            before = text[max(text.rfind(stop, 0, match.start()) for stop in ("\n", "] ", "]**")) : match.start()]
            now = topics.get(match[0][2:-1])
            others = [mark for mark, topic in topics.items() if now and topic != now]
            if others and re.search(r"\d ?(?:mg|mcg|g|mL|%|hours|days|weeks)\b", before):
                yield *match.span(), f"[^{others[number % len(others)]}]"

    return changes


KINDS = (
    "a digit", "a unit", "a frequency", "a comparison", "a negation", "a warning deleted", "cells exchanged",
    "a look-alike name", "a source swapped",
)  # fmt: skip
NUMERIC = KINDS[:3] + KINDS[5:6]
"""The kinds of which at least 95 in a hundred must be found: numbers, units, frequencies and deleted warnings."""


def _changes(kind: str, name: str, text: str) -> Iterable[Change]:
    makers: dict[str, Callable[[str], Iterator[Change]]] = {
        "a digit": digits, "a unit": units, "a frequency": _replaced(_HOW_OFTEN),
        "a comparison": _replaced(_COMPARISONS), "a negation": _replaced(_NEGATIONS),
        "a warning deleted": deletions, "cells exchanged": exchanges, "a look-alike name": lookalikes,
        "a source swapped": _of_sources(evidence_of(name)),
    }  # fmt: skip
    return makers[kind](text)


# ---------------------------------------------------------------- the monographs, and what check says of them


def names() -> tuple[str, ...]:
    """The monographs that have an evidence file."""
    return tuple(sorted(path.stem for path in (CONTENT / "evidence").glob("*.md")))


@cache
def text_of(name: str) -> str:
    """The text of a monograph as it is."""
    return (CONTENT / f"{name}.md").read_text("utf-8")


@cache
def evidence_of(name: str) -> Evidence:
    """What the sources of a monograph say."""
    text = (CONTENT / "evidence" / f"{name}.md").read_text("utf-8")
    return parse_evidence(text, name=name, file=f"content/evidence/{name}.md")


def findings(name: str, text: str) -> Counter[tuple[str, str]]:
    """The errors and warnings in a text, by code and message, wherever they stand."""
    evidence = evidence_of(name)
    ids = [source.id for source in evidence.sources]
    monograph = with_register(parse(text, name=name, file=f"{name}.md", sources=ids), evidence)
    report = full_report(monograph, text, basis=CheckBasis(evidence))
    grave = (each for each in report.findings if each.severity in (Severity.ERROR, Severity.WARNING))
    return Counter((each.code, f"{each.message} {each.excerpt}") for each in grave)


@cache
def baseline(name: str) -> Counter[tuple[str, str]]:
    """What check says of a monograph as it is."""
    return findings(name, text_of(name))


def caught(planted: Planted) -> tuple[str, ...]:
    """The codes of what check says of a planted fault and of nothing before."""
    return tuple(sorted({code for code, _ in findings(planted.name, planted.text) - baseline(planted.name)}))


def planted(kind: str, most: int) -> tuple[Planted, ...]:
    """Faults of a kind, at most so many in each monograph, chosen at random with one seed."""
    result: list[Planted] = []
    for name in names():
        text = text_of(name)
        changes = list(_changes(kind, name, text))
        random.Random(f"{SEED} {kind} {name}").shuffle(changes)
        for start, end, new in changes[:most]:
            now = text[:start] + new + text[end:]
            result.append(Planted(name, kind, text.count("\n", 0, start) + 1, text[start:end], new, now))
    return tuple(result)


# ---------------------------------------------------------------- changes that change nothing

_WORDS = {
    2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 12: "twelve",
}  # fmt: skip


def harmless(name: str) -> Iterator[str]:
    """The text of a monograph in other words that say the same: numbers spelled out, grams for milligrams, items of a
    list in another order."""
    text = text_of(name)
    for match in _sites(r"(?<![\w.,–-])(\d{1,2})(?= (?:hours|days|weeks|months)\b)", text):
        if int(match[1]) in _WORDS and not re.search(r"(?:\d|to|or|and) $", text[: match.start()][-5:]):
            yield text[: match.start()] + _WORDS[int(match[1])] + text[match.end() :]
    for match in _sites(r"(?<![\w.,–-])(\d),000 mg\b", text):
        if not re.search(r"(?:to|or|and|of) $", text[: match.start()][-5:]):
            yield f"{text[: match.start()]}{match[1]} g{text[match.end() :]}"
    for match in re.finditer(r"^(- (?!\[).+\n)(- (?!\[).+\n)", text, re.MULTILINE):
        yield text[: match.start()] + match[2] + match[1] + text[match.end() :]


# ---------------------------------------------------------------- the table in the manual


def table(most: int = 12) -> tuple[str, list[tuple[Planted, tuple[str, ...]]]]:
    """The table of what was found, and every fault with the codes of what was said of it."""
    rows, outcomes = [], []
    for kind in KINDS:
        results = [(fault, caught(fault)) for fault in planted(kind, most)]
        outcomes += results
        found = sum(bool(codes) for _, codes in results)
        share = f"{100 * found / len(results):.0f} %" if results else "–"
        rows.append(f"| {kind} | {len(results)} | {found} | {share} |")
    total, found = len(outcomes), sum(bool(codes) for _, codes in outcomes)
    rows.append(f"| all | {total} | {found} | {100 * found / total:.0f} % |")
    head = "| changed | planted | found | share |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n", outcomes


if __name__ == "__main__":
    written, every = table()
    for fault, codes in every:
        if not codes:
            sys.stdout.write(f"missed: {fault.name}:{fault.line} {fault.kind}: {fault.was!r} -> {fault.now!r}\n")
    sys.stdout.write(written)
    for argument in sys.argv[1:]:
        page = Path(argument)
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text(f"{before}{BEGIN}\n\n{written}\n{END}{after}", "utf-8")
