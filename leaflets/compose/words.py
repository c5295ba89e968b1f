"""Texts as HTML: doses kept on one line, bold and emphasis marked up, reference marks as numbers in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise

from markupsafe import Markup, escape

from leaflets.languages import language_or_english
from leaflets.model.monograph import Text, TextRun, plain
from leaflets.typography import NBSP, bind, left_to_right, unbreakable

_Span = tuple[int, int]
_Element = tuple[_Span, tuple[Markup, Markup]]
"""An expression and the tags before and after it."""
_LEFT_TO_RIGHT = (Markup('<bdi dir="ltr">'), Markup("</bdi>"))
_WHOLE = (Markup('<span class="whole">'), Markup("</span>"))
LONG_WORD = re.compile(r"\S{25,}")
_ADDRESS = re.compile(r"://|@|\w\.[^\W\d_]")
_LONGEST_HYPHENATED = 120
"""Letters of a word whose syllables are looked for: the renderer tries each of them anew on each line."""
_LONGER_THAN_A_LINE = 45
"""Letters of a word that fits no line of running text, in any edition."""


def set_text(text: Text, *, numbers: Mapping[str, int], marks: bool, lang: str = "en") -> Markup:
    """Runs as HTML: doses kept on one line, bold and emphasis marked up, reference marks shown where `marks` is true.

    In a right-to-left language, doses are isolated as left-to-right text.
    """
    with_no_break_spaces = bind(plain(text), lang)
    within = tuple(unbreakable(with_no_break_spaces, lang))
    ordered: tuple[_Span, ...] = ()
    crossing: tuple[_Span, ...] = ()
    if language_or_english(lang).right_to_left:  # its isolated expressions could overlap elements around several runs
        ordered = tuple(left_to_right(with_no_break_spaces))
    else:
        crossing, within = _by_runs(within, text)
    elements = (*((span, _LEFT_TO_RIGHT) for span in ordered), *((span, _WHOLE) for span in crossing))
    parts: list[Markup] = []
    position = 0
    for is_mark, group in groupby(text, key=lambda run: bool(run.mark)):
        runs = tuple(group)
        if is_mark:
            # A mark that leads to no source is the author's own, such as a footnote, and is shown to every audience.
            shown = runs if marks else tuple(run for run in runs if run.source not in numbers)
            parts.append(_marks(shown, numbers) if shown else Markup())
            continue
        for run in runs:
            end = position + len(run.text)
            parts += (
                _piece_in_elements(with_no_break_spaces, run, piece, within, elements)
                for piece in _pieces(position, end, elements)
            )
            position = end
    return Markup().join(parts)


def _by_runs(spans: Sequence[_Span], text: Text) -> tuple[tuple[_Span, ...], tuple[_Span, ...]]:
    """The expressions that go over the end of a run, such as a number in bold before its unit, and those within one."""
    ends = tuple(accumulate(len(run.text) for run in text))
    crossing = tuple(span for span in spans if any(span[0] < end < span[1] for end in ends))
    return crossing, tuple(span for span in spans if span not in crossing)


def set_plain(text: str, lang: str = "en") -> Markup:
    """A plain text as HTML with its doses kept on one line."""
    return set_text((TextRun(text),), numbers={}, marks=False, lang=lang)


def _pieces(start: int, end: int, elements: Sequence[_Element]) -> Iterator[_Span]:
    """The spans of a run, split where an expression begins or ends, which may be in the middle of it."""
    edges = {edge for span, _ in elements for edge in span if start < edge < end}
    return pairwise(sorted({start, end, *edges}))


def _piece_in_elements(
    with_no_break_spaces: str, run: TextRun, piece: _Span, unbroken: Sequence[_Span], elements: Sequence[_Element]
) -> Markup:
    """A piece of a run as HTML; the first piece of an expression opens its element, the last one closes it."""
    opening = Markup().join(tags[0] for span, tags in elements if span[0] == piece[0])
    closing = Markup().join(tags[1] for span, tags in reversed(elements) if span[1] == piece[1])
    return opening + _styled(run, _unbroken_parts(with_no_break_spaces, *piece, unbroken)) + closing


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
    """Words as HTML; one as long as a web address may be broken anywhere, so that it stays within its column.

    A word that is no address is broken with a hyphen at a syllable: where it is longer than any line, and by the
    styles in the cells of tables and in editions with short lines. Cut without a sign it would read as two words.
    """
    parts: list[Markup] = []
    position = 0
    for long in LONG_WORD.finditer(words):
        is_word = len(long[0]) <= _LONGEST_HYPHENATED and not _ADDRESS.search(long[0])
        kind = "long" + " word" * is_word + " hyphenated" * (is_word and len(long[0]) >= _LONGER_THAN_A_LINE)
        parts += [escape(words[position : long.start()]), Markup('<span class="{}">{}</span>').format(kind, long[0])]
        position = long.end()
    return Markup().join([*parts, escape(words[position:])])


def _styled(run: TextRun, words: Markup) -> Markup:
    if run.bold:
        words = Markup("<strong>{}</strong>").format(words)
    return Markup("<em>{}</em>").format(words) if run.emphasis else words


def _marks(runs: Text, numbers: Mapping[str, int]) -> Markup:
    """Reference marks in brackets, never raised: a raised figure beside a dose reads as part of it ("1 mg3")."""
    shown = ",".join(dict.fromkeys(str(numbers.get(run.source, run.mark)) for run in runs))
    return Markup('<span class="ref">{}[{}]</span>').format(NBSP, shown)


def unbold(text: Text) -> Text:
    """The text without bold, for places that are set in bold as a whole."""
    return tuple(TextRun(run.text, False, run.emphasis, run.mark) for run in text)
