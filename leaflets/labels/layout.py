"""Fits a label into its space: in smaller type down to a floor, then on more lines; text is never cut."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from leaflets.labels.bidi import starts_rtl
from leaflets.labels.clusters import narrowed
from leaflets.labels.dose_times import dose_grid
from leaflets.labels.findings import missing_character, set_small, too_long
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.label import (
    LABEL_HEIGHT_PT,
    LABEL_WIDTH_PT,
    Label,
    LabelRow,
    RowFields,
    clean,
    cleaned,
    label_rows,
)
from leaflets.labels.script_fonts import OWN_FORMS
from leaflets.labels.shaping import MissingCharacter, ShapedLine, Shaper
from leaflets.languages import first_language
from leaflets.model.finding import Finding

PADDING_PT = 3.0
LEADING = 1.15

_CACHE_SIZE = 2048
_SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
_RTL_LANGUAGES = ("ar", "fa", "he", "ur", "yi", "ps", "ckb", "sd", "ug")
_UNITS = r"(?:mg|g|kg|mcg|µg|μg|ml|mL|dl|l|L|IU|units?|mmol|h|hours?|days?|mm|cm)\b|%"
# A line may end after a space (not between a number and its unit), after a hyphen or a slash between letters, and
# on either side of a Chinese character.
_BREAKS = re.compile(
    rf"(?<= )(?!(?<=\d )(?:{_UNITS}))|(?<=[^\W\d][-/])(?=[^\W\d])"
    r"|(?<=[\u3000-\u9fff])(?=[\w\u3000-\u9fff])|(?<=\w)(?=[\u3000-\u9fff])"
)


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How one item of a label is set; sizes are in points.

    `shrinks`: it may be set smaller than the rest to stay on one line. `kerned`: false for numbers and codes, which are
    read digit by digit. `mixed`: it has several fields, so its direction is that of the leaflet. `once`: it is hardly
    ever the same on two labels, so it is not cached.
    """

    size_pt: float
    floor_pt: float
    bold: bool = False
    shrinks: bool = False
    kerned: bool = True
    mixed: bool = False
    once: bool = False


NAME = Style(11.5, 8.0, bold=True, shrinks=True)
DIRECTIONS = Style(10.0, 8.0, bold=True)
TIMES = Style(9.0, 7.5)
GRID = Style(8.5, 7.5, bold=True)
DETAIL = Style(8.0, 6.5, shrinks=True, kerned=False, mixed=True)
NUMBERS = replace(DETAIL, once=True)
NOTE = Style(7.5, 6.5, bold=True)
CONTROL = Style(6.0, 5.0, shrinks=True, kerned=False)
CONTROL_HEIGHT_PT = CONTROL.size_pt * LEADING  # kept free for the control line at the label's lower edge
# The distance of a grid's text from its lines: at the sides in points, above and below in sizes of type.
GRID_INSET_PT, GRID_ABOVE, GRID_BELOW = 1.5, 0.35, 0.15
HEADING = Style(30.0, 12.0, bold=True, shrinks=True)
BODY = Style(14.0, 12.0)


class TextBlock(NamedTuple):
    """One item as it is set: its lines, their size, and whether they begin at the right edge.

    `extra` is the height in sizes of type that letters and marks taller or deeper than Latin ones need besides the
    leading. A grid has `columns` of lines instead, each with its heading first, and `extra` is its whole height.
    """

    lines: tuple[ShapedLine, ...]
    size_pt: float
    rtl: bool
    width_pt: float
    extra: float = 0.0
    columns: tuple[tuple[ShapedLine, ...], ...] = ()
    once: bool = False

    @property
    def height_pt(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return (len(self.lines) * LEADING + self.extra) * self.size_pt


class FittedLabel(NamedTuple):
    """The items of a label from top to bottom. `scale` is below 1 where the label was made smaller to fit."""

    blocks: tuple[TextBlock, ...]
    scale: float = 1.0


class LabelSetter:
    """Sets labels in one set of fonts; caches lines and items.

    `language` is "und", or that of leaflets with forms of their own for letters that several languages share.
    """

    def __init__(self, fonts: LabelFonts, language: str = "und") -> None:
        self._fonts = fonts
        self._language = language
        self._shaper = Shaper(fonts, language)
        self._other_languages: dict[str, LabelSetter] = {}
        # One cache for each style, so that names do not displace directions, which recur from label to label.
        self._blocks: dict[Style, dict[tuple[str, float, float, bool], TextBlock | None]] = defaultdict(dict)

    def label(
        self, label: Label | None, *, lang: str, width_pt: float, height_pt: float, notes: tuple[str, ...] = ()
    ) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
        """The label fitted into a space of this size, and the findings about it, which hold no data of the patient.

        The label is None where it does not fit or has a character that no font draws.
        """
        language = _own_forms(lang)
        if language not in ("und", self._language):
            return self._in(language).label(label, lang=lang, width_pt=width_pt, height_pt=height_pt, notes=notes)
        inner, room = width_pt - 2 * PADDING_PT, height_pt - 2 * PADDING_PT - CONTROL_HEIGHT_PT
        rtl = is_rtl_language(lang)
        items = [] if label is None else _items(cleaned(label), lang)
        items += [(clean(note), NOTE, "note") for note in notes]
        times = next((text for text, style, _ in items if style is TIMES), "")
        if times and (grid := dose_grid(times, lang)):
            drawn = [(grid, GRID, item[2]) if item[1] is TIMES else item for item in items]
            done, findings = self._fitted(drawn, inner, room, rtl=rtl)
            if done is not None:
                return done, findings
        return self._fitted(items, inner, room, rtl=rtl)

    def _in(self, language: str) -> "LabelSetter":
        if language not in self._other_languages:
            self._other_languages[language] = LabelSetter(self._fonts.preferring(language), language)
        return self._other_languages[language]

    def _fitted(
        self, items: Sequence[tuple[str, Style, str]], inner: float, room: float, *, rtl: bool
    ) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
        reason = too_long("label")
        for scale in _SCALES:
            blocks: list[TextBlock] = []
            small, height = scale < 1, 0.0
            for text, style, field in items:
                try:
                    block = self.block(text, style, scale, inner, rtl=rtl)
                except MissingCharacter as missing:
                    return None, (missing_character(field, missing.character, missing.extra),)
                if block is None:
                    reason = too_long(field)
                    break
                blocks.append(block)
                height += (len(block.lines) * LEADING + block.extra) * block.size_pt
                small = small or block.size_pt < style.size_pt
            else:
                if height <= room:
                    return FittedLabel(tuple(blocks), scale), (set_small(),) if small else ()
        return None, (reason,)

    def block(self, text: str, style: Style, scale: float, width_pt: float, *, rtl: bool) -> TextBlock | None:
        """One item in a column of this width; None where a word is wider than that. Raises MissingCharacter."""
        if style.once:
            return self._set(text, style, scale, width_pt, rtl=rtl)
        cached = self._blocks[style]
        key = (text, scale, width_pt, rtl)
        block = cached.get(key)
        if block is None:
            if len(cached) >= _CACHE_SIZE:
                cached.clear()
            block = cached[key] = self._set(text, style, scale, width_pt, rtl=rtl)
        return block

    def uncached_block(self, text: str, style: Style, width_pt: float) -> TextBlock | None:
        """As `block` at full size from left to right, without the cache. Raises MissingCharacter."""
        return self._set(text, style, 1.0, width_pt, rtl=False)

    def _set(self, text: str, style: Style, scale: float, width_pt: float, *, rtl: bool) -> TextBlock | None:
        if style is GRID:
            return self._grid(text, scale, width_pt, rtl=rtl)
        if "\n" in text:
            return _stacked([self._set(line, style, scale, width_pt, rtl=rtl) for line in text.split("\n")])
        base = rtl if style.mixed else not text.isascii() and starts_rtl(text)
        size = max(style.floor_pt, style.size_pt * scale)
        line = self._shaper.shape(text, bold=style.bold, kerned=style.kerned, rtl=base)
        block = TextBlock((line,), size, rtl, width_pt, line.above + line.below, (), style.once)
        if line.width * size <= width_pt:
            return block
        fitting = math.floor(width_pt / line.width * 4) / 4
        if style.shrinks and fitting >= style.floor_pt:
            return block._replace(size_pt=fitting)
        size = style.floor_pt if style.shrinks else size
        lines = self._wrap(text, style, width_pt / size, base)
        if lines is None:
            return None
        return block._replace(lines=lines, size_pt=size, extra=sum(line.above + line.below for line in lines))

    def _grid(self, text: str, scale: float, width_pt: float, *, rtl: bool) -> TextBlock | None:
        """The dose times as a grid with columns of equal width; None where a word is wider than its column."""
        size = max(GRID.floor_pt, GRID.size_pt * scale)
        rows = [row.split("\t") for row in text.split("\n")]
        width = (width_pt / len(rows) - 2 * GRID_INSET_PT) / size
        columns: list[tuple[ShapedLine, ...]] = []
        for head, amount in rows:
            first = self._shaper.shape(head, bold=False, kerned=True, rtl=not head.isascii() and starts_rtl(head))
            lines = self._wrap(amount, GRID, width, not amount.isascii() and starts_rtl(amount))
            if lines is None or first.width > width:
                return None
            columns.append((first, *lines))
        high = max(line.above + line.below for column in columns for line in column)
        height = max(len(column) for column in columns) * (LEADING + high) + GRID_ABOVE + GRID_BELOW
        return TextBlock((), size, rtl, width_pt, height, tuple(columns))

    def _wrap(self, text: str, style: Style, width: float, rtl: bool) -> tuple[ShapedLine, ...] | None:
        """The text on lines no wider than `width` sizes of type; None where a word is wider than that."""

        def line(part: str) -> ShapedLine:
            return self._shaper.line(part.rstrip(), bold=style.bold, kerned=style.kerned, rtl=rtl)

        lines: list[ShapedLine] = []
        current = ""
        for word in narrowed(_BREAKS.split(text), lambda part: line(part).width <= width):
            if line(current + word).width <= width:
                current += word
                continue
            if current:
                lines.append(line(current))
            if line(word).width > width:
                return None
            current = word
        return (*lines, line(current))


def _stacked(blocks: Sequence[TextBlock | None]) -> TextBlock | None:
    """Blocks of one size as one block, one below the other; None where one of them does not fit."""
    fitting = [block for block in blocks if block is not None]
    if len(fitting) < len(blocks):
        return None
    lines = tuple(line for block in fitting for line in block.lines)
    return fitting[0]._replace(lines=lines, extra=sum(block.extra for block in fitting))


# One setter for each set of fonts, for as long as the fonts are in use.
_SETTERS: WeakKeyDictionary[LabelFonts, LabelSetter] = WeakKeyDictionary()


@lru_cache
def is_rtl_language(lang: str) -> bool:
    """Whether pages in this language are set from right to left."""
    return first_language(lang) in _RTL_LANGUAGES


@lru_cache
def _own_forms(lang: str) -> str:
    """The language of a leaflet where that has forms of its own for letters it shares with others; "und" elsewhere."""
    language = first_language(lang)
    return language if language in OWN_FORMS else "und"


def check_label(
    label: Label,
    fonts: LabelFonts,
    *,
    lang: str = "en",
    width_pt: float = LABEL_WIDTH_PT,
    height_pt: float = LABEL_HEIGHT_PT,
    notes: tuple[str, ...] = (),
) -> tuple[Finding, ...]:
    """The findings about a label before it is written; they hold no data of the patient.

    A label without an error among them fits into any space of this size or larger.
    """
    if fonts not in _SETTERS:
        _SETTERS[fonts] = LabelSetter(fonts)
    return _SETTERS[fonts].label(label, lang=lang, width_pt=width_pt, height_pt=height_pt, notes=notes)[1]


_STYLES = {
    LabelRow.NAME: NAME,
    LabelRow.PERSON: NUMBERS,
    LabelRow.DIRECTIONS: DIRECTIONS,
    LabelRow.DOSE_TIMES: TIMES,
    LabelRow.SUPPLY: NUMBERS,
    LabelRow.ORIGIN: DETAIL,
}


@lru_cache
def _styled_rows(lang: str) -> tuple[tuple[RowFields, Style, str], ...]:
    """The rows of a label, each with its style and the names of its fields."""
    return tuple((row, _STYLES[row.row], ", ".join(name for name, _ in row.fields)) for row in label_rows(lang))


def _items(label: Label, lang: str) -> list[tuple[str, Style, str]]:
    """The items of a clean label from top to bottom: text, style, and the fields to name where one does not fit."""
    return [(text, style, names) for row, style, names in _styled_rows(lang) if (text := row.text(label))]
