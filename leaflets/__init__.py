"""leaflet: a drug monograph in Markdown becomes a printed patient leaflet and a clinician sheet.

    import leaflets

    pdf = leaflets.render(text, audience="patient")
    sheet = leaflets.build("baricitinib", audience="clinician", paper="letter")
    findings = leaflets.check(text)
    project = leaflets.Project.open("pharmacy/")

Nothing is loaded before it is used. See docs/api.md.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leaflets.api import Project, Sheet, build, check, render
    from leaflets.errors import (
        CheckFailed,
        ContentError,
        Interrupted,
        LeafletError,
        LedgerError,
        OutOfMemory,
        OutputError,
        PdfError,
        RenderError,
        RunIncomplete,
        UsageError,
    )
    from leaflets.model.edition import Audience, Edition, Notice, TypeSize
    from leaflets.model.finding import Finding, Severity, Withheld
    from leaflets.model.paper import Paper
    from leaflets.workers.protocol import Limits

__version__ = "0.2.0"

__all__ = [
    "Audience", "CheckFailed", "ContentError", "Edition", "Finding", "Interrupted", "LeafletError", "LedgerError",
    "Limits", "Notice", "OutOfMemory", "OutputError", "Paper", "PdfError", "Project", "RenderError", "RunIncomplete",
    "Severity", "Sheet", "TypeSize", "UsageError", "Withheld", "__version__", "build", "check", "render",
]  # fmt: skip

_MODULES = {
    "leaflets.api": ("Project", "Sheet", "build", "check", "render"),
    "leaflets.model.edition": ("Audience", "Edition", "Notice", "TypeSize"),
    "leaflets.model.paper": ("Paper",),
    "leaflets.workers.protocol": ("Limits",),
    "leaflets.model.finding": ("Finding", "Severity", "Withheld"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = next((module for module, names in _MODULES.items() if name in names), "leaflets.errors")
    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
