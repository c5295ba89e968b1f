"""Fonts too large for our own package, which come with an optional extra (`leaflets[zh]`)."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from leaflets.errors import RenderError

# By the name that stylesheets use: the package with the file, and the extra that installs the package.
_EXTRAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"fonts/NotoSansSC-Regular.otf": ("pylopdf_fonts_zh_cn", "zh")}
)


def optional_font(name: str) -> Path | None:
    """The path of a font that comes with an extra; None where no extra has one of that name.

    Raises RenderError, with the extra to install, where it is not installed.
    """
    if name not in _EXTRAS:
        return None
    package, extra = _EXTRAS[name]
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).with_name(Path(name).name) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise RenderError(
            f"the font “{Path(name).name}” is not installed", f'Install it: pip install "leaflets[{extra}]"'
        )
    return path
