"""What `-v` prints below the line of each sheet: the records logged while it was made."""

from __future__ import annotations

import logging

from leaflets.cli.report import findings, line
from leaflets.model.finding import Finding


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
