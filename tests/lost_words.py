"""What of a source stands neither on a sheet nor in the list of what was withheld from it."""

from pathlib import Path

from leaflets.pipeline import BuiltSheet
from tests.sheets import page_texts
from tests.source_words import Block, Printed, blocks


def source_of(path: Path) -> str:
    """The text of a monograph's file."""
    return path.read_bytes().decode("utf-8-sig")


def lost(path: Path, built: BuiltSheet) -> list[str]:
    """Each block of a source that is not whole on its sheet, by its line; empty where nothing is lost."""
    source = source_of(path)
    printed = Printed("\n".join(page_texts(built.pdf.data)), marks="[^" in source)
    due = [block for block in blocks(source) if not is_withheld(block, built)]
    assert due, f"nothing of {path.name} is due on the {built.edition.audience} sheet"
    faults = ((block, printed.lost(block.words, block.head)) for block in due)
    return [f"{path.name}:{block.first}: {fault}" for block, fault in faults if fault]


def is_withheld(block: Block, built: BuiltSheet) -> bool:
    """Whether a block is not for the reader of a sheet, and listed so."""
    if block.voice and block.voice != built.edition.audience:
        assert built.withheld, "a block of another voice is listed"
        return True
    return any(block.first <= one.line <= block.last for one in built.withheld)
