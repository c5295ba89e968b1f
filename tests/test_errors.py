"""Whatever goes wrong is one sentence with its place and its remedy, the right exit code, and nothing half done."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from leaflets.project.files import read_up_to
from leaflets.workers.interrupts import stop_requests
from tests.conftest import pytest_configure
from tests.running import MONOGRAPH, Leaflet, Ran, environment, process

GOOD = b"%PDF-1.7 an earlier sheet"


def _refused(ran: Ran, code: int, *parts: str) -> None:
    """One error line that holds these parts, a hint below it, this exit code, and no traceback."""
    assert ran.code == code, ran.err
    lines = ran.err.rstrip().split("\n")
    assert lines[0].startswith("error: ")
    assert len(lines) == 2, ran.err
    assert lines[1].startswith("  ")
    assert "Traceback" not in ran.err
    for part in parts:
        assert part in ran.err


def _front(text: str) -> str:
    return MONOGRAPH.replace("title: Examplol", text)


# ---------------------------------------------------------------- the monograph


def test_an_unknown_name_with_the_nearest_known_ones(leaflet: Leaflet) -> None:
    leaflet.write("content/barinictib.md", MONOGRAPH)
    ran = leaflet("build", "Baricitinb")
    _refused(ran, 3, "Baricitinb: there is no monograph of that name", "Did you mean baricitinib, barinictib?")


def test_an_unknown_name_that_is_like_no_other(leaflet: Leaflet) -> None:
    _refused(leaflet("build", "zzz"), 3, "zzz: there is no monograph of that name", "leaflet list")


@pytest.mark.parametrize(
    ("front", "parts"),
    [
        ("title: [", ("a.md:2:", "not valid YAML")),
        ("title: Examplol\nclass: a: b", ("a.md:3:", "not valid YAML", "quotes")),
        ("title: Examplol\n\tclass: x", ("a.md:3:", "not valid YAML")),
        ("title: {a: b}", ("a.md:2:", "“title” must be one piece of text")),
        ("title: Examplol\nstrengths: {a: b}", ("a.md:3:", "“strengths” must be a list")),
        ("title: Examplol\nforms: [[a]]", ("a.md:3:", "“forms” must be one piece of text")),
        ("title: Examplol\nreviewed: last year", ("a.md:3:", "“reviewed” must be a date such as 2026-04-30")),
        ("title: Examplol\nsources: [a]", ("a.md:3:",)),
        ("title: Examplol\nsources: [{id: a, title: b}, {id: a, title: c}]", ("a.md:3:", "stands twice")),
        ("title: Examplol\ntitle: Again", ("a.md:3:", "“title” stands twice")),
        ("title: &a x\nclass: *a", ("a.md:3:", "aliases")),
        ("- title", ("a.md:2:", "“key: value”")),
        ("title: Examplol\ncodes: 5", ("a.md:3:", "“codes” must be")),
    ],
)
def test_front_matter_that_cannot_be_understood(leaflet: Leaflet, front: str, parts: tuple[str, ...]) -> None:
    leaflet.write("a.md", _front(front))
    _refused(leaflet("build", "a.md", "--audience", "patient"), 3, *parts)
    assert leaflet.files() == {"a.md"}


def test_front_matter_that_never_ends(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH.replace("Examplol\n---\n", "Examplol\n", 1))
    _refused(leaflet("build", "a.md", "--audience", "patient"), 3, "a.md:1: the front matter is never closed")


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (MONOGRAPH.replace("yawning", "g\u00e4hnen").encode("latin-1"), ("a.md:9:", "not UTF-8", "0xE4")),
        (MONOGRAPH.encode("utf-16"), ("a.md:1:", "UTF-16")),
        (b"", ("a.md", "no monograph")),
        (b"\n \n", ("a.md", "no monograph")),
        (b"I cannot help with that.\n", ("a.md", "no section such as Usage")),
        (b"### Dosage\n\n1 mg\n", ("a.md:1: the monograph has no title",)),
        (MONOGRAPH.encode() + b"x" * 262_144, ("a.md", "larger than 262,144 bytes")),
        (MONOGRAPH.encode() + b"x" * 8_193, ("a.md:18:", "longer than 8,192 characters")),
        (MONOGRAPH.encode() + b"- " * 13 + b"deep\n", ("a.md:18:", "deeper than 12 levels")),
    ],
)
def test_a_text_that_cannot_be_read(leaflet: Leaflet, data: bytes, parts: tuple[str, ...]) -> None:
    leaflet.write("a.md", data)
    _refused(leaflet("build", "a.md", "--audience", "patient"), 3, *parts)
    assert leaflet.files() == {"a.md"}


def test_a_path_that_holds_no_readable_file(leaflet: Leaflet) -> None:
    (leaflet.folder / "folder.md").mkdir()
    os.mkfifo(leaflet.folder / "pipe.md")
    (leaflet.folder / "circle.md").symlink_to("circle.md")
    _refused(leaflet("build", "none.md", "--audience", "patient"), 3, "none.md: there is no such file")
    _refused(leaflet("build", "folder.md", "--audience", "patient"), 3, "folder.md: cannot be read: it is a folder")
    _refused(leaflet("build", "pipe.md", "--audience", "patient"), 3, "pipe.md: it is no regular file")
    _refused(leaflet("build", "circle.md", "--audience", "patient"), 3, "circle.md: ")
    _refused(leaflet("build", "a" * 300 + ".md", "--audience", "patient"), 3, "aaa.md: ")
    _refused(leaflet("build", "nul\0.md", "--audience", "patient"), 3, "there is no such file")


def test_a_file_that_may_not_be_read(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    leaflet.write("a.md", MONOGRAPH)
    opened = Path.open

    def denied(path: Path, mode: str = "r") -> object:
        if path.name == "a.md":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", denied)
    _refused(leaflet("build", "a.md", "--audience", "patient"), 3, "a.md: cannot be read: permission denied")


# ---------------------------------------------------------------- the settings


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ("papers = 'a4'", ("the setting “papers” is not known", "Did you mean “paper”?")),
        ("[pharmacy]\nnmae = 'x'", ("the setting “pharmacy.nmae” is not known", "Did you mean “pharmacy.name”?")),
        ("paper = 'a3'", ("“paper” cannot be “a3”", "a4, letter")),
        ("paper = 4", ("“paper” must be text in quotes",)),
        ("language = 'xx'", ("“language” cannot be “xx”",)),
        ("pharmacy = 'x'", ("“pharmacy” must be a table", "[pharmacy]")),
        ("[pharmacy]\nphone = 5550100", ("“pharmacy.phone” must be text in quotes",)),
        ("paper = a4", ("not valid TOML", "line 1")),
    ],
)
def test_settings_that_cannot_be_understood(leaflet: Leaflet, settings: str, parts: tuple[str, ...]) -> None:
    leaflet.write("leaflet.toml", settings + "\n")
    _refused(leaflet("build", "baricitinib"), 2, "leaflet.toml: ", *parts)
    _refused(leaflet("list"), 2, "leaflet.toml: ", *parts)
    assert leaflet.files() == {"leaflet.toml"}


# ---------------------------------------------------------------- writing


def test_a_file_stands_where_the_output_folder_should_be(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("print", "in the way")
    _refused(
        leaflet("build", "a.md", "-o", "print"), 8, "print: cannot be written: a file of that name is in the way", "-o"
    )
    _refused(leaflet("build", "a.md", "-o", "print/below"), 8, "cannot be written", "-o")
    assert leaflet.files() == {"a.md", "print"}


def test_a_folder_stands_where_the_sheet_should_be(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    (leaflet.folder / "output" / "a-patient.pdf").mkdir(parents=True)
    _refused(leaflet("build", "a.md", "--audience", "patient"), 8, "output/a-patient.pdf: cannot be written")
    assert leaflet.files() == {"a.md"}


@pytest.mark.parametrize("name", ["fsync", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_a_disk_that_fails_leaves_the_earlier_sheet_as_it_was(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    leaflet.write("a.md", MONOGRAPH)
    earlier = leaflet.write("output/a-patient.pdf", GOOD)
    works = getattr(os, name)

    def fails(first: object, *args: int, **named: int) -> object:
        if name == "fsync" or str(first).endswith(".part"):
            raise OSError(number, os.strerror(number))
        return works(first, *args, **named)

    monkeypatch.setattr(os, name, fails)
    ran = leaflet("build", "a.md", "--audience", "patient")
    assert ran.code == 8
    assert ran.err.startswith("error: output/a-patient.pdf: cannot be written: ")
    assert "Traceback" not in ran.err
    assert earlier.read_bytes() == GOOD
    assert leaflet.files() == {"a.md", "output/a-patient.pdf"}


def test_a_full_disk_is_called_so() -> None:
    words = {errno.ENOSPC: "the disk is full", errno.EROFS: "read-only", errno.EDQUOT: "quota"}
    from leaflets.project.files import reason

    for number, phrase in words.items():
        what, remedy = reason(OSError(number, ""))
        assert phrase in what
        assert remedy


@pytest.mark.parametrize("cached", [False, True], ids=["while setting the page", "while saving it"])
def test_a_file_that_may_grow_no_further_leaves_no_half_sheet(tmp_path: Path, cached: bool) -> None:
    (tmp_path / "a.md").write_text(MONOGRAPH)
    (tmp_path / "temporary").mkdir()
    if cached:
        assert process("build", "a.md", "--audience", "patient", cwd=tmp_path).code == 0
    earlier = tmp_path / "output" / "a-patient.pdf"
    earlier.parent.mkdir(exist_ok=True)
    earlier.write_bytes(GOOD)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))

    command = [sys.executable, "-B", "-m", "leaflets", "build", "a.md", "--audience", "patient"]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment(TMPDIR=str(tmp_path / "temporary")), capture_output=True, text=True,
        preexec_fn=limit, check=False,
    )  # fmt: skip
    place = "output/a-patient.pdf" if cached else str(tmp_path / "temporary")
    _refused(Ran(ran.returncode, ran.stdout, ran.stderr), 8, f"{place}: cannot be written: ")
    assert earlier.read_bytes() == GOOD
    assert [path.name for path in (tmp_path / "output").iterdir() if path.name != "cache"] == ["a-patient.pdf"]
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "temporary").iterdir())


def test_a_cache_that_cannot_be_written_is_no_fault(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("output/cache", "in the way")
    assert leaflet("build", "a.md", "--audience", "patient").code == 0


# ---------------------------------------------------------------- a project's own templates and styles


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("{% block %}", ("templates/patient.html:1:",)),
        (
            '{% extends "page.html" %}\n{% block sheet %}\n{{ nonsense }}\n{% endblock %}',
            ("patient.html:3:", "nonsense"),
        ),
        ("{{ front.title.__class__.__mro__ }}", ("patient.html:1:", "unsafe")),
        ("{{ ''.__class__ }}", ("patient.html:1:", "unsafe")),
        ('\n{% include "none.html" %}', ("patient.html", "none.html")),
        ('{% extends "/etc/passwd" %}', ("patient.html", "/etc/passwd")),
        ("{{ 1 / 0 }}", ("patient.html:1:", "division")),
        ("{{ front.nothing }}", ("patient.html:1:", "nothing")),
        ("{{ front | nothing }}", ("patient.html:1:", "nothing")),
    ],
)
def test_a_fault_in_a_template_of_the_project_s_own(leaflet: Leaflet, template: str, parts: tuple[str, ...]) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("templates/patient.html", template)
    earlier = leaflet.write("output/a-patient.pdf", GOOD)
    _refused(leaflet("build", "a.md", "--audience", "patient"), 5, *parts)
    assert earlier.read_bytes() == GOOD
    assert leaflet("build", "a.md", "--audience", "clinician").code == 0


@pytest.mark.parametrize(
    ("css", "parts"),
    [
        ("h1 { colour: black }", ("theme.css", "colour")),
        ("h1 { color: nonsense }", ("theme.css", "color")),
        ("h1 { background: url(leaflet:none.png) }", ("none.png",)),
        ("h1 { background: url(none.png) }", ("none.png",)),
        ('@import "other.css";', ("other.css",)),
        ("h1 { color: black", ()),
    ],
)
def test_a_fault_in_a_style_of_the_project_s_own(leaflet: Leaflet, css: str, parts: tuple[str, ...]) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("styles/theme.css", css)
    earlier = leaflet.write("output/a-patient.pdf", GOOD)
    ran = leaflet("build", "a.md", "--audience", "patient")
    if not parts:
        assert ran.code == 0, "CSS closes an open block at the end of the file"
        return
    _refused(ran, 5, *parts)
    assert earlier.read_bytes() == GOOD
    assert leaflet.files() == {"a.md", "styles/theme.css", "output/a-patient.pdf"}


def test_a_template_or_style_that_is_not_utf_8(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    style = leaflet.write("styles/theme.css", b"/* \xe4 */")
    ran = leaflet("build", "a.md", "--audience", "patient")
    assert ran.code in (3, 5)
    assert "theme.css" in ran.err
    style.unlink()
    leaflet.write("templates/patient.html", b"\n\xe4")
    _refused(leaflet("build", "a.md", "--audience", "patient"), 3, "templates/patient.html:2: the file is not UTF-8")


# ---------------------------------------------------------------- glyphs


@pytest.mark.parametrize(("character", "shown"), [("世", "U+4E16"), ("\U0001f48a", "U+1F48A"), ("\ue000", "U+E000")])
def test_a_character_that_the_fonts_do_not_have(leaflet: Leaflet, character: str, shown: str) -> None:
    leaflet.write("a.md", MONOGRAPH.replace("yawning", f"yawning {character}"))
    for audience in ("patient", "clinician"):
        ran = leaflet("build", "a.md", "--audience", audience)
        _refused(ran, 5, "a.md:9: the fonts have no glyph for", shown)
    assert leaflet.files() == {"a.md"}


def test_a_character_of_the_settings_that_the_fonts_do_not_have(leaflet: Leaflet) -> None:
    leaflet.write("a.md", MONOGRAPH)
    leaflet.write("leaflet.toml", '[pharmacy]\nname = "世"\n')
    _refused(leaflet("build", "a.md", "--audience", "patient"), 5, "the settings", "U+4E16")


# ---------------------------------------------------------------- being interrupted


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("after", ["import", "render"])
def test_an_interrupted_build_leaves_nothing_half_done(tmp_path: Path, sent: int, code: int, after: str) -> None:
    for number in range(40):
        (tmp_path / f"m{number}.md").write_text(MONOGRAPH.replace("Humming", f"Humming {number}"))
    names = [f"m{number}.md" for number in range(40)]
    command = [sys.executable, "-m", "leaflets", "build", *names]
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None
    _wait_for(running, tmp_path, after)
    os.killpg(running.pid, sent)
    _, stderr = running.communicate()
    assert running.returncode == code, stderr
    assert "Traceback" not in stderr
    made = list((tmp_path / "output").glob("*.pdf")) if (tmp_path / "output").is_dir() else []
    assert len(made) < 80
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in made)
    assert not list(tmp_path.rglob("*.part"))


def test_an_interrupt_within_code_from_a_text_has_our_code_too(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom leaflets import cli\nfrom leaflets.cli import build\n"
        "build.run = lambda args: exec('import os, signal; os.kill(os.getpid(), signal.SIGINT)')\n"
        "sys.exit(cli.main(['build', 'x']))"
    )
    (tmp_path / "stopped.py").write_text(code)
    command = [sys.executable, "-m", "stopped"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, "Traceback" in ran.stderr) == (130, False)


@pytest.fixture
def ignored_interrupt() -> Iterator[None]:
    """Ctrl-C ignored, as by a process that a script has started in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ignored_interrupt")
def test_a_command_in_the_background_leaves_ctrl_c_ignored(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: list[object] = []

    def noting(_: object) -> int:
        handlers.append(signal.getsignal(signal.SIGINT))
        return 0

    monkeypatch.setattr("leaflets.cli.build.run", noting)
    assert leaflet("build", "x").code == 0
    with stop_requests() as stop:
        handlers.append(signal.getsignal(signal.SIGINT))
        os.kill(os.getpid(), signal.SIGTERM)
    assert (handlers, stop.signals) == ([signal.SIG_IGN, signal.SIG_IGN], [signal.SIGTERM])


@pytest.mark.usefixtures("ignored_interrupt")
def test_the_tests_take_ctrl_c_also_in_the_background() -> None:
    pytest_configure()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _wait_for(running: "subprocess.Popen[str]", folder: Path, after: str) -> None:
    """Until the command has begun to load, or has made its first sheet."""
    while running.poll() is None:
        if _loads_pango(running.pid) if after == "import" else list(folder.glob("output/*.pdf")):
            return
        time.sleep(0.01)
    pytest.fail(f"the command ended with {running.returncode} before it was interrupted")


def _loads_pango(session: int) -> bool:
    """Whether a process of a session has begun to load the renderer: the command, or the one that makes its sheets."""
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            if os.getsid(int(maps.parent.name)) == session and "libpango" in maps.read_text():
                return True
        except OSError:  # it has ended meanwhile
            continue
    return False


def test_no_command_prints_a_traceback_for_a_bad_word(tmp_path: Path) -> None:
    for words in (["build", "x" * 5000], ["build", "../../../etc/passwd"], ["build", "--paper"], ["new", ""]):
        ran = process(*words, cwd=tmp_path)
        assert ran.code in (2, 3)
        assert "Traceback" not in ran.err
        assert ran.err


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize(
    "fault",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libsqlite3.so.0: failed to map segment from shared object"),
    ],
)
def test_a_command_without_enough_memory_ends_in_a_sentence(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(_args: object) -> NoReturn:
        raise fault

    monkeypatch.setattr("leaflets.cli.list.run", fails)
    ran = leaflet("list")
    assert ran.code == 7
    assert ran.err.startswith("error: there is not enough memory")
    assert "ulimit -v" in ran.err


def test_another_fault_of_a_library_is_not_taken_for_a_lack_of_memory(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_args: object) -> NoReturn:
        raise ImportError("no such module")

    monkeypatch.setattr("leaflets.cli.list.run", fails)
    with pytest.raises(ImportError, match="no such module"):
        leaflet("list")


def test_a_list_is_read_into_no_more_memory_than_it_needs(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("drug\n")
    with (tmp_path / "list.csv").open("rb") as file:
        tracemalloc.start()
        assert read_up_to(file, 256_000_000) == b"drug\n"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


def test_a_run_with_next_to_no_memory_ends_in_a_sentence(leaflet: Leaflet) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (150_000_000, 150_000_000))

    leaflet.write("list.csv", "drug,patient_name\nmetformin,Ann\n")
    command = [sys.executable, "-m", "leaflets", "batch", "list.csv", "--allow-draft", "--allow-unsafe"]
    ran = subprocess.run(
        command, cwd=leaflet.folder, env=environment(), preexec_fn=limited, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (5, 7), ran.stderr
    assert "error: " in ran.stderr
    assert "Traceback" not in ran.stderr
