"""Texts of other systems: the label files that evidence is taken from."""

from leaflets.exchange.evidence_text import SourceReplacement, added, label_passages, replaced
from leaflets.exchange.label_file import read_label
from leaflets.exchange.labels import DrugLabel, LabelSection

__all__ = ["DrugLabel", "LabelSection", "SourceReplacement", "added", "label_passages", "read_label", "replaced"]
