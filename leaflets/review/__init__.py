"""Reviews bound to the words of a text: what a statement rests on, the record of who read it, the state of a sheet."""

from leaflets.review.bind import bound_statements
from leaflets.review.record import read_record, record_bytes, signed_bytes
from leaflets.review.state import changed_statements, is_vouched_whole, state_of
from leaflets.review.take import with_review

__all__ = [
    "bound_statements", "changed_statements", "is_vouched_whole", "read_record", "record_bytes", "signed_bytes",
    "state_of", "with_review",
]  # fmt: skip
