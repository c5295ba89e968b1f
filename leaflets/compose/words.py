"""Texts as HTML: doses held together, faces kept, reference marks as small numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from leaflets.model import Run, Text, plain
from leaflets.typography import NBSP, bind, unbreakable

LONG_WORD = re.compile(r"\S{25,}")


def set_text(text: Text, *, numbers: Mapping[str, int], marks: bool, lang: str = "en") -> Markup:
    """Runs as HTML: doses bound, bold and emphasis kept, reference marks as small numbers where `marks` is true."""
    bound = bind(plain(text), lang)
    kept = tuple(unbreakable(bound, lang))
    parts: list[Markup] = []
    position = 0
    for is_mark, group in groupby(text, key=lambda run: bool(run.mark)):
        runs = tuple(group)
        if is_mark:
            # A mark that leads to no source is the author's own, such as a footnote: everybody needs it.
            shown = runs if marks else tuple(run for run in runs if run.mark not in numbers)
            parts.append(_marks(shown, numbers) if shown else Markup())
            continue
        for run in runs:
            end = position + len(run.text)
            parts.append(_faced(run, _whole(bound, position, end, kept)))
            position = end
    return Markup().join(parts)


def set_plain(text: str, lang: str = "en") -> Markup:
    """A plain text as HTML with its doses bound."""
    bound = bind(text, lang)
    return _whole(bound, 0, len(bound), tuple(unbreakable(bound, lang)))


def _whole(bound: str, start: int, end: int, kept: Sequence[tuple[int, int]]) -> Markup:
    parts: list[Markup] = []
    position = start
    for first, last in kept:
        first, last = max(first, start), min(last, end)
        if first < last:
            parts += [_loose(bound[position:first]), Markup('<span class="whole">{}</span>').format(bound[first:last])]
            position = last
    return Markup().join([*parts, _loose(bound[position:end])])


def _loose(words: str) -> Markup:
    """Words as HTML; one as long as an address may part anywhere, rather than run off its column."""
    parts: list[Markup] = []
    position = 0
    for long in LONG_WORD.finditer(words):
        parts += [escape(words[position : long.start()]), Markup('<span class="long">{}</span>').format(long[0])]
        position = long.end()
    return Markup().join([*parts, escape(words[position:])])


def _faced(run: Run, words: Markup) -> Markup:
    if run.bold:
        words = Markup("<strong>{}</strong>").format(words)
    return Markup("<em>{}</em>").format(words) if run.emphasis else words


def _marks(runs: Text, numbers: Mapping[str, int]) -> Markup:
    """Reference marks in brackets, never raised: a raised figure beside a dose reads as part of it ("1 mg3")."""
    shown = ",".join(str(numbers.get(run.mark, run.mark)) for run in runs)
    return Markup('<span class="ref">{}[{}]</span>').format(NBSP, shown)


def unbold(text: Text) -> Text:
    """The text without bold: it stands where everything is."""
    return tuple(Run(run.text, False, run.emphasis, run.mark) for run in text)
