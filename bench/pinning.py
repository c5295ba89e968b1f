"""Pins, in a scratch copy of this project, what in a sheet names the program: two trees can then print the same bytes.

Print runs have worker processes, so what is pinned must stand in the files of the copy. The content id is pinned where
it is worked out; a sheet's record where it is written as JSON, whose form is stored and stays.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

PINS = '''

def _pin_records():
    """Everything written as JSON goes through here; in a sheet's record, what names our own code is pinned."""
    import json

    dumps = json.dumps

    def pinned(value, *args, **kwargs):
        if isinstance(value, dict) and "leaflet-record" in value:
            hashes = {
                name: "0" * 64 if name == "program" or name.startswith("templates/") else digest
                for name, digest in value["hashes"].items()
            }
            value = {**value, "hashes": hashes, "made_with": {**value["made_with"], "leaflet": "0"}}
        return dumps(value, *args, **kwargs)

    json.dumps = pinned


def pinned_id(names):
    """A content id that says which text and which edition, and nothing else; looked for in a function's local names."""
    import dataclasses
    import hashlib

    def first(attribute):
        level = list(names.values())
        while level:
            for each in level:
                if hasattr(each, attribute):
                    return each
            parts = filter(dataclasses.is_dataclass, level)
            level = [getattr(each, field.name) for each in parts for field in dataclasses.fields(each)]
        raise LookupError(f"nothing here has a {attribute}: {', '.join(names)}")

    edition = first("booklet")
    large = any(str(getattr(edition, field.name)) == "large-print" for field in dataclasses.fields(edition))
    facts = (first("file_name").file_name, *map(str, (edition.audience, edition.lang, edition.paper)), large)
    return hashlib.sha256(repr((*facts, edition.booklet)).encode()).hexdigest()[:56] + "0" * 8


_pin_records()
'''


@dataclass(frozen=True)
class Rule:
    """What is pinned, and the ways it has been written: files, a pattern, what takes its place.

    One way must match in one place, and the others nowhere; where the code has changed, add a way.
    """

    what: str
    ways: tuple[tuple[str, str, str], ...]


RULES = (
    Rule("our release", (("leaflets/__init__.py", r'^__version__ = ".*"$', '__version__ = "0"'),)),
    Rule("today", (("leaflets/**/*.py", r"\bdt\.date\.today\(\)", "dt.date(2026, 11, 30)"),)),
    Rule(
        "the content id",
        tuple(
            (files, r"^( +)digest = ", r'\1digest = __import__("leaflets").pinned_id(locals()) or ')
            for files in ("leaflets/build/*.py", "leaflets/pipeline/*.py")
        ),
    ),
)


class Refused(Exception):
    """A tree that cannot be pinned or captured, and why."""


def pin(tree: Path) -> None:
    """Pin in a scratch copy what may differ. Raises Refused where a rule does not match exactly once."""
    for rule in RULES:
        matches = [
            (path, pattern, instead)
            for files, pattern, instead in rule.ways
            for path in sorted(tree.glob(files))
            for _ in re.finditer(pattern, path.read_text("utf-8"), re.MULTILINE)
        ]
        if len(matches) != 1:
            places = ", ".join(str(path.relative_to(tree)) for path, _, _ in matches) or "nowhere"
            raise Refused(f"{rule.what}: matched {len(matches)} times ({places}), not once; see RULES in {__file__}")
        path, pattern, instead = matches[0]
        path.write_text(re.sub(pattern, instead, path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    package = tree / "leaflets" / "__init__.py"
    package.write_text(package.read_text("utf-8") + PINS, "utf-8")


def unpinned(pdf: Path) -> str:
    """What is not pinned in a finished sheet, by the record in it; empty where all is."""
    import pikepdf

    with pikepdf.open(pdf) as document:
        record = json.loads(document.attachments["leaflet-record.json"].get_file().read_bytes())
    hashes = {digest for name, digest in record["hashes"].items() if name == "program" or name.startswith("templates/")}
    pinned = {
        "the content id": record["content_id"].endswith("0" * 8),
        "the hashes of our own code": hashes == {"0" * 64},
        "our release": record["made_with"]["leaflet"] == "0",
    }
    return ", ".join(what for what, done in pinned.items() if not done)
