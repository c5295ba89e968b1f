"""Fits a label into its space: in smaller type down to a floor, then on more lines; text is never cut."""

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from leaflets.labels.bidi import starts_rtl
from leaflets.labels.dose_times import dose_grid, dose_words
from leaflets.labels.findings import missing_character, set_small, too_long
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.label import LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label, RowFields, clean, cleaned, label_rows
from leaflets.labels.line_breaks import narrowed, pieces, wrapped
from leaflets.labels.script_fonts import OWN_FORMS
from leaflets.labels.shaping import MissingCharacter, ShapedLine, Shaper
from leaflets.labels.styles import CONTROL_HEIGHT_PT, STANDARD, LabelStyles, Style
from leaflets.languages import first_language
from leaflets.model.finding import Finding

PADDING_PT = 3.0
CODE_MODULE_PT = 1.2
"""0.42 mm: five dots of a printer with 300 to the inch."""
CODE_PT = 20 * CODE_MODULE_PT
CODE_WIDTH_PT, CODE_HEIGHT_PT = CODE_PT + 3 * CODE_MODULE_PT, CODE_PT + CODE_MODULE_PT
"""The code in a label's lower corner with white towards the text: one module at least (ISO/IEC 16022)."""

_CACHE_SIZE = 2048
_RTL_LANGUAGES = ("ar", "fa", "he", "ur", "yi", "ps", "ckb", "sd", "ug")
# The distance of a grid's text from its lines: at the sides in points, above and below in sizes of type.
GRID_INSET_PT, GRID_ABOVE, GRID_BELOW = 1.5, 0.35, 0.15


class LabelSpace(NamedTuple):
    """What a label is set into: a space in points, in the language of its leaflet; `code` keeps a corner for a code."""

    width_pt: float = LABEL_WIDTH_PT
    height_pt: float = LABEL_HEIGHT_PT
    lang: str = "en"
    styles: LabelStyles = STANDARD
    code: bool = False


class Column(NamedTuple):
    """What one item is set into: a width in points, its direction and language, and the width kept free beside it."""

    width_pt: float
    rtl: bool = False
    lang: str = "en"
    beside_pt: float = 0.0


class TextBlock(NamedTuple):
    """One item as it is set: its lines, their size, and whether they begin at the right edge.

    `extra` is the height in sizes of type that letters and marks taller or deeper than Latin ones need besides the
    leading. A grid has `columns` of lines instead, each with its heading first, and `extra` is its whole height.
    """

    lines: tuple[ShapedLine, ...]
    size_pt: float
    rtl: bool
    width_pt: float
    leading: float
    extra: float = 0.0
    columns: tuple[tuple[ShapedLine, ...], ...] = ()
    once: bool = False

    @property
    def height_pt(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return (len(self.lines) * self.leading + self.extra) * self.size_pt


class FittedLabel(NamedTuple):
    """The items of a label from top to bottom; those from `lower` on stand at its lower edge, beside the code.

    `scale` is below 1 where all but directions was made smaller to fit.
    """

    blocks: tuple[TextBlock, ...]
    scale: float = 1.0
    lower: int = 0


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
        self._blocks: dict[Style, dict[tuple[str, float, Column], TextBlock | None]] = defaultdict(dict)

    def label(
        self, label: Label | None, space: LabelSpace, notes: tuple[str, ...] = ()
    ) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
        """The label fitted into a space, and the findings about it, which hold no data of the patient.

        The label is None where it does not fit or has a character that no font draws.
        """
        language = _own_forms(space.lang)
        if language not in ("und", self._language):
            return self._in(language).label(label, space, notes)
        items = [] if label is None else _items(cleaned(label), space)
        items += [_Item(clean(note), space.styles.note, "note", beside_code=True) for note in notes]
        if label is not None and label.dose_times and (drawn := _with_grid(items, space)):
            done, findings = self._fitted(drawn, space)
            if done is not None:
                return done, findings
        if label is not None and label.dose_times:
            items = [_in_words(item, space) for item in items]
        return self._fitted(items, space)

    def _in(self, language: str) -> "LabelSetter":
        if language not in self._other_languages:
            self._other_languages[language] = LabelSetter(self._fonts.preferring(language), language)
        return self._other_languages[language]

    def _fitted(self, items: Sequence["_Item"], space: LabelSpace) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
        blocks: list[TextBlock] = []
        for essential, scale in space.styles.scales:
            try:
                blocks = self._blocks_of(items, space, essential, scale)
            except MissingCharacter as missing:
                field = next(item.field for item in items if missing.character in item.text)
                return None, (missing_character(field, missing.character, missing.extra),)
            if len(blocks) == len(items) and (lower := _lower(items, blocks, space)) is not None:
                small = scale < 1 or _shrunk(items, blocks)
                return FittedLabel(tuple(blocks), scale, lower), (set_small(),) if small else ()
        return None, (too_long(items[len(blocks)].field if len(blocks) < len(items) else "label"),)

    def _blocks_of(
        self, items: Sequence["_Item"], space: LabelSpace, essential: float, scale: float
    ) -> list[TextBlock]:
        """The items at these scales, up to the first that does not fit. Raises MissingCharacter."""
        column, narrow = _columns(space)
        blocks: list[TextBlock] = []
        for text, style, _, beside_code in items:
            own_scale = essential if style.essential else scale
            block = self.block(text, style, own_scale, narrow if beside_code else column)
            if block is None:
                break
            blocks.append(block)
        return blocks

    def block(self, text: str, style: Style, scale: float, column: Column) -> TextBlock | None:
        """One item in a column; None where a word is wider than that. Raises MissingCharacter."""
        if style.once:
            return self._set(text, style, scale, column)
        cached = self._blocks[style]
        key = (text, scale, column)
        block = cached.get(key)
        if block is None:
            if len(cached) >= _CACHE_SIZE:
                cached.clear()
            block = cached[key] = self._set(text, style, scale, column)
        return block

    def uncached_block(self, text: str, style: Style, width_pt: float) -> TextBlock | None:
        """As `block` at full size from left to right, without the cache. Raises MissingCharacter."""
        return self._set(text, style, 1.0, Column(width_pt))

    def _set(self, text: str, style: Style, scale: float, column: Column) -> TextBlock | None:
        if style.grid:
            return self._grid(text, style, scale, column)
        if "\n" in text:
            return _stacked([self._set(line, style, scale, column) for line in text.split("\n")])
        width_pt, rtl = column.width_pt, column.rtl
        base = rtl if style.mixed else not text.isascii() and starts_rtl(text)
        size = max(style.floor_pt, style.size_pt * scale)
        line = self._shaper.shape(text, bold=style.bold, kerned=style.kerned, rtl=base)
        right_edge, extra = width_pt + column.beside_pt, line.above + line.below
        block = TextBlock((line,), size, rtl, right_edge, style.leading, extra, (), style.once)
        if line.width * size <= width_pt:
            return block
        fitting = math.floor(width_pt / line.width * 4) / 4
        if style.shrinks and fitting >= style.floor_pt:
            return block._replace(size_pt=fitting)
        size = style.floor_pt if style.shrinks else size
        lines = self._wrap(text, style, width_pt / size, base, column.lang)
        if lines is None:
            return None
        return block._replace(lines=lines, size_pt=size, extra=sum(line.above + line.below for line in lines))

    def _grid(self, text: str, style: Style, scale: float, column: Column) -> TextBlock | None:
        """The dose times as a grid with columns of equal width; None where a word is wider than its column."""
        size = max(style.floor_pt, style.size_pt * scale)
        rows = [row.split("\t") for row in text.split("\n")]
        width = (column.width_pt / len(rows) - 2 * GRID_INSET_PT) / size
        columns: list[tuple[ShapedLine, ...]] = []
        for head, amount in rows:
            first = self._shaper.shape(head, bold=False, kerned=True, rtl=not head.isascii() and starts_rtl(head))
            lines = self._wrap(amount, style, width, not amount.isascii() and starts_rtl(amount), column.lang)
            if lines is None or first.width > width:
                return None
            columns.append((first, *lines))
        high = max(line.above + line.below for lines in columns for line in lines)
        height = max(map(len, columns)) * (style.leading + high) + GRID_ABOVE + GRID_BELOW
        return TextBlock((), size, column.rtl, column.width_pt, style.leading, height, tuple(columns))

    def _wrap(self, text: str, style: Style, width: float, rtl: bool, lang: str) -> tuple[ShapedLine, ...] | None:
        """The text on lines no wider than `width` sizes of type; None where a piece is wider than that."""

        def line(part: str) -> ShapedLine:
            return self._shaper.line(part, bold=style.bold, kerned=style.kerned, rtl=rtl)

        parts = list(narrowed(pieces(text, lang), lambda part: line(part.rstrip()).width <= width))
        for even in (style.even, False) if style.even else (False,):
            lines = wrapped(parts, lambda part: line(part).width, width, even=even)
            if lines is None:
                return None
            shaped = tuple(map(line, lines))
            if max(one.width for one in shaped) <= width:
                return shaped
        return None


def _stacked(blocks: Sequence[TextBlock | None]) -> TextBlock | None:
    """Blocks of one size as one block, one below the other; None where one of them does not fit."""
    fitting = [block for block in blocks if block is not None]
    if len(fitting) < len(blocks):
        return None
    lines = tuple(line for block in fitting for line in block.lines)
    return fitting[0]._replace(lines=lines, extra=sum(block.extra for block in fitting))


class _Item(NamedTuple):
    """An item of a label: its text and style, the fields to name where it does not fit, whether it stands beside
    the code.
    """

    text: str
    style: Style
    field: str
    beside_code: bool = False


@lru_cache
def _columns(space: LabelSpace) -> tuple[Column, Column]:
    """The column of a label's items, and the narrower one of those beside its code."""
    inner, rtl = space.width_pt - 2 * PADDING_PT, is_rtl_language(space.lang)
    beside = CODE_WIDTH_PT if space.code else 0.0
    return Column(inner, rtl, space.lang), Column(inner - beside, rtl, space.lang, beside if rtl else 0.0)


def _lower(items: Sequence[_Item], blocks: Sequence[TextBlock], space: LabelSpace) -> int | None:
    """The first block of those beside the code; None where all are higher than the space, or one reaches the code."""
    above = beside = 0.0
    lower = 0
    for item, block in zip(items, blocks, strict=True):
        if item.beside_code:
            beside += block.height_pt
        else:
            above += block.height_pt
            lower += 1
    room = space.height_pt - 2 * PADDING_PT
    fits = above + beside <= room - CONTROL_HEIGHT_PT and (not space.code or above <= room - CODE_HEIGHT_PT)
    return lower if fits else None


def _shrunk(items: Sequence[_Item], blocks: Sequence[TextBlock]) -> bool:
    """Whether an item was made smaller than its style, directions and dose times aside."""
    for (_, style, _, _), block in zip(items, blocks, strict=True):
        if block.size_pt < style.size_pt and not style.essential:
            return True
    return False


def _with_grid(items: Sequence[_Item], space: LabelSpace) -> list[_Item]:
    """The items with dose times as a grid instead of in words; empty where they cannot be one."""
    styles = space.styles
    times = next((item for item in items if item.style is styles.times), None)
    grid = dose_grid(times.text, space.lang) if times else ""
    return [_Item(grid, styles.grid, item.field) if item is times else item for item in items] if grid else []


def _in_words(item: _Item, space: LabelSpace) -> _Item:
    """The item, if it is the dose times, with the times of the day in the language of the leaflet."""
    return item._replace(text=dose_words(item.text, space.lang)) if item.style is space.styles.times else item


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


def setter_of(fonts: LabelFonts) -> LabelSetter:
    """The setter of a set of fonts, with what it has cached."""
    if fonts not in _SETTERS:
        _SETTERS[fonts] = LabelSetter(fonts)
    return _SETTERS[fonts]


@lru_cache
def _styled_rows(lang: str, styles: LabelStyles) -> tuple[tuple[RowFields, Style, str, bool], ...]:
    """The rows of a label, each with its style, the names of its fields, and whether it stands beside the code."""
    return tuple(
        (row, styles.rows[row.row], ", ".join(name for name, _ in row.fields), row.row in styles.beside_code)
        for row in label_rows(lang)
    )


def _items(label: Label, space: LabelSpace) -> list[_Item]:
    """The items of a clean label from top to bottom."""
    rows = _styled_rows(space.lang, space.styles)
    return [_Item(text, style, names, beside) for row, style, names, beside in rows if (text := row.text(label))]
