"""Texts that a project, by its ledger, had of its own and has no more: no packaged one takes their place unasked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from leaflets.errors import ContentError, LedgerError, OutputError
from leaflets.languages import text_lang
from leaflets.model.copy import origins_in
from leaflets.project import MonographFile, ProjectFolder

if TYPE_CHECKING:
    from leaflets.ledger.database import Database

RELEASED = frozenset({
    "e1a95a04b16e6b7e762d3771d508bd3181d18999299d83b220d5010c2da0850a",
    "ef28fcad4f37f0e964d3817dcf8f5ed88f5b19e7352c06fd0b70b1decc25f09a",
    "9186658b771fc3a96331dfd6f05bee3edde0975d2d1e964487e1592c92d58d1b",
    "a53517f1e5ef4020fe1ee86640963070a2350cef25fbb27a0faa7b5ccd45f9f8",
    "3ce6ce1fef70783a8bf02050bfa5660bb6eb24796cf269619e9330015d707d5e",
    "140ebed6c094eea5cd37f7d7728934fd0f6532a6a5018135c088d4d34e2d4ac4",
    "529291090db1478e6be4677b08ef7cc2be56ea438e60c4465c66d768bbbe99d0",
    "5efac75176489fb050ce7b8c8c061efdc916141113e93326986fd291163b38bd",
    "132b73020f00469083efe18c46742b77564ade1ca61d27b0590f9d1524850861",
    "62716231b3a43b14c20678471b021f7024d63897eaca4f88212fbe27ff3a79a4",
    "6d68969e323ca55800ce2432003cd7c26f5b98a4897308e10f50054c3c9a76be",
    "4dfdd3ac5f51b9441d7318383413475d9670614afb6b5bc228e790f653482ff3",
    "e9cd4b87a283f74f48dcce0bb03573e6c8499bbc517458d9dccfed2a659a9684",
    "159a7441ac3e7c4ae52ec06e76ff5f7f458d3032c71a93fc7589a611c39e2f71",
    "b104a0efd48760ce3df3716653ef0c5d7ae5e63cd117acb0f2ef09d11ee1d090",
    "ea5e49e99c3323a3adb1a3148faf4f549e3b78951f8bb2f1856c653c4bfd2ba1",
    "d4aaf2fa2104442e0c82e54a187122baa28abcaa33335c3f0ebb52c7f8c07b9c",
    "aae4c26c0ad5e9cc1fd23e50e55f163c653603efdc64a7cdf0c9f4f7899e7d8d",
})  # fmt: skip
"""The hashes of the texts of leaflets made of packaged texts in the releases that recorded no origins: 0.1 and 0.2."""


def refuse_replaced(project: ProjectFolder, source: MonographFile) -> None:
    """Raises ContentError where a text, or the one it translates, is packaged, and runs had an own one of its name.

    Raises LedgerError where the ledger cannot be read. It is opened for packaged texts alone.
    """
    for text in (source, project.original(source)):
        if text and is_replaced(project, text):
            file = f"content/{text.file_name}"
            raise ContentError(
                f"runs of this project printed its own text of {text.name} in “{text.lang}”, and {file} is gone; the "
                "packaged text is not printed in its place",
                f"Put {file} back, or say “leaflet copy {text.name}” to take the packaged text.",
            )


def is_replaced(project: ProjectFolder, text: MonographFile) -> bool:
    """Whether a text is packaged, and runs had an own one of its name. Raises LedgerError where nobody can tell."""
    ledger = project.output / "ledger.db"
    return os.path.lexists(ledger) and project.is_packaged(text) and text.lang in _own_languages(ledger, text.name)


def _own_languages(ledger: Path, name: str) -> frozenset[str]:
    """The languages in which runs had the project's own text of a monograph."""
    # Here and not above: most projects that build a packaged text have no ledger.
    from leaflets.ledger.database import open_database_to_read

    try:
        database = open_database_to_read(ledger, any_version=True)
        try:
            return frozenset(_own_in(database, name))
        finally:
            database.close()
    except (LedgerError, OutputError, ValueError) as error:
        raise LedgerError(
            f"{name}: nobody can tell whether the project had its own text of that name: {error}",
            f"Mend the ledger, or say “leaflet copy {name}” to make the packaged text the project's own.",
        ) from error


def _own_in(database: Database, drug: str) -> Iterator[str]:
    """The languages of a drug's own texts; what a run that recorded no origins printed was ours if it was released."""
    columns = {name for (name,) in database.query("SELECT name FROM pragma_table_info('leaflet')")}
    if not columns:  # another process is just making the ledger
        return
    recorded = {""}
    if "origins" in columns:
        recorded = {text for (text,) in database.query("SELECT DISTINCT origins FROM leaflet WHERE drug = ?", drug)}
    yield from (one.lang for text in recorded for one in origins_in(text) if not one.packaged)
    if "" in recorded:
        and_unrecorded = "AND origins = ''" if "origins" in columns else ""
        rows = database.query(f"SELECT DISTINCT lang, source FROM leaflet WHERE drug = ? {and_unrecorded}", drug)
        yield from (text_lang(lang) for lang, texts_sha256 in rows if texts_sha256 not in RELEASED)
