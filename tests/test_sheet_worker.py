"""The process that makes the sheets of `build` and of a program: its limits, its death, and who never notices."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import leaflets
from leaflets.pipeline.child_process import STAGE_LOG
from leaflets.workers import shared_worker
from leaflets.workers.sheet_process import SheetProcess
from tests.running import MONOGRAPH, environment

# Stages that misbehave stand in for monographs that make them; the process is forked, and has them too.
STRANGE = """
import os, re, sys
from pathlib import Path
from leaflets.cli import build, main
from leaflets.model.page import Pdf
from leaflets.pipeline import BuiltSheet, stages
from leaflets.workers import sheet_worker

def render(inputs, edition, checked=None, releases=None):
    name = inputs.texts.source.name
    with open("processes", "a") as file:
        print(os.getpid(), name, file=file)
    stages._STAGE.debug("setting its pages")
    if name == "b-ends":
        os._exit(3)
    if name == "c-greedy":
        kept = [bytearray(1_000_000) for _ in range(100_000)]
    if name == "d-hangs":
        re.match("(a+)+$", "a" * 60 + "b")
    if name == "e-killed":
        os.kill(os.getpid(), 9)
    if name == "f-raises":
        raise KeyError(name)
    return BuiltSheet(inputs.texts.source, edition, "x", name, "", Pdf(b"%PDF-1.7", 1, ()), "", (), (), fresh=True)

stages.render = render
sys.argv = ["leaflet", *sys.argv[1:]]
sys.exit(main())
"""
NAMES = ("a-good", "b-ends", "c-greedy", "d-hangs", "e-killed", "f-raises", "g-good", "h-good")


def strange(folder: Path, *words: str) -> subprocess.Popen[str]:
    (folder / "content").mkdir(exist_ok=True)
    for name in NAMES:
        (folder / "content" / f"{name}.md").write_text(MONOGRAPH + "\n- long\n- longer\n- longest of all the blocks\n")
    (folder / "leaflet.toml").write_text("[limits]\nmemory = 700\n")
    command = [sys.executable, "-c", STRANGE, "build", "--audience", "patient", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment(), stdout=pipe, stderr=pipe, text=True)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_sheet_that_hangs_kills_or_takes_all_memory_costs_no_other_its_own(tmp_path: Path) -> None:
    running = strange(tmp_path, *NAMES, "--max-seconds", "5", "--json")
    out, err = running.communicate()
    shown = json.loads(out)
    assert running.returncode == 5
    assert "Traceback" not in out + err
    assert [sheet["name"] for sheet in shown["sheets"]] == ["a-good", "g-good", "h-good"]
    ends, greedy, hangs, killed, raises = (error["message"] for error in shown["errors"])
    assert ends.startswith("content/b-ends.md (patient) could not be made: the process that makes sheets ended with")
    assert greedy == "content/c-greedy.md (patient) needs more memory than 700 MiB"
    assert hangs == "content/d-hangs.md (patient) took longer than 5 seconds and was given up while setting its pages"
    assert "ended by signal 9 while setting its pages" in killed
    assert raises == "content/f-raises.md (patient) could not be made: the renderer failed with KeyError"
    lines = (tmp_path / "content" / "d-hangs.md").read_text().split("\n")
    assert f"content/d-hangs.md:{lines.index('- long') + 1}: split it" in shown["errors"][2]["hint"]
    assert {path.stem for path in (tmp_path / "output").glob("*.pdf")} == {
        "a-good-patient", "g-good-patient", "h-good-patient",
    }  # fmt: skip
    lines = (tmp_path / "processes").read_text().splitlines()
    processes = {name: process for process, name in (line.split() for line in lines)}
    assert processes["f-raises"] == processes["g-good"] == processes["h-good"], "a process is kept"
    assert not any(is_running(int(process)) for process in processes.values())
    (tmp_path / "processes").unlink()
    again = strange(tmp_path, "a-good", "h-good")
    again.communicate()
    assert again.returncode == 0
    assert not (tmp_path / "processes").exists(), "sheets from the cache need no process"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path, number: int, code: int) -> None:
    running = strange(tmp_path, "d-hangs")
    while not (tmp_path / "processes").exists() or not (tmp_path / "processes").read_text().endswith("\n"):
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(number)
    assert running.wait() == code
    assert "Traceback" not in (running.stderr.read() if running.stderr else "")
    assert not is_running(int((tmp_path / "processes").read_text().split()[0]))
    running.communicate()


def _process() -> SheetProcess:
    worker = shared_worker._Shared.worker
    assert worker
    assert worker._process
    return worker._process


def test_a_program_has_one_process_for_all_sheets_and_threads_and_a_new_one_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = leaflets.render(MONOGRAPH, limits=None)
    with caplog.at_level("DEBUG", logger="leaflets"):
        caplog.clear()
        made = [leaflets.render(MONOGRAPH)]
    assert [record.getMessage() for record in caplog.records if record.name == STAGE_LOG] == [
        "reading and checking its text", "composing its page", "setting its pages", "looking at its finished pages",
    ]  # fmt: skip
    first = _process().id
    thread = threading.Thread(target=lambda: made.append(leaflets.render(MONOGRAPH)))
    thread.start()
    thread.join()
    assert _process().id == first
    os.kill(first, signal.SIGKILL)
    while not _process().answers.poll(0):
        time.sleep(0.01)
    made.append(leaflets.render(MONOGRAPH))
    assert _process().id != first
    assert not is_running(first)
    assert made == [expected] * 3


def test_without_limits_this_process_makes_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_worker, "shared_worker", None)
    assert leaflets.render(MONOGRAPH, limits=None).startswith(b"%PDF")
    with pytest.raises(TypeError):
        leaflets.render(MONOGRAPH)


def test_the_limits_of_a_program_end_its_sheet() -> None:
    with pytest.raises(
        leaflets.RenderError, match=r"monograph\.md \(patient\) took longer than 0\.001 seconds"
    ) as raised:
        leaflets.render(MONOGRAPH, limits=leaflets.Limits(seconds=0.001))
    assert "limits=leaflets.Limits(…) allows more" in raised.value.hint
    assert shared_worker._Shared.worker
    assert shared_worker._Shared.worker._process is None


@pytest.mark.parametrize("limits", [5, "none", leaflets.Limits(seconds=0), leaflets.Limits(mib=9)])
def test_limits_that_are_none_are_refused(limits: object) -> None:
    with pytest.raises(leaflets.UsageError, match="these are no limits"):
        leaflets.render(MONOGRAPH, limits=limits)  # type: ignore[arg-type]


PROGRAM = """
import os, sys
print("once")
import leaflets
from leaflets.workers import shared_worker
try:
    leaflets.render("# no monograph")
except leaflets.LeafletError as error:
    print(type(error).__name__)
class Text(str):
    pass
try:
    leaflets.render(Text(sys.stdin.read()), name=Text("mine"), limits=leaflets.Limits(seconds=0.001))
except leaflets.RenderError as error:
    print(error.message)
shared_worker._Shared.worker._started()
child = os.fork()
if child == 0:
    assert shared_worker._Shared.worker is None
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
print(shared_worker._Shared.worker._process.id)
"""


def test_a_program_is_not_run_again_and_leaves_no_process_behind(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "program.py"]
    ran = subprocess.run(
        command, input=MONOGRAPH, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    once, error, message, process = ran.stdout.split("\n")[:4]
    assert (once, error, ran.stderr) == ("once", "ContentError", "")
    assert message.startswith("mine.md (patient) took longer") or "content/mine.md (patient) took longer" in message
    assert not is_running(int(process))
