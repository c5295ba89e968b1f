"""For whom a dose is meant, and by which route it is given."""

import re
from collections.abc import Iterator, Mapping

from leaflets.doses.amounts import DASH, number
from leaflets.model.dose import Band, BandKind

_N = r"\d{1,4}(?:\.\d{1,2})?"
_RANGE = rf"(?P<low>{_N})(?: ?(?:ml/min(?:ute)?|kg|years?|months?|weeks?)? ?(?:{DASH}|to|and) ?(?P<high>{_N}))?"
_SIGN = (
    r"(?P<sign>less than(?: or equal to)?|fewer than|more than|greater than(?: or equal to)?|at least|up to|from"
    r"|between|under|below|over|above|[<>≤≥]=?)"
)
_KIDNEY = re.compile(
    rf"(?:crcl|clcr|egfr|gfr|creatinine clearance|clearance)(?:[^.;\d<>≤≥]{{0,30}}?)(?:{_SIGN} ?)?{_RANGE}(?![\d,])"
)
_WEIGHT = re.compile(
    rf"(?:(?:{_SIGN}|weigh(?:ing|s|t)?(?: of| is)?) ?){{1,4}}{_RANGE} ?(?:kg|kilograms?)(?![\w/])"
    rf"|{_RANGE.replace('low', 'low2').replace('high', 'high2')} ?kg (?:and|or) (?P<sign2>over|above|more|less|under"
    rf"|below)"
)
_AGE = re.compile(
    rf"(?:(?:{_SIGN}|aged?|ages|children|infants|adults|adolescents|patients) ?(?:of )?){{1,4}}{_RANGE}(?: "
    rf"|-)?(?P<unit>years?|months?|weeks?|y\b|yrs?)"
    rf"|(?P<low2>{_N})(?: ?(?:{DASH}|to) ?(?P<high2>{_N}))?(?: |-)?(?P<unit2>years?|months?|weeks?|yrs?)(?: of age"
    rf"|[ -]old| (?:and|or) (?P<sign2>over|older|above|younger|under))"
)
_WHO = "(?:children|infants|adolescents|adults|patients)"
_NO_UNIT = r"(?=$|[.;:,)](?!\d)| (?:and|or|up|who|with|should|may|can|is|are)\b)"
_BARE_AGES = (
    re.compile(rf"{_WHO} {_SIGN} {_RANGE}{_NO_UNIT}"),
    re.compile(
        rf"{_WHO} (?:who are )?(?:aged?|ages) (?:{_SIGN} )?{_RANGE}{_NO_UNIT}"
        rf"(?: (?:and|or) (?P<sign2>over|older|above|younger|under))?"
    ),
)
"""An age without its unit: children under 2, patients over 65, children aged 2-16."""
_ALONE = re.compile(rf"(?:^|(?<=\()){_RANGE}(?: |-)?(?P<unit>years?|months?|weeks?)(?=$|[:)])")
"""An age as the head of a row or of an item, or in brackets: 0 to 3 months, children (1 to 5 years)."""
_NAMES: Mapping[str, tuple[BandKind, str]] = {
    word: (kind, name)
    for kind, name, words in (
        (BandKind.AGE, "children", "child|children|pediatric|paediatric|adolescents"),
        (BandKind.AGE, "infants", "infants|neonates|newborns"),
        (BandKind.AGE, "adults", "adult|adults"),
        (BandKind.AGE, "elderly", "elderly|geriatric|older adults|older people|older patients"),
        (BandKind.KIDNEY, "kidney", "renal|kidney|dialysis|hemodialysis|haemodialysis"),
        (BandKind.LIVER, "liver", "hepatic|liver|child-pugh|cirrhosis"),
    )
    for word in words.split("|")
}
_NAMED = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b")
_YEARS: Mapping[str, float] = {"y": 1, "m": 1 / 12, "w": 1 / 52}
_BELOW = ("less", "fewer", "under", "below", "up", "<", "≤", "younger")
_ABOVE = ("more", "greater", "at", "over", "above", ">", "≥", "older", "from")

_ROUTES: Mapping[str, str] = {
    "mouth": "by mouth|oral(?:ly)?|per os|p\\.o\\.", "vein": "intravenous(?:ly)?|into a vein|i\\.v\\.|iv",
    "muscle": "intramuscular(?:ly)?|into a muscle|i\\.m\\.|im", "skin": "topical(?:ly)?|to the skin|transdermal(?:ly)?",
    "under the skin": "subcutaneous(?:ly)?|subcut|under the skin|s\\.c\\.|s/c|sc|sq",
    "rectum": "rectal(?:ly)?|into the rectum",
    "vagina": "(?:intra)?vaginal(?:ly)?|into the vagina", "under the tongue": "sublingual(?:ly)?|under the tongue",
    "eye": "ophthalmic|into the eyes?|in (?:each|the|both) eyes?", "nose": "(?:intra)?nasal(?:ly)?|nostrils?",
    "lungs": "inhal(?:ed|ation)|nebuli[sz](?:ed|er|ation)", "spine": "intrathecal(?:ly)?|epidural(?:ly)?",
}  # fmt: skip
_ROUTE = re.compile("|".join(rf"(?P<r{i}>(?<!\w)(?:{words})(?!\w))" for i, words in enumerate(_ROUTES.values())))
_ROUTE_NAMES = tuple(_ROUTES)


def routes(text: str) -> Iterator[tuple[int, str]]:
    """Where each route stands in a text in small letters, and its name in plain words."""
    for match in _ROUTE.finditer(text):
        yield match.start(), _ROUTE_NAMES[int((match.lastgroup or "r0")[1:])]


def bands(text: str) -> tuple[Band, ...]:
    """Every band of patients in a text in small letters, in order."""
    of_words = (
        Band(*match.span(), kind, name=name) for match in _NAMED.finditer(text) for kind, name in [_NAMES[match[0]]]
    )
    measured = (
        band
        for pattern, kind in (
            (_KIDNEY, BandKind.KIDNEY),
            (_WEIGHT, BandKind.WEIGHT),
            (_AGE, BandKind.AGE),
            *((pattern, BandKind.AGE) for pattern in _BARE_AGES),
            (_ALONE, BandKind.AGE),
        )
        for band in (_measured(match, kind) for match in pattern.finditer(text))
    )
    return tuple(sorted((*of_words, *measured), key=lambda band: (band.start, band.end)))


def _measured(match: re.Match[str], kind: BandKind) -> Band:
    groups = match.groupdict()
    first = groups["low"] or groups.get("low2") or "0"
    last = groups["high"] or groups.get("high2")
    unit = groups.get("unit") or groups.get("unit2") or "y"
    scale = _YEARS[unit[0]] if kind is BandKind.AGE else 1.0
    sign = groups.get("sign") or groups.get("sign2") or ""
    ends = sorted(number(end) * scale for end in (first, last or first))
    if not last and sign.startswith(_BELOW):
        ends = [0.0, ends[0]]
    elif not last and sign.startswith(_ABOVE):
        ends = [ends[0], float("inf")]
    return Band(*match.span(), kind, ends[0], ends[1])
