"""`leaflet translation`: start a translation, seal it once it says what its source says, see which are out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import completers, report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import ContentError, UsageError
from leaflets.languages import language
from leaflets.project import MonographFile, ProjectFolder, display_path, load_project, save
from leaflets.project.content import ORIGINAL

if TYPE_CHECKING:
    from leaflets.authoring.translations import TranslationStatus
    from leaflets.translation import SourceChange

_EXAMPLES = """\
examples:
  leaflet translation start examplol es      content/examplol.es.md, to fill in
  leaflet translation seal examplol es       note in it what it was translated from
  leaflet translation status                 which translations are out of date, and where
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `translation` and what can be done with one to the command line."""
    parser = commands.add_parser(
        "translation", help=help_line, description=__doc__,
        epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    actions = parser.add_subparsers(title="what to do", metavar="ACTION", required=True)
    _add_action(actions, "start", "write a translation to fill in, each block of the source above its place", run_start)
    _add_action(actions, "seal", "note in a translation's front matter what it was translated from", run_seal)
    status = actions.add_parser("status", help="which translations fit their source, and where they do not")
    about = status.add_argument("name", nargs="?", metavar="NAME", help="name of a monograph (default: all)")
    into = status.add_argument("lang", nargs="?", metavar="LANG", help="language of a translation (default: all)")
    about.completer, into.completer = completers.monographs, completers.translations
    status.add_argument("--json", action="store_true", help="the list as JSON")
    status.set_defaults(run=run_status)


def _add_action(actions: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]) -> None:
    parser = actions.add_parser(name, help=help_text, description=help_text)
    about = parser.add_argument("name", metavar="NAME", help="name of a monograph")
    into = parser.add_argument("lang", metavar="LANG", help="language of the translation, such as es")
    about.completer, into.completer = completers.monographs, completers.translations
    parser.set_defaults(run=run)


def run_start(args: argparse.Namespace) -> int:
    """Write content/NAME.LANG.md, unless it is there already."""
    from leaflets.authoring.translations import translation_to_fill_in  # here, as help needs no parser

    project = load_project(Path.cwd())
    source = project.source(args.name, ORIGINAL)
    lang = language(_other(args.lang)).code  # raises where no sheet can be printed in it
    path = project.root / "content" / f"{args.name}.{lang}.md"
    _refuse_packaged(project, args.name, lang)
    if path.exists():
        raise UsageError(f"{display_path(path)}: it is there already", "Fill it in, or delete it to begin again.")
    save(path, translation_to_fill_in(project, source, args.lang).encode())
    report.line(f"wrote {display_path(path)}")
    return 0


def _refuse_packaged(project: ProjectFolder, name: str, lang: str) -> None:
    """Raises UsageError where the translation is packaged: it is not the project's to change."""
    packaged = next((one for one in project.packaged(name) if one.lang == lang), None)
    if packaged:
        raise UsageError(
            f"{packaged.file_name} is a packaged text, and nothing is written outside the project",
            f"“leaflet copy {name}” makes it your own; then give this command again.",
        )


def _other(lang: str) -> str:
    """A language that is not that of the sources. Raises UsageError where it is."""
    if lang == ORIGINAL:
        raise UsageError(f"“{lang}” is the language of the sources", "Name another one.")
    return lang


def run_seal(args: argparse.Namespace) -> int:
    """Write the record of its source into a translation. Raises CheckFailed where their blocks do not correspond."""
    from leaflets.authoring.translations import seal_translation  # here, as help needs no parser

    project = load_project(Path.cwd())
    translation = project.source(args.name, _other(args.lang))
    _refuse_packaged(project, args.name, translation.lang)
    sealed = seal_translation(project, translation)
    if sealed.after != sealed.before:
        save(translation.path, sealed.after.encode())
    version = sealed.record.of or "none"
    report.line(f"sealed {translation.file}: {sealed.blocks} blocks of {sealed.source.file}, version {version}")
    return 0


# -------------------------------------------------------------------- status


def run_status(args: argparse.Namespace) -> int:
    """List the translations with every block of their sources that changed since; 0 whatever their state."""
    from leaflets.authoring.translations import translation_status  # here, as help needs no parser

    project = load_project(Path.cwd())
    translations = tuple(_requested(project, args))
    if args.name and not translations:
        raise ContentError(
            f"{args.name}: there is no translation{f' into “{args.lang}”' if args.lang else ''}",
            f"“leaflet translation start {args.name} {args.lang or 'LANG'}” begins one.",
        )
    all_facts = [_facts(translation, translation_status(project, translation)) for translation in translations]
    if args.json:
        report.emit({"translations": all_facts})
        return 0
    if not all_facts:
        report.line("no translations: “leaflet translation start NAME LANG” begins one")
    for facts in all_facts:
        _print(facts)
    return 0


def _requested(project: ProjectFolder, args: argparse.Namespace) -> Iterator[MonographFile]:
    if args.name:
        project.source(args.name, ORIGINAL)
    for (name, lang), source in sorted(project.sources.items()):
        if lang != ORIGINAL and args.name in (None, name) and args.lang in (None, lang):
            yield source


def _facts(translation: MonographFile, status: TranslationStatus) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": translation.name, "lang": translation.lang, "file": translation.file,
        "stale": [_change_facts(change) for change in status.changes],
    }  # fmt: skip
    if status.source:
        facts |= {"source": status.source.file, "version": status.version, "of": status.sealed_version}
    facts["state"] = status.state.value
    return {**facts, "problem": status.problem} if status.problem else facts


def _change_facts(change: SourceChange) -> dict[str, Any]:
    return {
        "section": change.section, "change": change.change.value, "line": change.line,
        "source_line": change.source_line, "safety": change.safety,
    }  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    of = f"  of version {facts['of'] or 'none'}, now {facts['version'] or 'none'}" if "of" in facts else ""
    report.line(
        f"{facts['name']}  {facts['lang']}  {facts['state']}{of}  {facts.get('problem', '')}".rstrip(), sys.stdout
    )
    for each in facts["stale"]:
        place = f"{facts['source']}:{each['source_line']}" if each["source_line"] else facts["source"]
        safety = ", safety" if each["safety"] else ""
        report.line(
            f"    {facts['file']}:{each['line']}  {each['section']}{safety}: {each['change']} at {place}", sys.stdout
        )
