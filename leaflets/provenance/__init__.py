"""Finished sheets judged by what they carry: verified against a project, made again, compared."""

from __future__ import annotations

from leaflets.provenance.rebuild import Rebuilt, rebuild
from leaflets.provenance.verify import SheetStatus, Verification, verify

__all__ = ["Rebuilt", "SheetStatus", "Verification", "rebuild", "verify"]
