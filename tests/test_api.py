"""`import leaflets`: what a programmer calls, in a script, in threads, in a server."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

import leaflets
from leaflets.model.edition import Audience
from leaflets.model.paper import Paper
from tests.conftest import ROOT
from tests.running import MONOGRAPH
from tests.sheets import page_texts

EXPIRED = MONOGRAPH.replace("title: Examplol", "title: Examplol\nreview_by: 2020-01-01")


@pytest.fixture
def pharmacy(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text(MONOGRAPH)
    (tmp_path / "leaflet.toml").write_text('paper = "letter"\n[pharmacy]\nname = "Corner Pharmacy"\n')
    return tmp_path


def test_a_text_becomes_a_pdf() -> None:
    pdf = leaflets.render(MONOGRAPH, audience="patient")
    assert pdf.startswith(b"%PDF-")
    assert "Examplol" in " ".join(page_texts(pdf))
    assert pdf == leaflets.render(MONOGRAPH)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "monograph.md" in opened.attachments


def test_the_text_is_printed_for_whom_it_is_asked() -> None:
    clinician = " ".join(page_texts(leaflets.render(MONOGRAPH, "clinician", paper="letter", name="my-drug")))
    assert "Examplol" in clinician
    assert leaflets.render(MONOGRAPH, "clinician") != leaflets.render(MONOGRAPH, "patient")


def test_a_sheet_by_name_says_what_it_is(tmp_path: Path) -> None:
    sheet = leaflets.build("baricitinib", audience="clinician", paper="letter")
    assert (sheet.pages, sheet.title, sheet.edition.paper) == (1, "Baricitinib", Paper.LETTER)
    assert len(sheet.content_id) == 10
    assert sheet.content_id in "".join(page_texts(sheet.pdf))
    assert all(finding.audience in (None, Audience.CLINICIAN) for finding in sheet.findings)
    assert sheet.withheld
    saved = sheet.save(tmp_path / "out" / "b.pdf")
    assert saved.read_bytes() == sheet.pdf


def test_a_project_has_its_own_content_styles_and_settings(pharmacy: Path) -> None:
    project = leaflets.Project.open(pharmacy)
    assert {"a", "baricitinib"} <= set(project.names())
    first = project.build("a")
    assert first.edition.paper is Paper.LETTER
    assert "Corner Pharmacy" in " ".join(page_texts(first.pdf))
    assert list((pharmacy / "output" / "cache").glob("*.sheet"))
    assert project.build("a") == first
    assert project.build("a", paper="a4").edition.paper is Paper.A4
    assert "Corner Pharmacy" in " ".join(page_texts(project.render(MONOGRAPH)))


def test_a_path_is_a_name_too(tmp_path: Path) -> None:
    (tmp_path / "mydrug.md").write_text(MONOGRAPH)
    assert leaflets.build(tmp_path / "mydrug.md").title == "Examplol"


def test_checks_find_what_the_command_finds() -> None:
    dangerous = MONOGRAPH + "\n### Dosage\n\nTake 1.0 mg qd.\n"
    codes = {finding.code for finding in leaflets.check(dangerous)}
    assert "EP-D01" in codes or any(code.startswith("EP-") for code in codes)
    patient = leaflets.check(dangerous, "patient")
    assert all(finding.audience in (None, Audience.PATIENT) for finding in patient)
    assert {finding.file for finding in patient} == {"monograph.md"}


def test_what_is_past_its_review_date_is_refused_unless_allowed(tmp_path: Path) -> None:
    with pytest.raises(leaflets.CheckFailed, match=r"monograph\.md:\d+: the review date 2020-01-01 has passed"):
        leaflets.render(EXPIRED)
    (tmp_path / "a.md").write_text(EXPIRED)
    with pytest.raises(leaflets.CheckFailed):
        leaflets.build(tmp_path / "a.md")
    assert leaflets.build(tmp_path / "a.md", allow=["expired"]).pdf


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: leaflets.build("baricitinb"), leaflets.ContentError, "no monograph of that name"),
        (lambda: leaflets.build("baricitinib", audience="doctor"), leaflets.UsageError, "“doctor” is no audience"),
        (lambda: leaflets.build("baricitinib", paper="a3"), leaflets.UsageError, "“a3” is no paper"),
        (lambda: leaflets.build("baricitinib", type_size="huge"), leaflets.UsageError, "“huge” is no type size"),
        (lambda: leaflets.build("baricitinib", booklet=True), leaflets.UsageError, "booklet"),
        (lambda: leaflets.build("baricitinib", allow=["unsafe"]), leaflets.UsageError, "cannot be allowed"),
        (lambda: leaflets.build("baricitinib", lang="fi"), leaflets.LeafletError, "fi"),
        (lambda: leaflets.render(""), leaflets.ContentError, "monograph.md"),
        (lambda: leaflets.render("x" * 300_000), leaflets.ContentError, "larger than"),
        (lambda: leaflets.render(MONOGRAPH, name="../a"), leaflets.UsageError, "no name of a monograph"),
        (lambda: leaflets.render("# x \ud800"), leaflets.ContentError, "monograph.md:1: half a character"),
        (lambda: leaflets.check(b"# x"), leaflets.UsageError, "a monograph is text, not bytes"),  # type: ignore[arg-type]
        (lambda: leaflets.check(MONOGRAPH, lang="../../x"), leaflets.UsageError, "is no language"),
        (lambda: leaflets.build("baricitinib", sheets=-1), leaflets.UsageError, "no number of sheets"),
        (lambda: leaflets.build("baricitinib", sheets="2"), leaflets.UsageError, "no number of sheets"),  # type: ignore[arg-type]
        (lambda: leaflets.Project.open("nowhere/at/all"), leaflets.UsageError, "no such folder"),
    ],
)
def test_errors_are_ours_and_say_what_is_wrong(
    call: Callable[[], object], error: type[leaflets.LeafletError], words: str
) -> None:
    with pytest.raises(error) as raised:
        call()
    assert words in raised.value.message
    assert raised.value.exit_code


def test_a_word_that_is_no_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument “papre”"):
        leaflets.build("baricitinib", papre="letter")  # type: ignore[call-arg]


def test_what_is_none_is_as_the_settings_say() -> None:
    choices = {"lang": None, "paper": None, "type_size": None, "sheets": None, "fitted": None, "booklet": None}
    sheet = leaflets.build("baricitinib", **choices)  # type: ignore[arg-type]
    assert sheet.edition == leaflets.Edition(Audience.PATIENT)


def test_another_project_is_opened_by_a_path_that_goes_up(pharmacy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = pharmacy.parent / "other"
    other.mkdir()
    monkeypatch.chdir(pharmacy)
    project = leaflets.Project.open("../other")
    assert project.root == other.resolve()
    assert project.folder.settings.pharmacy.name == ""


def test_a_translation_past_its_date_is_refused_in_whatever_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "content" / "baricitinib.es.md").read_text("utf-8")
    expired = text.replace("---\n", "---\nreview_by: 2020-01-01\n", 1)
    monkeypatch.chdir(ROOT / "content")  # where the text it translates is called baricitinib.md
    with pytest.raises(leaflets.CheckFailed, match=r"baricitinib\.es\.md:\d+: the review date"):
        leaflets.render(expired, lang="es", name="baricitinib")
    assert leaflets.render(text, lang="es", name="baricitinib")


def test_a_project_sees_monographs_that_come_later(pharmacy: Path) -> None:
    project = leaflets.Project.open(pharmacy)
    assert "b" not in project.names()
    (pharmacy / "content" / "b.md").write_text(MONOGRAPH)
    assert "b" in project.names()
    assert project.build("b").title == "Examplol"


def test_a_path_that_cannot_be_one_is_our_error(pharmacy: Path) -> None:
    with pytest.raises(leaflets.OutputError, match="no path"):
        leaflets.Project.open(pharmacy).build("a").save("a\0b")


FORKED = """
import os, sys
from leaflets.pipeline import stages
stages._Renderer.lock.acquire()  # as in a server whose other thread is setting a page
child = os.fork()
if child == 0:
    os._exit(0 if stages._Renderer.lock.acquire(timeout=60) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_that_is_forked_while_a_page_is_set_need_not_wait_for_it() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", FORKED], env=environment, check=False).returncode == 0


OTHER_THREAD = """
import sys, threading
import leaflets
stop, faults = threading.Event(), []
def look():
    while not stop.is_set():
        try:
            sys.stdout.encoding.lower(), sys.stdout.fileno(), sys.stdout.isatty()
        except Exception as fault:
            faults.append(repr(fault))
            return
thread = threading.Thread(target=look)
thread.start()
leaflets.render(sys.stdin.read())
stop.set()
thread.join()
sys.exit("; ".join(faults) or 0)
"""


def test_other_threads_keep_their_standard_output_while_the_renderer_loads(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OTHER_THREAD]
    ran = subprocess.run(
        command, input=MONOGRAPH.encode(), capture_output=True, cwd=tmp_path, env=environment, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_many_threads_get_the_same_bytes() -> None:
    expected = leaflets.render(MONOGRAPH)
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(leaflets.render(MONOGRAPH))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [expected] * 4


def test_what_the_verbose_flag_lists_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="leaflets"):
        sheet = leaflets.build("baricitinib", audience="patient")
    messages = [record.getMessage() for record in caplog.records if record.name == "leaflets.pipeline"]
    assert any("withheld" in message for message in messages)
    assert len(messages) == len(sheet.findings) + len(sheet.withheld)


QUIET = """
import json, os, signal, sys, threading
before = dict(os.environ), os.getcwd(), [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
loaded = set(sys.modules)
import leaflets
first = sorted(name for name in set(sys.modules) - loaded if name.startswith("leaflets"))
import weasyprint
plain = weasyprint.HTML(string="<p>Hello</p>").write_pdf()
pdf = leaflets.render(sys.stdin.read())
sheet = leaflets.build("warfarin", audience="patient")
again = weasyprint.HTML(string="<p>Hello</p>").write_pdf()
after = dict(os.environ), os.getcwd(), [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
with open(sys.argv[1], "w") as out:
    json.dump([before == after, first, len(plain), len(again), len(pdf), sheet.pages, threading.active_count()], out)
"""


def test_a_program_around_it_stays_as_it_was(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(QUIET)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "facts.json")],
        input=MONOGRAPH.encode(),
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    same, first, plain, again, pdf, pages, threads = json.loads((tmp_path / "facts.json").read_text())
    assert same
    assert first == ["leaflets"], "importing loads nothing else of ours"
    assert plain
    assert again
    assert pdf
    assert pages == 2
    assert threads == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.json", "program.py"]


def test_every_name_it_offers_is_there_and_documented() -> None:
    for name in leaflets.__all__:
        assert getattr(leaflets, name) is not None
    assert set(leaflets.__all__) <= set(dir(leaflets))
    for name in ("build", "render", "check", "Project", "Sheet", "Edition"):
        assert getattr(leaflets, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'bild'"):
        leaflets.bild  # noqa: B018
    assert signal.getsignal(signal.SIGINT)
