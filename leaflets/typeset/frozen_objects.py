"""Serializes and compresses each object of a PDF once before the PDF is written."""

from typing import Any

import pydyf


class _FrozenObject(pydyf.Object):
    """An object whose bytes have been made and do not change any more."""

    data = b""
    compressible = False

    def __init__(self, original: Any) -> None:
        super().__init__()
        self.number, self.generation = original.number, original.generation
        self.data, self.compressible = original.data, original.compressible


def freeze_objects(pdf: Any) -> None:
    """Replace the objects of a `pydyf.PDF` that will not be changed any more by frozen ones.

    To write a PDF with an identifier, pydyf asks each object for its bytes twice, and would compress them twice.
    """
    pdf.objects[:] = [each if each.free == "f" else _FrozenObject(each) for each in pdf.objects]
