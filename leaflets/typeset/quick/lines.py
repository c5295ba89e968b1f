"""Lines of text: what Pango is told of a style is made once for all its lines; a line that was measured is drawn."""

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
_usual_font_key = _lines._font_style_cache_key
_usual_setup = _Layout.setup
_usual_set_text = _Layout.set_text
_usual_deactivate = _Layout.deactivate
_usual_reactivate = _Layout.reactivate

_ASKED = (
    "direction", "lang", "font_language_override", "font_family", "font_style", "font_stretch", "font_weight",
    "font_size", "font_variant_caps", "font_variation_settings", "font_kerning", "font_variant_ligatures",
    "font_variant_position", "font_variant_numeric", "font_variant_alternates", "font_variant_east_asian",
    "font_feature_settings", "overflow_wrap",
)  # fmt: skip
_asked = itemgetter(*_ASKED)
_features_of = itemgetter(
    "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps", "font_variant_numeric",
    "font_variant_alternates", "font_variant_east_asian", "font_feature_settings",
)  # fmt: skip
_PLAIN = itemgetter("word_spacing", "letter_spacing", "text_decoration_line")
_USUAL = (0, "normal", "none")
_TO_THE_END = 0xFFFFFFFF  # PANGO_ATTR_INDEX_TO_TEXT_END
_MOST = 1_000


class _Setting(NamedTuple):
    """What Pango is told of a style: the language and direction, the font, the features."""

    context: Any
    language: Any
    font: Any
    attributes: Any


def _setup(self: Any, style: Any) -> None:
    """A layout for text of this style."""
    # The style of text in a drawing is of another kind, with lists that no setting can be known by.
    self.shared = isinstance(style, _Style) and not self.justification_spacing and _PLAIN(style) == _USUAL
    if not self.shared:
        _usual_setup(self, style)
        return
    self.style = style
    self.first_line_direction = 0
    setting = _setting(style)
    self.language = setting.language
    self.layout = layout = _ffi.gc(_pango.pango_layout_new(setting.context), _gobject.g_object_unref)
    _pango.pango_layout_set_auto_dir(layout, False)
    _pango.pango_layout_set_font_description(layout, setting.font)
    self.ascent = self.underline_position = self.strikethrough_position = None
    if setting.attributes is not None:
        _pango.pango_layout_set_attributes(layout, setting.attributes)


def _setting(style: Any) -> _Setting:
    asked = _asked(style)
    fonts = style.font_config
    known: dict[Any, _Setting] = fonts.__dict__.setdefault("settings", {})
    setting = known.get(asked)
    if setting is None:
        if len(known) > _MOST:
            known.clear()
        setting = known[asked] = _made(style)
    return setting


def _made(style: Any) -> _Setting:
    context = _ffi.gc(_pango.pango_font_map_create_context(style.font_config.font_map), _gobject.g_object_unref)
    _pango.pango_context_set_round_glyph_positions(context, False)
    _pango.pango_context_set_base_dir(context, _lines.PANGO_DIRECTION[style["direction"]])
    language = _language(style)
    if language is None:
        language = _pango.pango_language_get_default()
    else:
        _pango.pango_context_set_language(context, language)
    return _Setting(context, language, _lines.get_font_description(style), _attributes(style))


def _language(style: Any) -> Any:
    override, said = style["font_language_override"], style["lang"]
    name = said if override == "normal" else _lines.LST_TO_ISO.get(override.lower(), override)
    return _pango.pango_language_from_string(name.encode()) if name else None


def _attributes(style: Any) -> Any:
    """The features of the font, and no hyphens where long words may be broken. Never freed, as WeasyPrint's are not."""
    features = _lines.font_features(*_features_of(style))
    breaks = style["overflow_wrap"] in ("anywhere", "break-word")
    if not features and not breaks:
        return None
    attributes = _pango.pango_attr_list_new()
    if features:
        told = ",".join(f"{name} {value}" for name, value in features.items()).encode()
        _pango.pango_attr_list_insert(attributes, _pango.pango_attr_font_features_new(told))
    if breaks:
        hyphens = _pango.pango_attr_insert_hyphens_new(False)
        hyphens.start_index, hyphens.end_index = 0, _TO_THE_END
        _pango.pango_attr_list_change(attributes, hyphens)
    return attributes


def _set_text(self: Any, text: str, justify: bool = False) -> None:
    """Puts text in a layout: the first line of it and one letter more."""
    if not self.shared:
        _usual_set_text(self, text, justify)
        return
    end = text.find("\n")
    self.text = text if end == -1 else text[: end + 2]
    data = self.text.encode().replace(b"\0", b"")
    _pango.pango_layout_set_text(self.layout, data, -1)
    if b"\t" in data:
        self.set_tabs()


def _deactivate(self: Any) -> None:
    """A layout that is measured is kept, since it is drawn next."""
    if not self.shared:
        _usual_deactivate(self)


def _reactivate(self: Any, style: Any) -> None:
    """A layout that is to be drawn: the one that was measured, where it is kept and its style is still what it was."""
    if not (self.shared and self.style is style and is_one_line(self)):
        _usual_reactivate(self, style)


def is_one_line(layout: Any) -> bool:
    """Whether a layout holds one line of one paragraph, so that it is drawn as it was measured."""
    text = layout.text
    if "\n" in text or "\r" in text or "\u2029" in text:
        return False
    return bool(_pango.pango_layout_get_line_readonly(layout.layout, 1) == _ffi.NULL)


_RECTANGLE = _ffi.typeof("PangoRectangle *")


def _line_size(line: Any, style: Any) -> tuple[float, float]:
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
_font = itemgetter(*_FONT)
_font_and_size = itemgetter(*_FONT, "font_size", "line_height")


def _font_key(style: Any, include_size: bool = False) -> Any:
    """What lines of one height have in common, as a key that need not be spelled out."""
    if not isinstance(style, _Style):
        return _usual_font_key(style, include_size)
    return _font_and_size(style) if include_size else _font(style)


_Layout.shared = False  # of layouts that another thread has in hand while the steps are exchanged

STEPS = (
    (_Layout, "set_text", _set_text),
    (_Layout, "deactivate", _deactivate),
    (_Layout, "reactivate", _reactivate),
    (_Layout, "setup", _setup),  # after those that can do without it
    (_lines, "line_size", _line_size),
    (_lines, "_font_style_cache_key", _font_key),
)
