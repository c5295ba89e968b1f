"""Instructions to a patient that do harm, and help numbers that reach nobody."""

import re
from collections.abc import Iterator
from functools import lru_cache

from leaflets.checks.evidence.names import names_in
from leaflets.checks.evidence.quantities import small_letters
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.countries import countries
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement

_CLAUSE = re.compile(r"[^.;:!?]+")
_NEGATED = re.compile(
    r"\b(?:not|never|no|nor|none|neither|without|avoid|cannot|stop|instead of|rather than)\b|n['’]t\b"
)
_DESCRIBED_BEFORE = re.compile(
    r"\b(?:if|when|whenever|should|in case|after|people who|anyone who|have|did) (?:you|someone|your child|they)?"
    r" ?(?:ever |accidentally |also |have |must |need to |already )*$"
)
_DESCRIBED_AFTER = re.compile(
    r"^\W*(?:can|may|could|might|will) (?:cause|harm|kill|lead|be|make)|^\W*(?:is|are) (?:dangerous|unsafe|too|not)"
)
_VERB = r"(?:take|use|inject|swallow|have|give|drink|spray|inhale|eat|get)"
_MAY = r"(?:^|\b(?:you (?:can|may|should|must|could)|then|and|or|just|please|to|always|it is (?:fine|safe|ok) to|,) ?)"
_UNITS = r"(?:doses|tablets|pills|capsules|puffs|injections|patches|shots)"
_DOUBLES = (
    re.compile(rf"\b{_VERB}\b[^,]{{0,25}}\b(?:a double|(?:twice|double) (?:the|your|that)(?: usual| normal)?) dose\b"),
    re.compile(
        rf"\b{_VERB}\b[^,]{{0,20}}\b(?:two|2|both)(?: {_UNITS})?,? (?:at once|at the same time|together|in one go"
        r"|to (?:catch|make) up)\b"
    ),
    re.compile(
        rf"\b{_VERB}\b[^,]{{0,20}}\b(?:an? )?(?:extra|additional|second) (?:dose|tablet|pill)s? to (?:catch|make)"
    ),
    re.compile(rf"{_MAY}\s*(?P<words>double (?:up\b|(?:the|your|a|that|next)\b))"),
)
_SHARES = re.compile(
    rf"{_MAY}\s*(?P<words>share (?:it|this|these|your|them|the|pens?|needles?|tablets?|medicine)\b"
    r"|give (?:it|some|this medicine|your \w+) to (?:others?|someone|anyone|family|friends?|your (?:family|friends?)))"
)
_STOPS_AT_WILL = re.compile(
    rf"{_MAY}\s*(?P<words>stop (?:taking |using )?(?:it|this|this medicine|them)?,? ?(?:as soon as|once"
    r"|when(?:ever)?|if) you (?:feel (?:better|well|fine)|like|want|wish))"
    r"|\bstop (?:it |taking it )?(?:on your own|by yourself|at any time)"
)
_STOPS_SUDDENLY = re.compile(
    rf"{_MAY}\s*(?P<words>stop (?:taking |using )?(?:it|this|this medicine|them)?,? ?(?:suddenly|abruptly|all at once"
    r"|overnight|straight away without|cold turkey))"
)
_STOPS = re.compile(
    r"^\W*(?:(?:please|just|do|you (?:can|may|should)) )?stop (?:taking |using )?(?:it|this medicine)\W*"
    r"(?:$|and (?:do not )?run out)"
)
_ALONE = re.compile(
    r"^(?!.*\bavoid)\W*(?:please )?(?:(?:take|use|drink|eat|stop|start|change|skip|raise|lower|adjust|drive)\b.*?"
    r"(?: on your own| by yourself|(?<!do it) yourself| unless (?:your|a|the|we|you)\b(?!.*\b(?:otherwise|different"
    r"|differently|not to|else)\b)| without (?:asking|talking|checking|telling|calling|advice|your doctor))"
    r"|drive until\b)"
)
_CRUSHES = re.compile(
    rf"{_MAY}\s*(?P<words>(?:crush|chew|break|split|cut|dissolve)(?:,?"
    r" (?:or |and )?(?:crush|chew|break|split|cut|dissolve))*"
    r" (?:it|them|the|each|your|a|this)\b)"
)
_TAPER = re.compile(
    r"\b(?:taper\w*|gradual(?:ly)? (?:reduc|withdr|lower|decreas|discontin|stop)\w*|withdraw\w* gradual\w*|abrupt\w*"
    r"|sudden\w* (?:stop|discontin|withdraw|cessation)\w*|(?:stop|discontinu|withdraw)\w*(?: \w+){0,3} (?:sudden|abrupt"
    r"|early|premature)\w*|premature\w* (?:stop|discontin)\w*|do not (?:suddenly )?stop|(?:reduce|lower)\w*"
    r"(?: \w+){0,4} gradually|stopp(?:ed|ing) early)\b"
)
_WHOLE = re.compile(
    r"\bswallow(?:ed)?(?: \w+){0,3} whole|\b(?:not|never|nor)(?: be)?(?: \w+,?){0,3}"
    r" (?:crush|chew|split|divid|break|cut)\w*"
)
_FORBIDS = re.compile(
    r"\b(?:contraindicated|avoid(?:ed)?|must not|do not|should not|not (?:to )?be (?:used|taken|given)|never"
    r"|not recommended|not with)\b"
)
_BESIDE = re.compile(r"\b(?:with|concomitant\w*|together|co-?administ\w*|inhibitors?)\b")
_TAKES = re.compile(r"^\W*(?:please )?(?:take|use|drink)\b.*")
_FOODS = re.compile(r"\b(?:alcohol|grapefruit|wort|dairy|antacids?)\b")
_TOGETHER = re.compile(rf"\b(?:{_VERB}|combine|mix)\b[^.;:!?]*\b(?:with|together|at the same time|along)\b")
_SAFE_WITH = re.compile(r"\b(?:is|are) (?:fine|safe|ok|okay|allowed)\b")
_COMMON = frozenset(
    "with food water milk meals meal patients patient other drugs medicines doses dose after before during treatment"
    " people should therapy these those which their there while until taking tablets use used using avoid recommended"
    " severe hours days weeks together combination start give given adults children women disease history known blood"
    " high risk first concomitant administration products product medicine drug inhibitors strong less more than least"
    " once daily".split()
)
_WORD = re.compile(r"[a-z][a-z'-]{4,}")


def dangerous(reading: Reading) -> Iterator[Violation]:
    """An instruction to a patient that does harm as it stands."""
    evidenced = reading.evidenced
    if evidenced is None or reading.audience is not Audience.PATIENT:
        return
    for statement in evidenced.statements:
        if statement.audience is Audience.CLINICIAN or statement.section == "front":
            continue
        for words, message in _dangers(evidenced, statement):
            yield Violation(message, line=statement.line, excerpt=words)


def _dangers(evidenced: EvidencedMonograph, statement: Statement) -> Iterator[tuple[str, str]]:
    above = small_letters(statement.under[-1]) if statement.under else ""
    led = bool(_NEGATED.search(above)) and above.rstrip().endswith(":")
    small = statement.text.lower()
    for clause in _CLAUSE.finditer(small):
        for match, message in _in_clause(evidenced, clause[0].strip(), bool(statement.under)):
            if not led and not _is_negated(clause[0].strip(), match):
                words = match["words"] if "words" in match.re.groupindex else None
                yield (words or match[0]).strip(" ,"), message


def _in_clause(evidenced: EvidencedMonograph, clause: str, led: bool) -> Iterator[tuple[re.Match[str], str]]:
    for pattern in _DOUBLES:
        match = pattern.search(clause)
        if match and not _is_described(clause, match):
            yield match, "the patient is told to take two doses at once"
            break
    match = _SHARES.search(clause)
    if match:
        yield match, "the patient is told to share the medicine"
    match = _STOPS_AT_WILL.search(clause) or (None if led else _ALONE.search(clause))
    if match:
        yield match, "the patient is told to do without advice what needs it"
    yield from _of_stopping(evidenced, clause, led)
    match = _CRUSHES.search(clause)
    if match and _says(evidenced, _WHOLE):
        yield match, "the patient is told to break what must be swallowed whole"
    yield from _of_pairs(evidenced, clause, led)


def _of_stopping(evidenced: EvidencedMonograph, clause: str, led: bool) -> Iterator[tuple[re.Match[str], str]]:
    match = _STOPS_SUDDENLY.search(clause)
    if not match and not led:
        match = _STOPS.search(clause)
    if match and _says(evidenced, _TAPER):
        yield match, "the patient is told to stop at once what must be stopped slowly, or not early"


def _of_pairs(evidenced: EvidencedMonograph, clause: str, led: bool) -> Iterator[tuple[re.Match[str], str]]:
    forbidden = _forbidden(evidenced)
    taken = None if led else _TAKES.search(clause)
    names = (*names_in(taken[0]), *_FOODS.findall(taken[0])) if taken else ()
    name = next((name for name in names if name in forbidden), "")
    if taken and name:
        yield taken, f"the patient is told to take {name}, against {forbidden[name]}"
        return
    pair_of = _TOGETHER.search(clause) or _SAFE_WITH.search(clause)
    if not pair_of or _is_described(clause, pair_of):
        return
    for match in _WORD.finditer(clause):
        if match[0] in forbidden:
            yield match, f"the patient is told to take it with {match[0]}, against {forbidden[match[0]]}"
            return


def _is_described(clause: str, match: re.Match[str]) -> bool:
    """Whether it is spoken of and not asked for: if you take it; taking it can harm."""
    return bool(_DESCRIBED_BEFORE.search(clause[: match.start()]) or _DESCRIBED_AFTER.search(clause[match.end() :]))


def _is_negated(clause: str, match: re.Match[str]) -> bool:
    """Whether a word before it in its clause turns it round; “but” and “then” begin anew."""
    before = re.split(r"\b(?:but|then|instead)\b", clause[: match.start()])[-1]
    return bool(_NEGATED.search(before))


@lru_cache(maxsize=32)
def _says(evidenced: EvidencedMonograph, pattern: re.Pattern[str]) -> bool:
    """Whether the evidence, or else the text for clinicians, says it somewhere."""
    return any(pattern.search(text) for text in _reference_texts(evidenced))


@lru_cache(maxsize=4)
def _reference_texts(evidenced: EvidencedMonograph) -> tuple[str, ...]:
    """The statements of the evidence and those for clinicians, in small letters."""
    of_passages = (small_letters(each.text) for _, statements in evidenced.passages for each in statements)
    own = (small_letters(each.text) for each in evidenced.statements if each.audience is not Audience.PATIENT)
    return (*of_passages, *own)


@lru_cache(maxsize=4)
def _forbidden(evidenced: EvidencedMonograph) -> dict[str, str]:
    """The names that the evidence says not to take it with, each with the place that says so."""
    names: dict[str, str] = {}
    own = {word for name in _own_names(evidenced) for word in _WORD.findall(name)}
    for passage, statements in evidenced.passages:
        if passage.topic not in ("interactions", "contraindications"):
            continue
        for statement in statements:
            text = small_letters(statement.text)
            if not (_FORBIDS if passage.topic == "interactions" else _BESIDE).search(text):
                continue
            for word in _WORD.findall(text):
                if word not in _COMMON and word not in own:
                    names.setdefault(word, evidenced.place(passage))
    return names


def _own_names(evidenced: EvidencedMonograph) -> Iterator[str]:
    front = evidenced.monograph.front
    yield from (front.title.lower(), front.generic_name.lower(), *(name.lower() for name in front.brand_names))


# ---------------------------------------------------------------- help numbers

_CALL = re.compile(r"\b(?:call|dial|ring|phone)(?: an ambulance)?(?: (?:on|at))? (\d{3})\b(?![-\d])", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?<![\d-])\+?(?:\d[ -])?\(?\d{3}\)?[ -][\dA-Z]{3}[ -]\d{4}(?![\d-])")
_OTHERS = frozenset({"988", "211", "311", "112"})
"""Numbers of other help that are right in their place: a crisis line, advice, emergencies from a mobile telephone."""


def wrong_number(reading: Reading) -> Iterator[Violation]:
    """An emergency or poison help number that is not the one of the sheet's country."""
    row = countries().get(reading.front.jurisdiction.upper())
    evidenced = reading.evidenced
    if evidenced is None or row is None:
        return
    own = {_digits(number) for number in evidenced.policy.help_numbers}
    for statement in evidenced.statements:
        if statement.audience not in (None, reading.audience) or statement.section == "front":
            continue
        yield from _wrong_emergency(statement, row["emergency"], {*own, _digits(row["out_of_hours"])})
        yield from _wrong_telephone(statement, row["poison"], own)


def _wrong_emergency(statement: Statement, right: str, allowed: set[str]) -> Iterator[Violation]:
    for text in (statement.text, *statement.under[-1:]):
        for match in _CALL.finditer(text):
            if match[1] != right and match[1] not in allowed | _OTHERS:
                message = f"the emergency number of the sheet's country is {right}, not {match[1]}"
                yield Violation(message, line=statement.line, excerpt=match[1], hint=f"Write {right}.")


def _wrong_telephone(statement: Statement, right: str, allowed: set[str]) -> Iterator[Violation]:
    if not right or "poison" not in statement.text.lower():
        return
    for match in _TELEPHONE.finditer(statement.text):
        if _digits(match[0])[-10:] != _digits(right)[-10:] and _digits(match[0]) not in allowed:
            message = f"the poison help number of the sheet's country is {right}, not {match[0]}"
            yield Violation(message, line=statement.line, excerpt=match[0], hint=f"Write {right}.")


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
