"""Fonts too large for the package itself, served from a package of their own where that is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from leaflets.errors import RenderError

# By the name that stylesheets use: the package that holds the file, and the extra that installs it.
_EXTRAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"fonts/NotoSansSC-Regular.otf": ("pylopdf_fonts_zh_cn", "zh")}
)


def extra_font(name: str) -> Path | None:
    """Where a font of an extra lies; None where no extra has one of that name.

    Raises RenderError, with the extra to install, where it is not there.
    """
    if name not in _EXTRAS:
        return None
    package, extra = _EXTRAS[name]
    found = importlib.util.find_spec(package)
    path = Path(found.origin).with_name(Path(name).name) if found and found.origin else None
    if path is None or not path.is_file():
        raise RenderError(
            f"the font “{Path(name).name}” is not installed", f'Install it: pip install "leaflets[{extra}]"'
        )
    return path
