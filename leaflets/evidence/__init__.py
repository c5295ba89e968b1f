"""The statements of a monograph, and the passages of its sources that each rests on."""

from leaflets.evidence.citations import CitedStatement, cited_statements
from leaflets.evidence.register import with_register
from leaflets.evidence.statements import passage_statements, statements

__all__ = ["CitedStatement", "cited_statements", "passage_statements", "statements", "with_register"]
