"""A text → its doses: each amount with the frequency, route, band and limit that the words of its sentence give it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leaflets.doses.amounts import amounts
from leaflets.doses.bands import bands, routes
from leaflets.doses.frequencies import frequencies
from leaflets.model.dose import NO_DOSES, Amount, Band, Dose, DoseText, Frequency

_SENTENCE_END = re.compile(r"(?<!\bmax)(?<!approx)(?<!e\.g)(?<!i\.e)(?<!\bvs)[.!?;](?=\s|$)|\n")
_MOST = re.compile(
    r"\bmaximum|\bmax\b\.?|\bexceed(?:ed|ing|s)?\b|\b(?:no|not|never) more than|\bat most\b|\bthe most\b"
    r"(?! [a-z]{3,20} dos)(?! (?:common|usual|often|frequent|effective|typical))"
    r"|\b(?:highest|largest) dose\b|\bupper limit\b|\bmore than\b"
)
_NO_LIMIT_OF_DOSE = re.compile(
    r"rate|concentration|effect|plasma|response|volume|level|clearance|duration|benefit|less than"
)
_PER_DAY = re.compile(r"\bdaily\b|(?:per|/|a|each|one|any|in|within) ?(?:a |an |any |one |the )?(?:day|24)|\b24[- ]h")
_JOINING = re.compile(r"(?:\b(?:for|in|if)(?: the| patients| people| those)?(?: with| of| aged?)? ?|\()$")
_WINDOW = 400
"""How many characters of a sentence before and after an amount are read for it."""
_REACH = 70
"""How many characters a limit's word may stand before its amount."""


def read_doses(text: str) -> DoseText:
    """All doses, frequencies, bands and routes of a text, each with its offsets. Takes time linear in its length."""
    small = _small(text)
    parts = _Parts(small)
    doses = tuple(parts.doses())
    if not doses and not parts.frequencies and not parts.bands:
        return NO_DOSES
    return DoseText(doses, parts.frequencies, parts.bands, tuple(dict.fromkeys(name for _, name in parts.routes)))


def _small(text: str) -> str:
    """The text in small letters, with plain spaces, character for character."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small.translate(_SPACES)


_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " "})


class _Parts:
    """The parts of a text and where they stand, from which its doses are put together."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.frequencies = frequencies(text)
        self.bands = bands(text)
        self.routes = tuple(routes(text))
        self._amounts = tuple(self._of_no_body(amounts(text)))
        self._ends = [match.start() for match in _SENTENCE_END.finditer(text)]
        self._limits = [match.end() for match in _MOST.finditer(text)]

    def _of_no_body(self, all_amounts: Iterator[tuple[int, int, Amount]]) -> Iterator[tuple[int, int, Amount]]:
        """The amounts that no band has for its own: the numbers of a clearance are no doses."""
        starts = [band.start for band in self.bands]
        for start, end, amount in all_amounts:
            before = bisect_right(starts, start) - 1
            if before < 0 or not start < self.bands[before].end:
                yield start, end, amount

    def doses(self) -> Iterator[Dose]:
        """Every dose, in order."""
        for place, (start, end, amount) in enumerate(self._amounts):
            sentence = bisect_left(self._ends, start)
            first = self._ends[sentence - 1] + 1 if sentence else 0
            last = self._ends[sentence] if sentence < len(self._ends) else len(self.text)
            first, last = max(first, start - _WINDOW), min(last, end + _WINDOW)
            before = max(first, self._amounts[place - 1][1] if place else 0)
            after = min(last, self._amounts[place + 1][0] if place + 1 < len(self._amounts) else last)
            clause = _Clause(first, before, start, end, after, is_last=after == last)
            yield self._dose(clause, amount, sentence)

    def _dose(self, clause: "_Clause", amount: Amount, sentence: int) -> Dose:
        limit = self._limit(clause)
        route = _nearest(self.routes, clause)
        around = self.text[limit : clause.start] if limit else ""
        near = self.text[clause.end : min(clause.after, clause.end + 25)]
        daily = "day" in amount.per or bool(_PER_DAY.search(around) or _PER_DAY.match(near.lstrip()))
        return Dose(
            clause.start,
            clause.end,
            amount,
            self._frequency(clause),
            route,
            self._bands(clause),
            limit > 0,
            daily,
            sentence,
        )

    def _limit(self, clause: "_Clause") -> int:
        """Where the word ends that makes the amount the most allowed; 0 where there is none."""
        place = bisect_right(self._limits, clause.start) - 1
        if place >= 0 and self._limits[place] > max(clause.before, clause.start - _REACH):
            between = self.text[self._limits[place] : clause.start]
            return 0 if _NO_LIMIT_OF_DOSE.search(between) else self._limits[place]
        follows = re.match(r" ?(?:\(?max(?:imum|\.)?\b|(?:is|as) the maximum)", self.text[clause.end : clause.end + 20])
        return clause.start if follows else 0

    def _frequency(self, clause: "_Clause") -> Frequency | None:
        """The first frequency after the amount; that of a sentence's first amount may stand before it."""
        place = bisect_left(self.frequencies, clause.end, key=lambda each: each.start)
        if place < len(self.frequencies) and self.frequencies[place].start < clause.after:
            return self.frequencies[place]
        alone = clause.before == clause.first and place and self.frequencies[place - 1].start >= clause.first
        return self.frequencies[place - 1] if alone else None

    def _bands(self, clause: "_Clause") -> tuple[Band, ...]:
        """The bands before the amount, or else after it; without any, those earlier in the sentence.

        A band between two amounts belongs to the second, unless it is joined to the first: "5 mg for adults, 2 mg".
        """
        before = _between(self.bands, clause.before, clause.start)
        after = _between(self.bands, clause.end, clause.after)
        if before and clause.before > clause.first:
            before = tuple(band for band in before if not self._is_joined(band, clause.before))
        if after and not clause.is_last:
            after = tuple(band for band in after if self._is_joined(band, clause.end))
        return before or after or _between(self.bands, clause.first, clause.before)

    def _is_joined(self, band: Band, end: int) -> bool:
        """Whether "for", "in" or a bracket joins a band to the amount that ends before it."""
        return bool(_JOINING.search(self.text[max(end, band.start - 30) : band.start]))


@dataclass(frozen=True, slots=True)
class _Clause:
    """Offsets around an amount: its sentence's start, the end of the amount before, its own, and where its words end.

    `is_last` is set where no other amount follows in the sentence.
    """

    first: int
    before: int
    start: int
    end: int
    after: int
    is_last: bool


def _between(all_bands: Sequence[Band], start: int, end: int) -> tuple[Band, ...]:
    place = bisect_left(all_bands, start, key=lambda band: band.start)
    last = bisect_left(all_bands, end, key=lambda band: band.start)
    return tuple(all_bands[place:last])


def _nearest(all_routes: Sequence[tuple[int, str]], clause: _Clause) -> str:
    """The first route after the amount and before the next; without one, the last before it in its sentence."""
    place = bisect_left(all_routes, clause.end, key=lambda route: route[0])
    if place < len(all_routes) and all_routes[place][0] < clause.after:
        return all_routes[place][1]
    return all_routes[place - 1][1] if place and all_routes[place - 1][0] >= clause.first else ""
