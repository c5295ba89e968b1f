"""What `-v` prints: the records logged while sheets were made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from leaflets.cli.report import findings, line
from leaflets.model.finding import Finding
from leaflets.pipeline.cache import CACHE_LOG


class SheetLog(logging.Handler):
    """Log records of the sheets being made, held back until the line about their sheet is printed."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Holds a record back."""
        self._records.append(record)

    def print(self) -> None:
        """Prints the records held back, findings with their hints, and drops them."""
        for record in self._records:
            finding = getattr(record, "finding", None)
            if isinstance(finding, Finding):
                findings([finding])
            else:
                line(record.getMessage())
        self._records.clear()


def details() -> SheetLog:
    """Starts to collect what is logged on sheets from here on."""
    handler, logger = SheetLog(), logging.getLogger("leaflets")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler


@contextmanager
def cache_details(*, verbose: bool) -> Iterator[None]:
    """Prints at the end of the block, where that is asked for, what was found damaged in the cache."""
    if not verbose:
        yield
        return
    handler, logger = SheetLog(), logging.getLogger(CACHE_LOG)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.print()
