"""What a careless user meets: near names, errors as JSON, streams that are closed or poor, help, the manual."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from leaflets import checks
from leaflets.checks.form_rules import FORM_RULES, SOMETIMES
from leaflets.cli import COMMANDS, manual, streams
from leaflets.cli.usage import asks_for_json, nearest, reordered
from leaflets.ledger.ledger import open_ledger
from leaflets.parse import parse
from leaflets.project.clock import now_utc
from tests.running import MONOGRAPH, Leaflet, environment, process
from tests.sheets import ROOT
from tests.test_batch_ledger import new_run

_ERROR_KEYS = {"error", "message", "hint", "exit_code"}

# ------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["biuld", "x"], "build"),
        (["build", "x", "--papr", "a4"], "--paper"),
        (["build", "x", "--paper", "leter"], "letter"),
        (["runs", "confrim", "last", "1"], "confirm"),
        (["RUNS"], "runs"),
        (["translation", "strt", "x", "es"], "start"),
        (["recall", "--papr", "a4"], "--paper"),
        (["check", "x", "--edition", "large"], "large-print"),
        (["help", "monogaph"], "monograph"),
        (["explain", "EP-F4"], "EP-F04"),
        (["explain", "md3"], "MD03"),
        (["completion", "bsh"], "bash"),
    ],
)
def test_the_near_word_is_said(leaflet: Leaflet, words: list[str], near: str) -> None:
    ran = leaflet(*words)
    assert (ran.code, ran.out) == (2, "")
    assert re.search(rf"Did you mean {near}\?", ran.err)
    for flag in ("--json", "--js"):
        as_json = leaflet(*words, flag)
        [line] = as_json.out.splitlines()
        fault = json.loads(line)
        assert fault.keys() == _ERROR_KEYS
        assert (as_json.code, fault["error"], fault["exit_code"]) == (2, "UsageError", 2)
        assert f"Did you mean {near}?" in fault["hint"]


def test_nothing_is_near_to_what_is_quite_another_word(leaflet: Leaflet) -> None:
    assert "Did you mean" not in leaflet("check", "--nope").err
    assert nearest("zzz", ["build"]) == ""


def test_a_word_that_is_refused_is_named_alone(leaflet: Leaflet) -> None:
    assert leaflet("build", "x", "--paper", "a44").err.startswith("error: build: --paper cannot be “a44”\n")
    assert "It can be a4, letter or a5." in leaflet("build", "x", "--paper", "zzzz").err
    assert "doctor: “extra” is one word too many" in leaflet("doctor", "extra").err
    reason = leaflet("runs", "cancel", "last", "1", "--reasn", "Zebedee Quux")
    assert "there is no flag --reasn\n  Did you mean --reason?" in reason.err
    assert "Zebedee" not in reason.err


@pytest.mark.parametrize(("file", "command"), [("list.csv", "batch"), ("a/x.md", "build"), ("x.pdf", "verify")])
def test_a_file_alone_is_answered_with_the_command_it_is_for(leaflet: Leaflet, file: str, command: str) -> None:
    assert f"A command comes first: leaflet {command} {file}" in leaflet(file).err


def test_json_is_asked_for_by_a_flag_alone() -> None:
    assert asks_for_json(["build", "x", "--jso"])
    assert asks_for_json(["--json=yes", "list"])
    assert not asks_for_json(["build", "--", "--json"])
    assert not asks_for_json(["build", "-j", "--", "json"])


def test_a_run_that_is_not_known_is_answered_with_the_near_one(leaflet: Leaflet) -> None:
    with open_ledger(leaflet.folder / "output", now_utc) as ledger:
        ledger.store.add_run(new_run())
    assert "Did you mean last? `leaflet runs` lists them." in leaflet("runs", "show", "lst").err
    assert "Did you mean" not in leaflet("runs", "show", "zzz").err


def test_an_error_of_content_is_json_too(leaflet: Leaflet) -> None:
    ran = leaflet("build", "nonesuch", "--json")
    fault = json.loads(ran.out.splitlines()[-1])
    assert (ran.code, fault["exit_code"], fault["error"]) == (3, 3, "ContentError")


def test_errors_of_several_files_have_the_same_form(leaflet: Leaflet) -> None:
    [one, other] = json.loads(leaflet("verify", "x.pdf", "y.pdf", "--json").out)
    assert one.keys() == other.keys() == {"file", *_ERROR_KEYS}
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("content/empty.md", "")
    ran = leaflet("check", "examplol", "empty", "--json")
    [fault] = json.loads(ran.out)["failed"]
    assert (fault.keys(), fault["exit_code"], ran.err) == (_ERROR_KEYS, ran.code, "")


def test_ctrl_c_is_json_too(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("leaflets.cli.list.run", interrupted)
    ran = leaflet("list", "--json")
    assert (ran.code, json.loads(ran.out)["error"], ran.err) == (130, "Interrupted", "")
    assert leaflet("list").err.startswith("interrupted: nothing half-done was left behind")


def test_flags_may_stand_before_the_command(leaflet: Leaflet) -> None:
    assert reordered(["-v", "--json", "build", "x"]) == ["build", "-v", "--json", "x"]
    assert reordered(["-v"]) == ["-v"]
    leaflet.write("content/examplol.md", MONOGRAPH)
    assert json.loads(leaflet("--json", "list").out)
    for words in (["--version"], ["build", "--version"], ["build", "examplol", "--version"]):
        assert leaflet(*words).out.startswith("leaflet ")


# ------------------------------------------------------------------ help and the manual

_LONG_WORD = re.compile(r"[^\W_]{5,}")


def test_every_page_of_the_manual_is_a_topic(leaflet: Leaflet) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"gallery"}
    listed = leaflet("help").out
    assert all(re.search(rf"(?m)^  {name} ", listed) for name in (*pages, *COMMANDS))
    for name in pages:
        ran = leaflet("help", name)
        assert ran.code == 0
        source = re.sub(r"\]\([^)]*\)|```\w*", "]", (ROOT / "docs" / f"{name}.md").read_text("utf-8"))
        assert {w.upper() for w in _LONG_WORD.findall(source)} <= {w.upper() for w in _LONG_WORD.findall(ran.out)}
        assert json.loads(leaflet("help", name, "--json").out)["topic"] == name


def test_help_of_a_command_is_its_help(leaflet: Leaflet) -> None:
    assert leaflet("help", "build").out == leaflet("build", "--help").out


def test_every_page_that_a_message_names_is_a_topic() -> None:
    named = {
        topic
        for path in (ROOT / "leaflets").rglob("*.py")
        for topic in re.findall(r"leaflet help ([a-z]+)", path.read_text("utf-8"))
    }
    assert named - {"build"} <= {*manual.topics(), *COMMANDS}
    in_messages = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "leaflets").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r'^\s*(?:[\w.(]+)?f?"(?!"").*docs/\w+\.md', line)
    ]
    assert in_messages == []


def test_a_page_is_laid_out_for_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = (
        "# A `title`\n\nWords [here](batch.md) and\nthere, **bold** ones"
        + " more" * 20
        + ".\n\n| flag | what |\n|---|---|\n| `--all` | every one |\n\n```sh\nleaflet  list\n```\n"
    )
    lines = list(manual.plain(text))
    assert lines[0] == "A TITLE"
    assert lines[2].startswith("Words here (leaflet help batch) and there, bold ones")
    assert max(map(len, lines)) < 60
    assert "  --all                   every one" in lines
    assert "    leaflet  list" in lines


# ------------------------------------------------------------------ explain


def test_every_code_of_the_source_is_explained(leaflet: Leaflet) -> None:
    codes = {
        code
        for path in (ROOT / "leaflets").rglob("*.py")
        for code in re.findall(r'"((?:MD|(?:PG|AL|CO|EP|NU|PL|TR)-[A-Z]?)\d{2})"', path.read_text("utf-8"))
    }
    assert {"MD03", "PG-00"} <= codes
    rules = {rule["code"]: rule for rule in json.loads(leaflet("explain", "--json").out)}
    assert codes - set(rules) == set()
    shown = leaflet("explain", "md03", "PG-00", "pl-04").out
    assert "MD03  Raw HTML\n  Family: form. For patients: warning. For clinicians: warning." in shown
    assert "Error for patients above 25 words." in shown


def test_the_severities_of_the_form_are_those_of_the_manual() -> None:
    rows = re.findall(r"^\| (MD\d\d) \| (\w+) \|", (ROOT / "docs/monograph.md").read_text("utf-8"), re.M)
    assert [(rule.code, rule.severity.value) for rule in FORM_RULES if rule.code.startswith("MD")] == rows


@pytest.mark.parametrize("rule", checks.RULES[::4], ids=lambda rule: rule.code)
def test_a_finding_has_a_severity_that_explain_gives(rule: checks.Rule) -> None:
    form = {each.code: {each.severity} for each in FORM_RULES}
    text = f"---\ntitle: Case\n---\n\n### Dosage\n\n{rule.bad}\n"
    for finding in checks.check(parse(text, name="case", file="case.md"), text):
        its = checks.find_rule(finding.code)
        usual = {its.patient, its.clinician} if its else form[finding.code]
        assert finding.severity in usual or finding.severity.value in SOMETIMES[finding.code]


# ------------------------------------------------------------------ streams


@pytest.mark.parametrize(
    "words", [["list"], ["check", "examplol", "--json"], ["--help"], ["completion", "bash"], ["help"]]
)
@pytest.mark.parametrize("shell", ["{} >/dev/full", "{} >&-"])
def test_an_output_that_is_full_or_closed_ends_with_its_code(leaflet: Leaflet, words: list[str], shell: str) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    command = shell.format(" ".join([sys.executable, "-m", "leaflets", *words]))
    ran = subprocess.run(
        ["sh", "-c", command], cwd=leaflet.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 8
    assert ran.stderr.startswith("error: the output: ")
    assert "Traceback" not in ran.stderr


def test_a_closed_error_stream_changes_nothing(leaflet: Leaflet) -> None:
    command = f"{sys.executable} -m leaflets list 2>&-"
    ran = subprocess.run(
        ["sh", "-c", command], cwd=leaflet.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0
    assert ran.stdout == leaflet("list").out


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_poor_terminal_gets_plain_letters_and_whole_json(leaflet: Leaflet, encoding: str) -> None:
    leaflet.write("content/poor.md", "---\ntitle: Poor\n---\n\n### Dosage\n\nTake 2 mg OD ≥ 2 μg.\n")
    poor = environment(PYTHONIOENCODING=encoding)
    ran = process("check", "poor", cwd=leaflet.folder, env=poor)
    assert ran.code == 4
    assert '"OD": meant once daily' in ran.out
    as_json = process("check", "poor", "--json", cwd=leaflet.folder, env=poor)
    assert "“OD”" in json.dumps(json.loads(as_json.out), ensure_ascii=False)


def test_each_sign_has_a_likeness() -> None:
    error = UnicodeEncodeError("ascii", "“≥é漢”", 0, 5, "no")
    assert streams._plain_letters(error) == ('">=e\\u6f22"', 5)


def test_ctrl_c_while_modules_are_loaded_ends_with_its_code(leaflet: Leaflet) -> None:
    command = [sys.executable, "-m", "leaflets", "build", "metformin"]
    codes = set()
    for wait in (0.06, 0.1, 0.16, 0.25):
        running = subprocess.Popen(
            command, cwd=leaflet.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        if b"Traceback" in errors and b"leaflets/cli" not in errors:
            continue  # Python itself was not ready yet
        assert b"Traceback" not in errors
        codes.add(running.returncode)
    assert codes <= {130, -signal.SIGINT}
    assert 130 in codes


def test_a_terminal_shows_that_a_sheet_is_made(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    from leaflets.cli import waiting

    shown: list[str] = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    def write(text: str) -> int:
        shown.append(text)
        return len(text)

    monkeypatch.setattr(sys.stderr, "write", write)
    monkeypatch.setattr(waiting, "_SECONDS", 0.01)
    with waiting.waiting("x.pdf"):
        time.sleep(0.1)
    assert [text.strip() for text in shown] == ["making x.pdf …", ""]
    with waiting.waiting("x.pdf", quiet=True):
        time.sleep(0.03)
    assert len(shown) == 2


# ------------------------------------------------------------------ files that are none


@pytest.mark.parametrize("kind", ["folder", "dangling", "loop"])
def test_settings_that_are_no_file_are_an_error(leaflet: Leaflet, kind: str) -> None:
    path = leaflet.folder / "leaflet.toml"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("leaflet.toml" if kind == "loop" else "gone.toml")
    for words in (["list"], ["build", "metformin"], ["runs"]):
        ran = leaflet(*words)
        assert ran.code == 2
        assert "leaflet.toml: it is no file" in ran.err


@pytest.mark.parametrize("words", ["list", "build --all", "batch l.csv", "check content", "copy metformin"])
def test_a_name_that_is_not_utf_8_is_refused_in_a_sentence(leaflet: Leaflet, words: str) -> None:
    leaflet.write("l.csv", "drug,patient_name\nmetformin,Zebedee Quux\n")
    folder = leaflet.folder / "content"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.md")).write_text(MONOGRAPH, "utf-8")
    ran = leaflet(*words.split())
    assert ran.code == 3
    assert "content/caf\\udce9.md: the name of the file is not UTF-8" in ran.err
