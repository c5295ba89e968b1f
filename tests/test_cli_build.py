"""`leaflet build` as a person or a program uses it: names, flags, file names, what is printed, and exit codes."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.running import MONOGRAPH, Leaflet, process
from tests.sheets import ROOT, page_texts

VERSION_4 = MONOGRAPH.replace("title: Examplol\n", "title: Examplol\nversion: '4'\n")


def _pages(path: Path) -> str:
    return "\n".join(page_texts(path.read_bytes()))


def test_one_audience_of_a_packaged_monograph_in_an_empty_folder(leaflet: Leaflet) -> None:
    ran = leaflet("build", "baricitinib", "--audience", "patient")
    assert ran.code == 0
    assert ran.err == ""
    path, pages, _ = ran.out.split("  ", 2)
    assert path == "output/baricitinib-patient.pdf"
    assert pages == "2 pages"
    assert ran.out.rstrip().split("  ")[2].endswith(" s")
    assert leaflet.files() == {"output/baricitinib-patient.pdf"}
    assert (leaflet.folder / path).read_bytes().startswith(b"%PDF-1.7")


def test_both_audiences_are_built_unless_one_is_named(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    assert leaflet("build", "examplol").code == 0
    assert leaflet.files() - {"content/examplol.md"} == {
        "output/examplol-patient.pdf",
        "output/examplol-clinician.pdf",
    }


def test_several_names_and_all(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("content/second.md", MONOGRAPH.replace("Examplol", "Second"))
    assert leaflet("build", "examplol", "second", "--audience", "patient", "-o", "some").code == 0
    assert leaflet("build", "--all", "--audience", "patient", "-o", "every").code == 0
    some = {path.name for path in (leaflet.folder / "some").iterdir()}
    every = {path.name for path in (leaflet.folder / "every").iterdir()}
    assert some == {"examplol-patient.pdf", "second-patient.pdf"}
    packaged = {path.name.split(".")[0] for path in (ROOT / "content").glob("*.md")}
    assert every == some | {f"{name}-patient.pdf" for name in packaged}


def test_the_path_of_any_markdown_file_stands_in_place_of_a_name(leaflet: Leaflet) -> None:
    leaflet.write("notes/my drug.md", MONOGRAPH)
    assert leaflet("build", "notes/my drug.md", "--audience", "clinician").code == 0
    assert "output/my drug-clinician.pdf" in leaflet.files()


def test_paper_is_in_the_name_only_where_it_is_not_the_default(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    assert leaflet("build", "a.md", "--audience", "patient", "--paper", "letter").code == 0
    assert leaflet("build", "a.md", "--audience", "patient", "--paper", "a4").code == 0
    leaflet.write("leaflet.toml", 'paper = "letter"\n')
    assert leaflet("build", "a.md", "--audience", "clinician").code == 0
    assert leaflet("build", "a.md", "--audience", "clinician", "--paper", "a4").code == 0
    assert leaflet.files() - {"a.md", "leaflet.toml"} == {
        "output/a-patient-letter.pdf",
        "output/a-patient.pdf",
        "output/a-clinician.pdf",
        "output/a-clinician-a4.pdf",
    }


def test_the_output_folder_is_made(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    ran = leaflet("build", "a.md", "--audience", "patient", "-o", "deep/er/print")
    assert ran.out.startswith("deep/er/print/a-patient.pdf  ")
    assert "deep/er/print/a-patient.pdf" in leaflet.files()


def test_the_html_is_kept_on_request_and_stands_alone(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    assert leaflet("build", "a.md", "--audience", "patient", "--html").code == 0
    page = (leaflet.folder / "output/a-patient.html").read_text(encoding="utf-8")
    assert "For yawning." in page
    assert "@font-face" in page
    assert re.search(r"url\([\"']?leaflet:", page) is None
    fonts = re.findall(r"url\([\"']?([^\"')]+\.ttf)", page)
    assert fonts
    assert all((leaflet.folder / "output" / unquote(font)).is_file() for font in fonts)


def test_json_tells_everything_about_each_sheet(leaflet: Leaflet) -> None:
    leaflet.write("a.md", VERSION_4 + "\n### Unheard of\n\n/// clinician\nFor you.\n///\n")
    ran = leaflet("build", "a.md", "--json", "--paper", "letter")
    printed = json.loads(ran.out)
    assert ran.err == ""
    assert printed["errors"] == []
    patient, clinician = printed["sheets"]
    expected = {
        "name": "a", "source": "a.md", "title": "Examplol", "version": "4", "audience": "patient", "lang": "en",
        "paper": "letter", "path": "output/a-patient-letter.pdf", "pages": 2, "cached": False,
    }  # fmt: skip
    assert {key: patient[key] for key in expected} == expected
    assert patient["seconds"] > 0
    assert patient["content_id"] in _pages(leaflet.folder / patient["path"])
    assert patient["content_id"] != clinician["content_id"]
    assert any(f["code"] == "MD02" and f["file"] == "a.md" and f["line"] for f in patient["findings"])
    assert any(w["reason"] == "marked for the clinician" for w in patient["withheld"])
    assert not any(w["reason"].startswith("marked") for w in clinician["withheld"])


def test_json_of_an_unchanged_sheet_says_that_it_came_from_the_cache(leaflet: Leaflet) -> None:
    leaflet.write("a.md", VERSION_4 + "\n### Unheard of\n\nText.\n")
    first = json.loads(leaflet("build", "a.md", "--audience", "patient", "--json").out)["sheets"][0]
    second = json.loads(leaflet("build", "a.md", "--audience", "patient", "--json").out)["sheets"][0]
    assert (first["cached"], second["cached"]) == (False, True)
    differing = ("seconds", "cached")
    assert {k: v for k, v in first.items() if k not in differing} == {
        k: v for k, v in second.items() if k not in differing
    }


def test_json_of_a_failure_is_json_too(leaflet: Leaflet) -> None:
    ran = leaflet("build", "baricitinob", "--json")
    printed = json.loads(ran.out)
    assert ran.code == printed["exit_code"] == 3
    assert printed["error"] == "ContentError"
    assert "baricitinob" in printed["message"]
    assert "baricitinib" in printed["hint"]
    assert ran.err == ""


def test_one_bad_monograph_among_several_does_not_stop_the_others(leaflet: Leaflet) -> None:
    leaflet.write("good.md", MONOGRAPH)
    leaflet.write("bad.md", "no monograph")
    leaflet.write("fair.md", MONOGRAPH)
    ran = leaflet("build", "bad.md", "good.md", "fair.md", "--audience", "patient")
    assert ran.code == 3
    assert "error: bad.md" in ran.err
    assert ran.err.endswith("2 sheets made, 1 failed\n")
    assert "output/good-patient.pdf" in leaflet.files()
    printed = json.loads(leaflet("build", "bad.md", "good.md", "--audience", "patient", "--json").out)
    assert [sheet["name"] for sheet in printed["sheets"]] == ["good"]
    assert [error["error"] for error in printed["errors"]] == ["ContentError"]


def test_quiet_prints_nothing_but_errors(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    ran = leaflet("build", "a.md", "--audience", "patient", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert leaflet("build", "nothing.md", "-q").err.startswith("error: nothing.md: there is no such file")


def test_verbose_lists_findings_and_what_was_withheld(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH + "\n### Unheard of\n\n/// clinician\nFor you alone.\n///\n")
    ran = leaflet("build", "a.md", "--audience", "patient", "-v")
    assert "a.md:19  info  MD02  heading “Unheard of”" in ran.err
    assert "a.md:22  withheld  “For you alone.”: marked for the clinician" in ran.err
    plain = leaflet("build", "a.md", "--audience", "patient")
    assert "MD02" not in plain.err
    again = leaflet("build", "a.md", "--audience", "patient", "-v")
    assert "unchanged" in again.out
    assert again.err == ran.err, "a sheet from the cache says the same"


def test_the_settings_of_the_pharmacy_are_printed_and_flags_override_them(leaflet: Leaflet) -> None:
    leaflet.write("leaflet.toml", '[pharmacy]\nname = "Corner Pharmacy"\nphone = "555 0100"\nemergency = "118"\n')
    leaflet.write("content/a.md", MONOGRAPH)
    assert leaflet("build", "a", "--audience", "patient").code == 0
    text = _pages(leaflet.folder / "output/a-patient.pdf").replace("\xa0", " ")
    assert "Corner Pharmacy" in text
    assert "555 0100" in text
    assert "118" in text
    flags = (
        "--pharmacy",
        "Station Pharmacy",
        "--phone",
        "555 0199",
        "--address",
        "1 Rail Street",
        "--emergency",
        "999",
    )
    assert leaflet("build", "a", "--audience", "patient", *flags).code == 0
    text = _pages(leaflet.folder / "output/a-patient.pdf").replace("\xa0", " ")
    assert "Corner" not in text
    for shown in ("Station Pharmacy", "555 0199", "1 Rail Street", "999"):
        assert shown in text


def test_the_settings_of_the_folder_above_hold(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    leaflet.write("leaflet.toml", "")
    leaflet.write("content/a.md", MONOGRAPH)
    below = leaflet.folder / "notes" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert leaflet("build", "a", "--audience", "patient").code == 0
    assert "output/a-patient.pdf" in leaflet.files()


def test_a_text_past_its_review_date_is_refused_unless_allowed_and_then_marked(leaflet: Leaflet) -> None:
    leaflet.write("a.md", VERSION_4.replace("---\n\n#", "review_by: 2021-01-31\n---\n\n#"))
    refused = leaflet("build", "a.md", "--audience", "patient")
    assert refused.code == 4
    assert "a.md:4: the review date 2021-01-31 has passed" in refused.err
    assert "--allow-expired" in refused.err
    assert leaflet.files() == {"a.md"}
    assert leaflet("build", "a.md", "--audience", "patient", "--allow-expired").code == 0
    text = _pages(leaflet.folder / "output/a-patient.pdf").replace("\xa0", " ")
    assert "EXPIRED: this text was due for review by 31 January 2021." in " ".join(text.split())


def test_a_withdrawn_monograph_is_never_printed(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH.replace("---\n\n#", "withdrawn: replaced by b\n---\n\n#", 1))
    for _ in range(2):
        ran = leaflet("build", "a.md", "--audience", "patient", "--allow-expired")
        assert ran.code == 4
        assert "a.md:3: the monograph is withdrawn: replaced by b" in ran.err
    assert leaflet.files() == {"a.md"}


def test_strict_refuses_what_the_checks_call_an_error(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH.replace("2 mg once a day", "2.0 mg QD, .5 mg at night"))
    assert leaflet("build", "a.md", "--audience", "clinician").code == 0
    (leaflet.folder / "output/a-clinician.pdf").unlink()
    for _ in range(2):
        ran = leaflet("build", "a.md", "--audience", "clinician", "--strict")
        assert ran.code == 4
        assert "error: a.md:13: " in ran.err
    assert leaflet.files() == {"a.md"}


@pytest.mark.parametrize(
    "words",
    [
        ("build",),
        ("build", "--all", "baricitinib"),
        ("build", "baricitinib", "--audience", "everybody"),
        ("build", "baricitinib", "--paper", "a3"),
        ("build", "baricitinib", "--nonsense"),
        ("biuld", "baricitinib"),
        (),
    ],
)
def test_a_command_that_cannot_be_understood_ends_with_2(leaflet: Leaflet, words: tuple[str, ...]) -> None:
    ran = leaflet(*words)
    assert ran.code == 2
    assert ran.err
    assert "Traceback" not in ran.err
    assert leaflet.files() == set()


def test_two_files_of_one_name_are_refused(leaflet: Leaflet) -> None:
    leaflet.write("one/a.md", MONOGRAPH)
    leaflet.write("two/a.md", MONOGRAPH)
    ran = leaflet("build", "one/a.md", "two/a.md")
    assert ran.code == 2
    assert "one/a.md and two/a.md would both be printed as “a”" in ran.err


def test_an_earlier_sheet_is_replaced(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet("build", "a.md", "--audience", "patient")
    leaflet.write("a.md", MONOGRAPH.replace("Humming", "Whistling"))
    leaflet("build", "a.md", "--audience", "patient")
    assert "Whistling" in _pages(leaflet.folder / "output/a-patient.pdf")


def test_help_version_and_examples(leaflet: Leaflet) -> None:
    assert leaflet("--version").out.startswith("leaflet ")
    for words in ((), ("build",), ("new",), ("init",)):
        ran = leaflet(*words, "--help")
        assert ran.code == 0
        assert "example" in ran.out


def test_the_command_as_a_process(tmp_path: Path) -> None:
    ran = process("build", "baricitinib", "--audience", "patient", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("output/baricitinib-patient.pdf  2 pages  ")


def test_a_command_that_fails_as_a_process_ends_with_its_exit_code(tmp_path: Path) -> None:
    ran = process("build", "nosuch", cwd=tmp_path)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: nosuch: there is no monograph of that name\n")


def test_a_text_in_another_language_is_not_printed_as_if_it_were_ours(leaflet: Leaflet) -> None:
    leaflet.write("notes/examplol.es.md", MONOGRAPH)
    ran = leaflet("build", "notes/examplol.es.md")
    assert ran.code == 3
    assert "notes/examplol.es.md: by its name this text is in “es”" in ran.err
    assert "Say --lang es." in ran.err
    assert leaflet.files() == {"notes/examplol.es.md"}


def test_settings_that_are_no_text_are_a_fault_of_usage(leaflet: Leaflet) -> None:
    leaflet.write("leaflet.toml", b"paper = '\xff'\n")
    ran = leaflet("build", "baricitinib")
    assert ran.code == 2
    assert "leaflet.toml:1: the file is not UTF-8" in ran.err


def test_white_text_is_refused_on_its_first_build_and_from_the_cache(leaflet: Leaflet) -> None:
    leaflet.write("content/a.md", MONOGRAPH)
    leaflet.write("styles/theme.css", "main p { color: white }")
    for _ in range(2):
        ran = leaflet("build", "a", "--audience", "patient")
        assert (ran.code, "PG-03: page 1: contrast of 1.0 to 1" in ran.err) == (4, True), ran
    assert not (leaflet.folder / "output" / "a-patient.pdf").exists()
    leaflet.write("styles/theme.css", "main p { color: black }")
    assert leaflet("build", "a", "--audience", "patient").code == 0
