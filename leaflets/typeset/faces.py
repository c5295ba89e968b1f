"""The fonts of a page: only those its stylesheets name, held in memory, one file to one face."""

import contextlib
import os
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from leaflets.errors import RenderError
from leaflets.typeset.cid_fonts import with_cids_by_index
from leaflets.typeset.engine import closed_font_config, internal

_fonts: Any = internal("text.fonts")
_FontConfiguration: Any = internal("text.fonts.FontConfiguration")
_names: Any = internal("text.constants")
_DESCRIPTORS = frozenset({"font_family", "font_style", "font_weight", "font_stretch", "src"})
_HEADER = b'<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
_TRUETYPE = (b"\x00\x01\x00\x00", b"OTTO", b"true")


@dataclass(frozen=True, slots=True)
class _Face:
    family: str
    weight: str
    slant: str
    width: str


class Faces(_FontConfiguration):
    """A WeasyPrint font configuration that leaves no files behind and takes no second file for a face.

    Two files under one family, weight and style make WeasyPrint 70 draw wrong letters: it tells fonts apart by that
    description alone. After `seal` no face can be added, so that no page changes the fonts of the next.
    """

    def __init__(self) -> None:
        super().__init__()
        self._config = _use_closed_config(self.font_map)
        self._sources: dict[_Face, str] = {}
        self._sealed = False
        self._files = contextlib.ExitStack()
        weakref.finalize(self, self._files.close)

    def seal(self) -> None:
        """Take no more faces."""
        self._sealed = True

    def add_font_face(self, rule_descriptors: Mapping[str, Any], url_fetcher: Any) -> None:
        """Add the face of one @font-face rule, as WeasyPrint has parsed it.

        Raises:
            RenderError: the rule asks for what is not supported, or names a second file for a face.
        """
        if self._sealed:
            raise RenderError("A page or a picture brings a font of its own.", "Name the font in a stylesheet.")
        face, url = _face(rule_descriptors), _source(rule_descriptors)
        source = self._sources.get(face)
        if source not in (None, url):
            raise RenderError(
                f'The stylesheets name two files for the font "{face.family}" in one weight and style.',
                "Give the second file a family name of its own.",
            )
        if source is None:
            self._sources[face] = url
            self._add(face, with_cids_by_index(url_fetcher(url).read()))

    def _add(self, face: _Face, data: bytes) -> None:
        path = self._files.enter_context(_file_of(data))
        _fonts.fontconfig.FcConfigParseAndLoadFromMemory(self._config, _rule(face, path), True)
        readable = data.startswith(_TRUETYPE) and _fonts.fontconfig.FcConfigAppFontAddFile(self._config, path.encode())
        if not readable:
            raise RenderError(
                f'The file for the font "{face.family}" is not a TrueType or OpenType font.', "Use the whole .ttf file."
            )
        _fonts.pangoft2.pango_fc_font_map_config_changed(_fonts.ffi.cast("PangoFcFontMap *", self.font_map))


def _use_closed_config(font_map: Any) -> Any:
    """Give a new font map a configuration that has no fonts yet, in the place of the machine's; returns it."""
    config = closed_font_config()
    _fonts.pangoft2.pango_fc_font_map_set_config(_fonts.ffi.cast("PangoFcFontMap *", font_map), config)
    _fonts.fontconfig.FcConfigDestroy(config)  # the font map holds it now
    return config


def _face(descriptors: Mapping[str, Any]) -> _Face:
    family = str(descriptors["font_family"])
    unknown = sorted(set(descriptors) - _DESCRIPTORS)
    if unknown:
        raise RenderError(
            f'The @font-face rule of "{family}" uses {unknown[0].replace("_", "-")}, which is not supported.',
            "Give font-family, font-weight, font-style and src only.",
        )
    try:
        return _Face(
            family,
            str(_names.FONTCONFIG_WEIGHT[descriptors.get("font_weight", "normal")]),
            _names.FONTCONFIG_STYLE[descriptors.get("font_style", "normal")],
            _names.FONTCONFIG_STRETCH[descriptors.get("font_stretch", "normal")],
        )
    except (KeyError, TypeError) as error:
        raise RenderError(
            f'The @font-face rule of "{family}" does not name one weight and one style.',
            "Use one file for each weight.",
        ) from error


def _source(descriptors: Mapping[str, Any]) -> str:
    sources = [url for kind, url in descriptors["src"] if kind == "external"]
    if len(sources) != 1 or len(descriptors["src"]) != 1:
        raise RenderError(
            f'The @font-face rule of "{descriptors["font_family"]}" does not name exactly one file.',
            "Write src: url(leaflet:fonts/NAME.ttf); fonts of the machine (local) would differ from place to place.",
        )
    return str(sources[0])


@contextlib.contextmanager
def _file_of(data: bytes) -> Iterator[str]:
    # Fontconfig takes files only. One in memory needs no folder to write to, and nothing is left if we are killed.
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("leaflet-font")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
    else:
        with tempfile.NamedTemporaryFile(prefix="leaflet-font-") as named:
            named.write(data)
            named.flush()
            yield named.name


def _rule(face: _Face, path: str) -> bytes:
    # For this one file fontconfig shall say what the stylesheet says. The family goes before the font's own name, which
    # has to stay: Pango loses the font otherwise (WeasyPrint #2510).
    root = Element("fontconfig")
    match = SubElement(root, "match", target="scan")
    SubElement(SubElement(match, "test", name="file", compare="eq"), "string").text = path
    for name, mode, kind, value in (
        ("family", "prepend", "string", face.family),
        ("weight", "assign_replace", "int", face.weight),
        ("slant", "assign_replace", "const", face.slant),
        ("width", "assign_replace", "const", face.width),
    ):
        SubElement(SubElement(match, "edit", name=name, mode=mode), kind).text = value
    return _HEADER + bytes(tostring(root, encoding="utf-8"))
