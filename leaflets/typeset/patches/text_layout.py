"""Lays out lines of text with fewer calls of Pango.

The settings of Pango for a style are made once for all lines of that style, and a line that was measured is kept to be
drawn, where WeasyPrint lays it out a second time.
"""

from operator import itemgetter
from typing import Any, NamedTuple

from leaflets.typeset.engine import weasyprint

_lines: Any = weasyprint.text.line_break
_ffi: Any = _lines.ffi
_pango: Any = _lines.pango
_gobject: Any = _lines.gobject
_FROM: float = _lines.FROM_UNITS
_Layout: Any = _lines.Layout
_Style: Any = weasyprint.css.Style
_original_font_style_cache_key = _lines._font_style_cache_key
_original_setup = _Layout.setup
_original_set_text = _Layout.set_text
_original_deactivate = _Layout.deactivate
_original_reactivate = _Layout.reactivate

_KEY_PROPERTIES = (
    "direction", "lang", "font_language_override", "font_family", "font_style", "font_stretch", "font_weight",
    "font_size", "font_variant_caps", "font_variation_settings", "font_kerning", "font_variant_ligatures",
    "font_variant_position", "font_variant_numeric", "font_variant_alternates", "font_variant_east_asian",
    "font_feature_settings", "overflow_wrap",
)  # fmt: skip
_settings_key = itemgetter(*_KEY_PROPERTIES)
_feature_values = itemgetter(
    "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps", "font_variant_numeric",
    "font_variant_alternates", "font_variant_east_asian", "font_feature_settings",
)  # fmt: skip
_spacing_and_decoration = itemgetter("word_spacing", "letter_spacing", "text_decoration_line")
_NO_SPACING_NOR_DECORATION = (0, "normal", "none")
_TO_THE_END = 0xFFFFFFFF  # PANGO_ATTR_INDEX_TO_TEXT_END
_MAX_SETTINGS = 1_000


class _Settings(NamedTuple):
    """The settings of Pango for a style: context (with language and direction), font and features."""

    context: Any
    language: Any
    font: Any
    attributes: Any


def _setup(self: Any, style: Any) -> None:
    """Make a layout for text of this style; spaced, justified and decorated text is left to WeasyPrint.

    So is text in an SVG image, whose style holds lists, which cannot be part of a key.
    """
    self.has_shared_settings = (
        isinstance(style, _Style)
        and not self.justification_spacing
        and _spacing_and_decoration(style) == _NO_SPACING_NOR_DECORATION
    )
    if not self.has_shared_settings:
        _original_setup(self, style)
        return
    self.style = style
    self.first_line_direction = 0
    settings = _settings(style)
    self.language = settings.language
    self.layout = layout = _ffi.gc(_pango.pango_layout_new(settings.context), _gobject.g_object_unref)
    _pango.pango_layout_set_auto_dir(layout, False)
    _pango.pango_layout_set_font_description(layout, settings.font)
    self.ascent = self.underline_position = self.strikethrough_position = None
    if settings.attributes is not None:
        _pango.pango_layout_set_attributes(layout, settings.attributes)


def _settings(style: Any) -> _Settings:
    """The settings for a style, kept with the font configuration since they belong to its font map."""
    key = _settings_key(style)
    cache: dict[Any, _Settings] = style.font_config.__dict__.setdefault("pango_settings", {})
    settings = cache.get(key)
    if settings is None:
        if len(cache) > _MAX_SETTINGS:
            cache.clear()
        settings = cache[key] = _new_settings(style)
    return settings


def _new_settings(style: Any) -> _Settings:
    context = _ffi.gc(_pango.pango_font_map_create_context(style.font_config.font_map), _gobject.g_object_unref)
    _pango.pango_context_set_round_glyph_positions(context, False)
    _pango.pango_context_set_base_dir(context, _lines.PANGO_DIRECTION[style["direction"]])
    language = _language(style)
    if language is None:
        language = _pango.pango_language_get_default()
    else:
        _pango.pango_context_set_language(context, language)
    return _Settings(context, language, _lines.get_font_description(style), _attributes(style))


def _language(style: Any) -> Any:
    """The language of a style for Pango; None where it has none."""
    override, lang = style["font_language_override"], style["lang"]
    name = lang if override == "normal" else _lines.LST_TO_ISO.get(override.lower(), override)
    return _pango.pango_language_from_string(name.encode()) if name else None


def _attributes(style: Any) -> Any:
    """The features of the font, and no hyphens where long words may be broken; None where there is nothing to set.

    They are never freed: WeasyPrint does not free its own either.
    """
    features = _lines.font_features(*_feature_values(style))
    breaks = style["overflow_wrap"] in ("anywhere", "break-word")
    if not features and not breaks:
        return None
    attributes = _pango.pango_attr_list_new()
    if features:
        names = ",".join(f"{name} {value}" for name, value in features.items()).encode()
        _pango.pango_attr_list_insert(attributes, _pango.pango_attr_font_features_new(names))
    if breaks:
        hyphens = _pango.pango_attr_insert_hyphens_new(False)
        hyphens.start_index, hyphens.end_index = 0, _TO_THE_END
        _pango.pango_attr_list_change(attributes, hyphens)
    return attributes


def _set_text(self: Any, text: str, justify: bool = False) -> None:
    """Set the text of a layout: its first line, and the character after it."""
    if not self.has_shared_settings:
        _original_set_text(self, text, justify)
        return
    end = text.find("\n")
    self.text = text if end == -1 else text[: end + 2]
    data = self.text.encode().replace(b"\0", b"")
    _pango.pango_layout_set_text(self.layout, data, -1)
    if b"\t" in data:
        self.set_tabs()


def _deactivate(self: Any) -> None:
    """Keep a layout that has been measured, since it is drawn next."""
    if not self.has_shared_settings:
        _original_deactivate(self)


def _reactivate(self: Any, style: Any) -> None:
    """Make a layout ready to be drawn: nothing to do where it was kept and its style is the same."""
    if not (self.has_shared_settings and self.style is style and is_one_line(self)):
        _original_reactivate(self, style)


def is_one_line(layout: Any) -> bool:
    """Whether a layout holds one line of one paragraph, so that it is drawn as it was measured."""
    text = layout.text
    if "\n" in text or "\r" in text or "\u2029" in text:
        return False
    return bool(_pango.pango_layout_get_line_readonly(layout.layout, 1) == _ffi.NULL)


_RECTANGLE = _ffi.typeof("PangoRectangle *")


def _line_size(line: Any, style: Any) -> tuple[float, float]:
    """Width and height of a line in pixels."""
    extents = _ffi.new(_RECTANGLE)
    _pango.pango_layout_line_get_extents(line, _ffi.NULL, extents)
    width, height = extents.width * _FROM, extents.height * _FROM
    spacing = style["letter_spacing"]
    return (width if spacing == "normal" else width + spacing), height


_FONT = (
    "font_family", "font_style", "font_stretch", "font_weight", "font_variant_ligatures", "font_variant_position",
    "font_variant_caps", "font_variant_numeric", "font_variant_alternates", "font_variant_east_asian",
    "font_feature_settings", "font_variation_settings", "font_language_override", "lang",
)  # fmt: skip
_font_properties = itemgetter(*_FONT)
_font_and_size_properties = itemgetter(*_FONT, "font_size", "line_height")


def _font_style_cache_key(style: Any, include_size: bool = False) -> Any:
    """The properties that decide the height of a line, as a tuple in the place of WeasyPrint's text."""
    if not isinstance(style, _Style):
        return _original_font_style_cache_key(style, include_size)
    return _font_and_size_properties(style) if include_size else _font_properties(style)


_Layout.has_shared_settings = False  # of layouts that another thread has begun before this patch was applied

REPLACEMENTS = (
    (_Layout, "set_text", _set_text),
    (_Layout, "deactivate", _deactivate),
    (_Layout, "reactivate", _reactivate),
    (_Layout, "setup", _setup),  # last, since the others handle layouts without it
    (_lines, "line_size", _line_size),
    (_lines, "_font_style_cache_key", _font_style_cache_key),
)
