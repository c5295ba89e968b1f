"""What a command prints commands no terminal, whoever wrote the text, the file name or the PDF."""

import io
import json
import re
import sys

import pytest

from leaflets.cli import progress, report
from leaflets.errors import ContentError
from leaflets.model.finding import Finding, Severity
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT

ESCAPES = "\x1b]0;title\x07\x9b2J\r\n\u202egnp\u2028\udcff\x7f"
CLEANED = r"\x1b]0;title\x07\x9b2J\x0d\x0a\u202egnp\u2028\udcff\x7f"
_COMMANDS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_line_shows_the_codes_of_what_would_command_a_terminal() -> None:
    stream = io.StringIO()
    report.line(f"a {ESCAPES} b", stream)
    assert stream.getvalue() == f"a {CLEANED} b\n"


def test_letters_and_joiners_of_every_script_are_printed_as_they_are() -> None:
    words = "5 µg/24 h – “Größe” \u0645\u06cc\u200c\u062e \u0915\u094d\u200d\u0937 漢字 🙂"
    assert report.cleaned(words) == words


def test_our_colours_stay_on_a_terminal_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    report.line(report.coloured("error:\x1b[0m\x1b[8m", Severity.ERROR, stream) + ESCAPES, stream)
    assert stream.getvalue() == f"\x1b[31;1merror:\\x1b[0m\\x1b[8m\x1b[0m{CLEANED}\n"


def test_findings_and_errors_are_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding(Severity.ERROR, "MD03", f"a{ESCAPES}", f"b{ESCAPES}", f"c{ESCAPES}.md", 1)
    report.findings([finding], sys.stderr)
    report.error(ContentError(f"d{ESCAPES}", "e\x1b"))
    printed = capsys.readouterr().err
    assert all(f"{letter}{CLEANED}" in printed for letter in "abcd")
    assert printed.endswith("  e\\x1b\n")


def test_json_is_cleaned_and_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    report.emit({"title": ESCAPES})
    report.error(ContentError(ESCAPES), as_json=True)
    progress.emit("failed", message=ESCAPES)
    printed = capsys.readouterr().out
    assert not _COMMANDS.search(printed)
    document, fault, event = printed[: printed.index("}") + 1], *printed.splitlines()[-2:]
    assert (json.loads(document)["title"], json.loads(fault)["message"]) == (ESCAPES, ESCAPES)
    assert json.loads(event)["message"] == ESCAPES


def test_keys_names_and_arguments_are_cleaned(leaflet: Leaflet) -> None:
    """The ways in by which escapes were printed raw: a key of the front matter, the name of a file, an argument."""
    head = MONOGRAPH.replace("title: Examplol", 'title: Examplol\n"k\\e[2J\\u202ey": 1')
    leaflet.write("content/a.md", head)
    leaflet.write("content/b\x1b[2J.md", MONOGRAPH)
    for words in (("check", "a", "-v"), ("list",), ("check", "content/b\x1b[2J.md"), ("check", "--\x1b[2J")):
        ran = leaflet(*words)
        printed = ran.out + ran.err
        assert not _COMMANDS.search(printed), words
        assert words[0] == "list" or r"\x1b[2J" in printed, (words, printed)


def test_nothing_else_writes_to_a_stream() -> None:
    """Besides the lines that are cleaned: a question and a wait that are, a bell, and the script of a shell."""
    writes = re.compile(r"(?<![\w.])print\(|std(?:out|err)\.write\(")
    places = {
        path.name
        for path in (ROOT / "leaflets").rglob("*.py")
        if any(writes.search(line) and "def " not in line for line in path.read_text("utf-8").splitlines())
    }
    assert places == {"report.py", "runs_files.py", "runs_scan.py", "completion.py", "waiting.py"}
