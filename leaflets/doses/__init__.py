"""The dose grammar: what a text in English says of doses, read once and used by checks and comparisons alike."""

from leaflets.doses.grammar import read_doses

__all__ = ["read_doses"]
