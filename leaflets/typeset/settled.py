"""The objects of a PDF about to be written, each put into bytes, and compressed, once."""

from typing import Any

import pydyf


class _Settled(pydyf.Object):
    """An object whose bytes do not change any more."""

    data = b""
    compressible = False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation = made.number, made.generation
        self.data, self.compressible = made.data, made.compressible


def settle(pdf: Any) -> None:
    """Put settled objects in the place of those of a `pydyf.PDF` that nothing will change.

    To write a PDF that has an identifier, pydyf asks each object for its bytes twice, and would compress twice.
    """
    pdf.objects[:] = [each if each.free == "f" else _Settled(each) for each in pdf.objects]
