"""The statements of a monograph, and the passages of its sources that each rests on."""

from leaflets.evidence.register import with_register
from leaflets.evidence.resting import Rest, rests
from leaflets.evidence.statements import passage_statements, statements

__all__ = ["Rest", "passage_statements", "rests", "statements", "with_register"]
