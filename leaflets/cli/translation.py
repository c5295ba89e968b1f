"""`leaflet translation`: start a translation, seal it once it says what its source says, see which are out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import CheckFailed, ContentError, LeafletError, UsageError
from leaflets.languages import LANGUAGES
from leaflets.model.edition import Audience
from leaflets.project import MonographFile, ProjectFolder, display_path, load_project, read_text, save
from leaflets.project.content import ORIGINAL
from leaflets.translation import (
    SourceChange,
    UnitPair,
    first_mismatch,
    record_of,
    source_changes,
    unit_pairs,
    with_inherited,
)

if TYPE_CHECKING:
    from leaflets.model.monograph import Monograph

_EXAMPLES = """\
examples:
  leaflet translation start metformin es     content/metformin.es.md, to fill in
  leaflet translation seal metformin es      note in it what it was translated from
  leaflet translation status                 which translations are out of date, and where
"""


def add_parser(commands: Any) -> None:
    """Add `translation` and what can be done with one to the command line."""
    parser = commands.add_parser(
        "translation", help="start, seal and follow the translations of a monograph", description=__doc__,
        epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    _deed(deeds, "start", "write a translation to fill in, each block of the source above its place", run_start)
    _deed(deeds, "seal", "note in a translation's front matter what it was translated from", run_seal)
    status = deeds.add_parser("status", help="which translations fit their source, and where they do not")
    status.add_argument("name", nargs="?", metavar="NAME", help="name of a monograph (default: all)")
    status.add_argument("lang", nargs="?", metavar="LANG", help="language of a translation (default: all)")
    status.add_argument("--json", action="store_true", help="the list as JSON")
    status.set_defaults(run=run_status)


def _deed(deeds: Any, name: str, words: str, what: Callable[[argparse.Namespace], int]) -> None:
    parser = deeds.add_parser(name, help=words, description=words)
    parser.add_argument("name", metavar="NAME", help="name of a monograph")
    parser.add_argument("lang", metavar="LANG", help="language of the translation, such as es")
    parser.set_defaults(run=what)


def run_start(args: argparse.Namespace) -> int:
    """Write content/NAME.LANG.md, unless it is there already."""
    from leaflets.parse.translation_file import new_translation

    project = load_project(Path.cwd())
    source = project.source(args.name, ORIGINAL)
    path = project.root / "content" / f"{args.name}.{_other(args.lang)}.md"
    if path.exists():
        raise UsageError(f"{display_path(path)}: it is there already", "Fill it in, or delete it to begin again.")
    front = _parsed(project, source).front
    titles = _titles(args.lang)
    source_text = read_text(source.path)
    text = new_translation(source_text, front, source.file, lambda section, words: titles.get(section) or words)
    save(path, text.encode())
    report.line(f"wrote {display_path(path)}")
    return 0


def _titles(lang: str) -> Mapping[str, str]:
    """The title of each section on a patient leaflet in a language; none where we have no words in it."""
    from leaflets.view import layout_for

    return (
        {id: placement.title for id, (_, placement) in layout_for(Audience.PATIENT, lang).items()}
        if lang in LANGUAGES
        else {}
    )


def _other(lang: str) -> str:
    if lang == ORIGINAL:
        raise UsageError(f"“{lang}” is the language of the sources", "Name another one.")
    return lang


def run_seal(args: argparse.Namespace) -> int:
    """Write the record of its source into a translation. Raises CheckFailed where the two are not built alike."""
    from leaflets.parse import parse
    from leaflets.parse.translation_file import with_record

    project = load_project(Path.cwd())
    translation = project.source(args.name, _other(args.lang))
    source = _original(project, translation)
    theirs, ours = _parsed(project, translation), _parsed(project, source)
    _require_alike(theirs, ours)
    record = record_of(ours)
    before = translation.path.read_bytes().decode()
    after = with_record(before, record)
    written = parse(after, name=args.name, file=translation.file, lang=args.lang).front.translation
    if written is None or (written.of, written.blocks) != (record.of, record.blocks):
        raise ContentError(
            f"{translation.file}: its front matter is written in a way that cannot be sealed",
            "Write it in “key: value” lines, each key at the beginning of its line.",
        )
    if after != before:
        save(translation.path, after.encode())
    blocks = sum(len(hashes) for _, hashes in record.blocks)
    report.line(f"sealed {translation.file}: {blocks} blocks of {source.file}, version {record.of or 'none'}")
    return 0


def _require_alike(theirs: Monograph, ours: Monograph) -> None:
    parted = [pair for pair in unit_pairs(theirs, ours) if not pair.aligned]
    if parted:
        raise CheckFailed(
            f"{_place(theirs, ours, parted[0])}: the two texts are not built alike in “{parted[0].section}”",
            f"“leaflet check {theirs.file}” lists every such place.",
        )


def _place(theirs: Monograph, ours: Monograph, pair: UnitPair) -> str:
    here, there = first_mismatch(pair)
    if here or pair.translated:
        return f"{theirs.file}:{here.line if here else pair.translated[-1].line}"
    return f"{ours.file}:{there.line if there else 1}"


def _parsed(project: ProjectFolder, source: MonographFile) -> Monograph:
    # Here and not above: the help of a command needs no parser of Markdown.
    from leaflets.parse import parse
    from leaflets.pipeline.pictures import pictures_of

    text = read_text(source.path)
    pictures = pictures_of(project, source, text.encode())
    return parse(text, name=source.name, file=source.file, lang=source.lang, pictures=pictures)


def _original(project: ProjectFolder, translation: MonographFile) -> MonographFile:
    found = project.original(translation)
    if found is None:
        raise ContentError(
            f"{translation.file}: the text it translates is not there", f"Put {translation.name}.md beside it."
        )
    return found


# -------------------------------------------------------------------- status


def run_status(args: argparse.Namespace) -> int:
    """List the translations with every block of their sources that changed since; 0 whatever is found."""
    project = load_project(Path.cwd())
    asked = tuple(_asked(project, args))
    if args.name and not asked:
        raise ContentError(
            f"{args.name}: there is no translation{f' into “{args.lang}”' if args.lang else ''}",
            f"“leaflet translation start {args.name} {args.lang or 'LANG'}” begins one.",
        )
    told = [_facts(project, source) for source in asked]
    if args.json:
        report.emit({"translations": told})
    else:
        for facts in told:
            _print(facts)
    return 0


def _asked(project: ProjectFolder, args: argparse.Namespace) -> Iterator[MonographFile]:
    if args.name:
        project.source(args.name, ORIGINAL)
    for (name, lang), source in sorted(project.sources.items()):
        if lang != ORIGINAL and args.name in (None, name) and args.lang in (None, lang):
            yield source


def _facts(project: ProjectFolder, source: MonographFile) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": source.name, "lang": source.lang, "file": source.file, "stale": []}
    original = project.original(source)
    try:
        theirs = _parsed(project, source)
        if original is None:
            kind = "source missing" if theirs.front.translation else "no translation: a text of its own"
            return {**facts, "state": kind}
        ours = _parsed(project, original)
    except LeafletError as fault:
        return {**facts, "state": "unreadable", "problem": fault.message}
    record = theirs.front.translation
    facts |= {"source": original.file, "version": ours.front.version, "of": record.of if record else ""}
    if record is None:
        return {**facts, "state": "not sealed"}
    reviewed = with_inherited(theirs, ours).front.reviewed
    changed = source_changes(theirs, ours)
    state = "out of date" if changed else "reviewed" if reviewed else "not reviewed"
    return {**facts, "state": state, "stale": [_stale_facts(each) for each in changed]}


def _stale_facts(each: SourceChange) -> dict[str, Any]:
    return {
        "section": each.section, "change": each.change.value, "line": each.line, "source_line": each.source_line,
        "safety": each.safety,
    }  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    of = f"  of version {facts['of'] or 'none'}, now {facts['version'] or 'none'}" if "of" in facts else ""
    report.line(
        f"{facts['name']}  {facts['lang']}  {facts['state']}{of}  {facts.get('problem', '')}".rstrip(), sys.stdout
    )
    for each in facts["stale"]:
        there = f"{facts['source']}:{each['source_line']}" if each["source_line"] else facts["source"]
        grave = ", safety" if each["safety"] else ""
        report.line(
            f"    {facts['file']}:{each['line']}  {each['section']}{grave}: {each['change']} at {there}", sys.stdout
        )
