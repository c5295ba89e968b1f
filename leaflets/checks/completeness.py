"""What a sheet must have and lacks: sections, review, sources, an emergency line, what to do about a harm."""

import datetime as dt
from collections.abc import Iterator, Mapping

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, Position, first_in_sentences
from leaflets.checks.reading.word_tables import rows, words
from leaflets.checks.rule import ERROR, INFO, WARNING, Family, Rule, Violation, violation_at
from leaflets.model.monograph import BoxKind
from leaflets.model.review import is_expired


def required_sections(reading: Reading) -> Iterator[Violation]:
    """A section that this audience needs in its country and does not find, not even as a question or a lead-in."""
    present = {passage.section for passage in reading.passages} | {passage.box for passage in reading.passages}
    title_words = _title_words(reading)
    for row in rows("sections"):
        countries = row["jurisdictions"].split()
        if row["audience"] != reading.audience or (countries and reading.front.jurisdiction not in countries):
            continue
        ids = set(filter(None, row["ids"].split("|")))
        topics = filter(None, row["topic"].split("|"))
        answered = any(topic in title_words if ids else reading.positions(topic) for topic in topics)
        if not present & ids and not answered:
            yield Violation(
                f"the {reading.audience} sheet has no section on {row['name']}",
                hint=f"Say it under “### {row['heading']}”: {row['says']}.",
            )


def _title_words(reading: Reading) -> frozenset[str]:
    """The words of questions, lead-ins and small headings, which may stand for a section."""
    titles = (s for s in reading.passages if s.part in (Part.TITLE, Part.QUESTION, Part.LEAD, Part.HEADING))
    return frozenset(token.text.lower() for passage in titles for token in passage.words())


def no_review(reading: Reading) -> Iterator[Violation]:
    """Words that nobody vouches for; where that is not asked, a text that does not say when it is due for review."""
    review = reading.review
    if review is not None and not review.reviewed:
        yield Violation(f"the text is a draft: {review.words}", line=1)
    elif review is None and reading.front.review_by is None:
        yield Violation("the front matter does not say when the text is due for review (review_by)", line=1)


def expired(reading: Reading) -> Iterator[Violation]:
    """The day of the next review has passed, that of the text or that of those who vouch for its words."""
    today, review_by = reading.today, reading.front.review_by
    if today is None:
        return
    if review_by and is_expired(review_by, today):
        line = reading.front.lines.get("review_by", 1)
        yield Violation(f"the review was due by {_day(review_by)}", line=line, excerpt=review_by.isoformat())
    for each in reading.review.sign_offs if reading.review else ():
        if is_expired(each.until, today):
            message = f"the review by {each.by} ({each.role.who}) ended on {_day(each.until)}"
            yield Violation(message, line=1, excerpt=each.until.isoformat())


def claimed_review(reading: Reading) -> Iterator[Violation]:
    """A review that the front matter alone claims: nothing binds it to the words that were read."""
    front = reading.front
    for key in ("reviewed", "reviewers"):
        if getattr(front, key):
            who = f'"{front.reviewers[0]}"' if front.reviewers else "“Name, degree”"
            lang = "" if reading.monograph.lang == "en" else f" --lang {reading.monograph.lang}"
            hint = (
                f"Take “{key}” out, and have the reviewer say: leaflet review {reading.monograph.name}{lang} "
                f"--by {who} --role first --until DATE."
            )
            yield Violation(
                f"“{key}” in the front matter makes nothing reviewed: it is bound to no words",
                line=front.lines.get(key, 1),
                excerpt=key,
                hint=hint,
            )


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def no_version(reading: Reading) -> Iterator[Violation]:
    """No version number."""
    if not reading.front.version:
        yield Violation("the front matter has no version", line=1)


def no_sources(reading: Reading) -> Iterator[Violation]:
    """No list of sources."""
    if not reading.front.sources:
        yield Violation("the front matter lists no sources", line=1)


def no_jurisdiction(reading: Reading) -> Iterator[Violation]:
    """No country whose label the text follows."""
    if not reading.front.jurisdiction:
        yield Violation("the front matter does not say whose label the text follows (jurisdiction)", line=1)


def unknown_source(reading: Reading) -> Iterator[Violation]:
    """A reference mark that no source answers to."""
    ids = {source.id for source in reading.front.sources}
    for passage in reading.passages:
        for mark in passage.marks:
            for wanted in mark.split(","):
                if wanted.partition(":")[0].strip() not in ids:
                    yield Violation(
                        f"the reference mark “{wanted.strip()}” has no source", passage, 0, 1, excerpt=wanted.strip()
                    )


def no_emergency_line(reading: Reading) -> Iterator[Violation]:
    """The text does not say what to do in an emergency: no number to call, no emergency service named.

    Where it sends the reader for help at once without a number, it is an info.
    """
    named = any(reading.positions(word) for word in words("emergency_words"))
    numbers = (position for number in words("emergency_numbers") for position in reading.positions(number))
    numbered = any(position.text(-1).lower() in _CALLING for position in numbers)
    if named or numbered:
        return
    if next(_urgent_advice(reading), None) is None:
        yield Violation("the patient is never told what to do in an emergency")
    else:
        yield Violation("the patient is told to get help, and given no number to call", severity=INFO)


_CALLING = frozenset({"call", "phone", "ring", "dial", "or", "at", ":", "on"})


def _urgent_advice(reading: Reading) -> Iterator[frozenset[str]]:
    """The words of each sentence that sends the reader to somebody for help at once, or to medical help at all.

    An answer has the words of its question too.
    """
    for position, sentence in first_in_sentences(_urgent_words(reading)):
        if sentence & words("turning") and sentence & words("helpers"):
            yield sentence | _question_words(reading, position)
    for position, sentence in first_in_sentences(reading.positions("medical")):
        if sentence & words("seeking") and position.text(1).lower() in words("medical_help"):
            yield sentence | _question_words(reading, position)


def _question_words(reading: Reading, position: Position) -> frozenset[str]:
    before = reading.passages[position.passage.number - 1] if position.passage.number else None
    if before is None or before.part is not Part.QUESTION:
        return frozenset()
    return frozenset(token.text.lower() for token in before.tokens)


def _urgent_words(reading: Reading) -> Iterator[Position]:
    """Where a text says that something is to be done at once; an immediate-release tablet is not urgent."""
    for word in words("at_once"):
        yield from (each for each in reading.positions(word) if each.text(1).lower() not in ("-", "–", "release"))
    for last, before in (("away", "right"), ("away", "straight"), ("once", "at")):
        yield from (each for each in reading.positions(last) if each.text(-1).lower() == before)


def harm_without_action(reading: Reading) -> Iterator[Violation]:
    """A section names serious harms and never says what to do about them.

    A help box counts for all sections, and so does a sentence that says whom to turn to at once with a side effect.
    """
    if any(passage.box is BoxKind.URGENT or passage.section == "urgent" for passage in reading.passages):
        return
    if any(sentence & words("harms") for sentence in _urgent_advice(reading)):
        return
    for section, passages in _by_section(reading, "side_effects", "precautions", "boxed_warning").items():
        section_words = [token.text.lower() for passage in passages for token in passage.tokens]
        if not words("actions").isdisjoint(section_words) or "never be used" in " ".join(section_words):
            continue
        named = first_in_sentences(each for passage in passages for each in passage.find(words("serious")))
        serious = next((position for position, sentence in named if not _is_of_the_patient(position, sentence)), None)
        if serious:
            heading = passages[0].heading or section
            yield violation_at(serious, message=f"“{heading}” names serious harms and never says what to do")


def _is_of_the_patient(position: Position, sentence: frozenset[str]) -> bool:
    """Whether a serious thing is a state that the patient has already: severe liver disease, a contraindication."""
    if position.passage.words_before.lower().startswith(_CONTRAINDICATION):
        return True
    if any(word.startswith(_CONTRAINDICATION) for word in sentence):
        return True
    return any(position.text(step).lower() in words("illness") for step in (1, 2, 3))


_CONTRAINDICATION = "contraindicat"


def _by_section(reading: Reading, *sections: str) -> Mapping[str, list[Passage]]:
    passages: dict[str, list[Passage]] = {}
    for passage in reading.in_sections(*sections):
        passages.setdefault(passage.section, []).append(passage)
    return passages


_GOVERNANCE = "NHS content standard; PIF TICK criteria"
_FRONT = '---\ntitle: Baricitinib\nversion: "1"\njurisdiction: US\nreview_by: 2027-01-05\n'

_WITH_SOURCE = _FRONT + "sources:\n  - {id: U1, title: US label}\n---\n"

RULES: tuple[Rule, ...] = (
    Rule(
        "CO-01", Family.COMPLETENESS, "A section is missing",
        "A reader at the counter, or at home with a problem, must find these topics on the sheet.",
        "EU QRD template; UK Human Medicines Regulations 2012 schedule 27; US 21 CFR 208.20 and 201.57",
        "the section",
        "### Dosage\n\nTake one tablet once a day.",
        "### Dosage\n\nTake one tablet once a day.\n\n### Overdose\n\nCall your doctor.",
        required_sections, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-02", Family.COMPLETENESS, "Not reviewed",
        "Nobody vouches for these words; the sheet is printed as a draft.",
        _GOVERNANCE, "a review: “leaflet review NAME”, and review_by: with the date on which the text itself is due",
        "---\ntitle: Baricitinib\n---", _FRONT + "---", no_review, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-03", Family.COMPLETENESS, "The review is overdue",
        "Labels change; a sheet past its review date may be wrong.",
        "Hospital leaflet practice: expired copies are withdrawn",
        "a new review: “leaflet review NAME”, and its date in review_by",
        "---\ntitle: Baricitinib\nreview_by: 2020-01-05\n---", _FRONT + "---",
        expired, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "CO-04", Family.COMPLETENESS, "No version",
        "Two printed copies can only be told apart by their version.",
        _GOVERNANCE, 'version: "1" in the front matter',
        "---\ntitle: Baricitinib\n---", _FRONT + "---", no_version, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-05", Family.COMPLETENESS, "No sources",
        "A claim without a source cannot be checked at the next review.",
        _GOVERNANCE, "sources: with id, title, date and where in the front matter",
        "---\ntitle: Baricitinib\n---", _WITH_SOURCE,
        no_sources, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-06", Family.COMPLETENESS, "No jurisdiction",
        "Indications, doses and warnings of one drug differ between countries.",
        "House rule: US and EU labels are never merged", "jurisdiction: US, EU or GB in the front matter",
        "---\ntitle: Baricitinib\n---", _FRONT + "---", no_jurisdiction, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-07", Family.COMPLETENESS, "A reference mark without a source",
        "The reader looks for a reference that is not there.",
        "US 21 CFR 201.57: every statement cites its section", "the source in the front matter, or the right id",
        "Take 2 mg.[^U9]",
        _WITH_SOURCE + "\n### Dosage\n\nTake 2 mg.[^U1]", unknown_source, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "CO-08", Family.COMPLETENESS, "No emergency line",
        "A patient in danger needs a number to call before anything else.",
        "MHRA best practice on patient information leaflets: the most serious first",
        "a “Get help now” box with the emergency number and the signs",
        "### Side effects\n\nRash.", "/// urgent\n\n**Call 911 if you have:**\n\n- chest pain\n\n///",
        no_emergency_line, patient=ERROR,
    ),
    Rule(
        "CO-09", Family.COMPLETENESS, "A serious harm without what to do",
        "Fear without an action helps nobody.",
        "AHRQ PEMAT-P items 20 to 22; CDC Clear Communication Index item 14",
        "what the reader is to do, beside the harm",
        "### Side effects\n\nSerious infections occur.",
        "### Side effects\n\nSerious infections occur. Call your doctor if you have a fever.",
        harm_without_action, patient=ERROR, clinician=WARNING,
    ),
    Rule(
        "CO-20", Family.COMPLETENESS, "A review that the front matter claims",
        "A date that is typed stays true whatever becomes of the words below it.",
        "House rule: a review is bound to the words that were read", "a review: “leaflet review NAME”",
        "---\ntitle: Baricitinib\nreviewed: 2026-01-05\nreviewers: [A. Lee]\n---", _FRONT + "---",
        claimed_review, patient=ERROR, clinician=ERROR,
    ),
)  # fmt: skip
