"""Finished sheets verified against a project, and rebuilt from what is attached to them."""

from __future__ import annotations

from leaflets.provenance.rebuild import Rebuilt, rebuild
from leaflets.provenance.verify import SheetStatus, Verification, verify

__all__ = ["Rebuilt", "SheetStatus", "Verification", "rebuild", "verify"]
