"""`leaflet check` and `leaflet explain` as a person or a program sees them."""

import argparse
import json
import re
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.cli import check, explain
from leaflets.errors import UsageError
from leaflets.pipeline.page_findings import page_rules
from tests.running import Leaflet

POOR = "---\ntitle: Poor\n---\n\n### Dosage\n\nTake 2 mg OD.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "poor.md").write_text(POOR, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    check.add_parser(commands, "")
    explain.add_parser(commands, "")
    args = parser.parse_args(argv)
    return int(args.run(args))


@pytest.mark.usefixtures("folder")
def test_errors_end_with_code_4_and_say_where_why_and_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("check", "poor", "--all-lines", "-v") == 4
    out = capsys.readouterr().out
    place = str(Path("content") / "poor.md")
    assert f"{place}:7:11  error  EP-F04  “OD”: meant once daily, misread as right eye; overdose" in out
    assert "[ISMP list of error-prone abbreviations]" in out
    assert "Write: once a day, or daily." in out
    assert _run("check", "poor") == 4
    out = capsys.readouterr().out
    assert re.search(r"\n“Dosage”\n +7:11  error +EP-F04  “OD”: meant once daily", out)
    assert "[ISMP" not in out
    assert "Write: once a day, or daily." in out
    assert out.splitlines()[-1].startswith("1 monograph checked, 0 clean: ")


def test_strict_ends_with_code_4_on_warnings(folder: Path) -> None:
    (folder / "fair.md").write_text("---\ntitle: Fair\n---\n\n### Dosage\n\nGive 2 mg.\n", "utf-8")
    assert _run("check", "fair.md", "--audience", "clinician") == 0
    assert _run("check", "fair.md", "--audience", "clinician", "--strict") == 4


@pytest.mark.usefixtures("folder")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("check", "poor", "--json") == 4
    printed = json.loads(capsys.readouterr().out)
    [file] = printed["files"]
    assert {"code": "EP-F04", "line": 7, "column": 11}.items() <= next(
        finding for finding in file["findings"] if finding["code"] == "EP-F04"
    ).items()
    severities = [finding["severity"] for finding in file["findings"]]
    assert (printed["errors"], printed["warnings"]) == (severities.count("error"), severities.count("warning"))
    assert printed["errors"] not in (0, printed["warnings"])
    assert len(file["index"]) == 44


@pytest.mark.usefixtures("folder")
def test_sarif_names_a_rule_and_a_region_for_each_result(capsys: pytest.CaptureFixture[str]) -> None:
    _run("check", "poor", "--sarif")
    log = json.loads(capsys.readouterr().out)
    [run] = log["runs"]
    assert log["version"] == "2.1.0"
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning", "note")
        assert region["startLine"] >= 1


@pytest.mark.usefixtures("folder")
def test_fix_list_can_be_ticked_off(capsys: pytest.CaptureFixture[str]) -> None:
    _run("check", "poor", "--fix-list")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("## ")
    assert any(line.startswith("- [ ] line 7: EP-F04") for line in lines)


def test_unreadable_file_is_told_and_the_others_are_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "content" / "none.md").write_text("nothing here\n", "utf-8")
    assert _run("check", "content") == 3
    printed = capsys.readouterr()
    assert "none.md" in printed.err
    assert "1 monograph checked" in printed.out


@pytest.mark.usefixtures("folder")
def test_verbose_lists_infos_and_index(capsys: pytest.CaptureFixture[str]) -> None:
    _run("check", "poor", "-v")
    assert "4  a picture supports the main message: needs a person" in capsys.readouterr().out


def test_naming_nothing_is_a_usage_error(folder: Path) -> None:
    with pytest.raises(UsageError):
        _run("check")


def test_explain_shows_both_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("explain", "ep-n01") == 0
    out = capsys.readouterr().out
    assert "Take 1.0 mg once a day." in out
    assert "Joint Commission" in out


def test_explain_of_the_page_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("explain", "PG-08") == 0
    assert "More pages than planned" in capsys.readouterr().out


def test_explain_without_a_code_lists_every_rule_of_texts_and_of_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("explain") == 0
    listed = [line.split("  ", 1)[0] for line in capsys.readouterr().out.splitlines()]
    form = [code for code in listed if code.startswith("MD") or code == "PG-00"]
    assert listed == [*(rule.code for rule in checks.RULES), *form, *(rule.code for rule in page_rules())]


def test_explain_tells_the_severity_for_each_audience(capsys: pytest.CaptureFixture[str]) -> None:
    rule = next(rule for rule in checks.RULES if rule.patient and not rule.clinician)
    assert _run("explain", rule.code) == 0
    assert f"For patients: {rule.patient}. For clinicians: not looked at." in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_sarif_gives_the_reason_of_what_was_suppressed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    allowed = POOR.replace("---\n", "---\nallow: [{code: EP-F04, reason: a quotation}]\n", 1)
    (folder / "allowed.md").write_text(allowed, "utf-8")
    _run("check", "allowed.md", "--sarif")
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    reasons = [each["justification"] for result in results for each in result.get("suppressions", ())]
    assert reasons == ["a quotation"]


def test_explain_offers_near_codes() -> None:
    with pytest.raises(UsageError) as caught:
        _run("explain", "EP-F4")
    assert "EP-F04" in caught.value.hint


# ------------------------------------------------------------------ findings by section

MANY = (
    "---\ntitle: Many\n---\n\n### Uses\n\nFor acute gout. It is chronic, severe hepatic renal oral topical pain.\n\n"
    "### Dosage\n\nTake 2 mg OD. Take 4 mg OD in winter. Take 1.0 mg in summer. Take 5.0 mg in spring.\n\n"
)


def test_findings_stand_by_section_with_the_gravest_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "many.md").write_text(MANY, "utf-8")
    _run("check", "many.md")
    out = capsys.readouterr().out
    assert re.findall(r"(?m)^(?:“.+”|The text.*)$", out) == ["The text and its pages as a whole", "“Uses”", "“Dosage”"]
    for group in out.split("\n\n"):
        severities = re.findall(r"(?m)^ +\d+:\d+  (error|warning)", group)
        assert severities == sorted(severities)


def test_every_error_of_safety_has_its_place_and_each_of_its_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "many.md").write_text(MANY + "Take 2 mg OD. " * 9 + "\n", "utf-8")
    _run("check", "many.md", "--json")
    [file] = json.loads(capsys.readouterr().out)["files"]
    places = [f"{f['line']}:{f['column']}" for f in file["findings"] if f["code"] in ("EP-F04", "EP-N01")]
    assert len(places) == 13
    _run("check", "many.md")
    out = capsys.readouterr().out
    assert all(re.search(rf"(?<!\d){place}(?!\d)", out) for place in places)
    assert "“1.0”" in out
    assert "“5.0”" in out


def test_a_kind_of_many_places_names_some_and_counts_the_rest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "Hepatic care. Renal care. Oral care. Topical care. Acute pain. Chronic pain. Edema. Dyspnea. Syncope. Emesis."
    )
    (folder / "words.md").write_text(f"---\ntitle: Words\n---\n\n### Uses\n\n{words}\n", "utf-8")
    _run("check", "words.md", "--audience", "patient")
    grouped = capsys.readouterr().out
    _run("check", "words.md", "--audience", "patient", "--all-lines")
    every = [line for line in capsys.readouterr().out.splitlines() if "  PL-07  " in line]
    [rest] = re.findall(r"and (\d+) more \(--all-lines\)", grouped)
    assert grouped.count("PL-07") == 1
    assert len(every) == 1 + 6 + int(rest)


def test_a_fault_of_both_audiences_stands_once_as_the_graver(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "Take it " + "with a glass of water " * 6 + "each day."
    (folder / "both.md").write_text(f"---\ntitle: Both\n---\n\n### Uses\n\n{sentence}\n", "utf-8")
    _run("check", "both.md")
    [line] = [line for line in capsys.readouterr().out.splitlines() if "PL-04" in line]
    assert "error" in line
    assert "(patient)" not in line


# ------------------------------------------------------------------ pages, folders, failures

ALLOWED = "---\ntitle: Long\nallow:\n  - code: PG-08\n    reason: It is meant to be a booklet.\n---\n\n"
BODY = "### Uses\n\nFor gout.\n\n### Side effects\n\n" + "Rest, and drink water with it.\n\n" * 90


def test_pages_are_looked_at_when_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "long.md").write_text("---\ntitle: Long\n---\n\n" + BODY, "utf-8")
    _run("check", "long.md", "--audience", "patient")
    assert "PG-" not in capsys.readouterr().out
    _run("check", "long.md", "--audience", "patient", "--page", "--paper", "letter", "--all-lines", "-v")
    out = capsys.readouterr().out
    assert "long.md:1:1  warning  PG-08  " in out
    assert re.search(r"\d+ lines over, .*\d+ of “Side effects”", out)
    assert "[House rule: one sheet for patients, one page for clinicians]" in out


def test_a_finding_of_the_page_is_let_stand_with_a_reason(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "long.md").write_text(ALLOWED + BODY, "utf-8")
    _run("check", "long.md", "--audience", "patient", "--page", "-v")
    out = capsys.readouterr().out
    assert "silenced  PG-08" in out
    assert "It is meant to be a booklet." in out
    assert "warning  PG-08" not in out


def test_form_is_checked_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "raw.md").write_text(POOR + "\n<b>Bold</b> words.\n", "utf-8")
    _run("check", "raw.md", "--all-lines")
    assert "raw.md:9:1  warning  MD03  raw HTML is printed as text: <b>" in capsys.readouterr().out


def test_what_could_not_be_read_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "content" / "bad.md").write_text("no monograph", "utf-8")
    assert _run("check", "content") == 3
    assert capsys.readouterr().out.splitlines()[-1].endswith(" warnings, 1 failed")
    assert _run("check", "content", "--json") == 3
    [fault] = json.loads(capsys.readouterr().out)["failed"]
    assert fault["error"] == "ContentError"


def test_a_folder_without_monographs_is_a_mistake(folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(UsageError, match="no Markdown file in empty"):
        _run("check", "empty")


def test_sarif_names_files_as_addresses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "my drug.md"
    path.write_text(POOR, "utf-8")
    _run("check", path.name, "--sarif")
    [run] = json.loads(capsys.readouterr().out)["runs"]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert len(uris) == 1
    assert uris.pop().endswith("my%20drug.md")
    assert {"EP-F04", "PG-08"} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_rules_that_know_english_only_are_left_out_elsewhere(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "---\ntitle: Prueba\n---\n\n### Dosage\n\nTome 2 mg OD. La hepatic dosis should es taken fatal.\n"
    (folder / "prueba.es.md").write_text(text, "utf-8")
    _run("check", "prueba.es.md", "-v")
    out = capsys.readouterr().out
    assert "EP-F04" in out
    assert "the text is in “es”, and these rules know English only: CO-08, CO-09, CO-15, CO-18, " in out
    assert "  PL-0" not in out
    assert "grade" not in out


def test_a_finding_of_the_evidence_file_stands_under_that_file(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", "---\ntitle: Examplol\n---\n\n### Uses\n\nPain.[^B1]\n")
    register = "---\nsources:\n  - {id: B1, kind: other, title: A blog, date: 2026}\n---\n\n## B1 Uses\n\nPain.\n"
    leaflet.write("content/evidence/examplol.md", register)
    lines = leaflet("check", "examplol").out.splitlines()
    start = lines.index("content/evidence/examplol.md")
    assert lines[start + 1].split()[:3] == ["3:1", "error", "EV-12"]
    assert "content/evidence/examplol.md, line 3: EV-12" in leaflet("check", "examplol", "--fix-list").out
