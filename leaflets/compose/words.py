"""Texts as HTML: doses kept on one line, bold and emphasis marked up, reference marks as numbers in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from leaflets.languages import language_or_english
from leaflets.model.monograph import Text, TextRun, plain
from leaflets.typography import NBSP, bind, left_to_right, unbreakable

_Span = tuple[int, int]
LONG_WORD = re.compile(r"\S{25,}")


def set_text(text: Text, *, numbers: Mapping[str, int], marks: bool, lang: str = "en") -> Markup:
    """Runs as HTML: doses kept on one line, bold and emphasis marked up, reference marks shown where `marks` is true.

    In a right-to-left language, doses are isolated as left-to-right text.
    """
    with_no_break_spaces = bind(plain(text), lang)
    unbroken = tuple(unbreakable(with_no_break_spaces, lang))
    ordered = tuple(left_to_right(with_no_break_spaces)) if language_or_english(lang).right_to_left else ()
    parts: list[Markup] = []
    position = 0
    for is_mark, group in groupby(text, key=lambda run: bool(run.mark)):
        runs = tuple(group)
        if is_mark:
            # A mark that leads to no source is the author's own, such as a footnote, and is shown to every audience.
            shown = runs if marks else tuple(run for run in runs if run.mark not in numbers)
            parts.append(_marks(shown, numbers) if shown else Markup())
            continue
        for run in runs:
            end = position + len(run.text)
            parts += (
                _piece_in_order(with_no_break_spaces, run, piece, unbroken, ordered)
                for piece in _pieces(position, end, ordered)
            )
            position = end
    return Markup().join(parts)


def set_plain(text: str, lang: str = "en") -> Markup:
    """A plain text as HTML with its doses kept on one line."""
    return set_text((TextRun(text),), numbers={}, marks=False, lang=lang)


def _pieces(start: int, end: int, ordered: Sequence[_Span]) -> Iterator[_Span]:
    """The spans of a run, split where a dose begins or ends, which may be in the middle of it."""
    edges = {edge for span in ordered for edge in span if start < edge < end}
    return pairwise(sorted({start, end, *edges}))


def _piece_in_order(
    with_no_break_spaces: str, run: TextRun, piece: _Span, unbroken: Sequence[_Span], ordered: Sequence[_Span]
) -> Markup:
    """A piece of a run as HTML; the first piece of a dose opens its isolating element, the last one closes it."""
    words = _styled(run, _unbroken_parts(with_no_break_spaces, *piece, unbroken))
    if any(span[0] == piece[0] for span in ordered):
        words = Markup('<bdi dir="ltr">') + words
    return words + Markup("</bdi>") if any(span[1] == piece[1] for span in ordered) else words


def _unbroken_parts(with_no_break_spaces: str, start: int, end: int, unbroken: Sequence[tuple[int, int]]) -> Markup:
    parts: list[Markup] = []
    position = start
    for first, last in unbroken:
        first, last = max(first, start), min(last, end)
        if first < last:
            parts += [
                _with_space_apart(with_no_break_spaces[position:first]),
                Markup('<span class="whole">{}</span>').format(with_no_break_spaces[first:last]),
            ]
            position = last
    return Markup().join([*parts, _with_long_words(with_no_break_spaces[position:end])])


def _with_space_apart(words: str) -> Markup:
    """Words before an unbreakable expression, with their last space in an element of its own.

    Without it, WeasyPrint 70 ends the line after the first word where words and space are a little too wide for it.
    """
    return _with_long_words(words[:-1]) + Markup("<span> </span>") if words.endswith(" ") else _with_long_words(words)


def _with_long_words(words: str) -> Markup:
    """Words as HTML; one as long as a web address may be broken anywhere, so that it stays within its column."""
    parts: list[Markup] = []
    position = 0
    for long in LONG_WORD.finditer(words):
        parts += [escape(words[position : long.start()]), Markup('<span class="long">{}</span>').format(long[0])]
        position = long.end()
    return Markup().join([*parts, escape(words[position:])])


def _styled(run: TextRun, words: Markup) -> Markup:
    if run.bold:
        words = Markup("<strong>{}</strong>").format(words)
    return Markup("<em>{}</em>").format(words) if run.emphasis else words


def _marks(runs: Text, numbers: Mapping[str, int]) -> Markup:
    """Reference marks in brackets, never raised: a raised figure beside a dose reads as part of it ("1 mg3")."""
    shown = ",".join(str(numbers.get(run.mark, run.mark)) for run in runs)
    return Markup('<span class="ref">{}[{}]</span>').format(NBSP, shown)


def unbold(text: Text) -> Text:
    """The text without bold, for places that are set in bold as a whole."""
    return tuple(TextRun(run.text, False, run.emphasis, run.mark) for run in text)
