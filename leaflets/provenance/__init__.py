"""Finished sheets judged by what they carry: verified against a project, made again, compared."""

from __future__ import annotations

from leaflets.provenance.rebuild import Rebuilt, rebuild
from leaflets.provenance.verify import State, Verdict, verify

__all__ = ["Rebuilt", "State", "Verdict", "rebuild", "verify"]
