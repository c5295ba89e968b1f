"""Pages can be set inside a program of other people's, which is not changed by it and cannot change the pages."""

import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from leaflets.errors import RenderError
from leaflets.typeset import typeset
from tests.conftest import ROOT
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.running import process

CYRILLIC = "<p>Пиво бгдпт <i>бгдпт</i></p>"

_PROGRAM = """
import hashlib, io, json, logging, os, signal, sys, threading

def state():
    handlers = [signal.getsignal(each) for each in signal.valid_signals()]
    logger = logging.getLogger("weasyprint")
    return dict(os.environ), os.getcwd(), handlers, sys.stdout, logger.handlers, logger.propagate, logger.level

def plain():
    import weasyprint
    from pypdfium2 import PdfDocument
    data = weasyprint.HTML(string="<p>Hello</p>").write_pdf()
    page = PdfDocument(data)[0]
    assert page.get_textpage().get_text_bounded() == "Hello"
    darkest, lightest = page.render().to_pil().convert("L").getextrema()
    assert darkest < 128 < lightest, "the page is blank"
    return hashlib.sha256(data).hexdigest()

def ours(body=None):
    from leaflets.typeset import typeset
    from tests.pages import RICH_BODY, RICH_CSS, assets, page
    return hashlib.sha256(typeset(page(body or RICH_BODY), assets(RICH_CSS)).data).hexdigest()

def together(times, *calls):
    made, barrier = [], threading.Barrier(len(calls))
    def run(call):
        barrier.wait()
        for _ in range(times):
            try:
                made.append([call.__name__, call()])
            except BaseException as error:
                made.append([call.__name__, repr(error)])
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made
"""


def run(script: str, folder: Path, **settings: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-W", "error", "-c", _PROGRAM + script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def digest() -> str:
    return hashlib.sha256(typeset(page(RICH_BODY), assets(RICH_CSS)).data).hexdigest()


@pytest.mark.parametrize("order", ["plain(), ours(), plain()", "ours(), plain(), ours()"])
def test_weasyprint_works_before_and_after_in_one_process(order: str, digest: str, tmp_path: Path) -> None:
    script = f"""
before = state()
made = [{order}]
assert state() == before, (state(), before)
print(json.dumps([made, plain()]))
"""
    made, plain = json.loads(run(script, tmp_path))
    assert made in ([plain, digest, plain], [digest, plain, digest])


def test_plain_pages_are_those_of_a_process_without_us(tmp_path: Path) -> None:
    alone = run("print(plain())", tmp_path)
    assert run("ours(); print(plain())", tmp_path) == alone


def test_threads_set_pages_beside_each_other(digest: str, tmp_path: Path) -> None:
    script = """
before = state()
made = together(3, ours, ours, plain)
assert state() == before, (state(), before)
print(json.dumps([made, plain()]))
"""
    made, plain = json.loads(run(script, tmp_path))
    wanted = [*[["ours", digest]] * 6, *[["plain", plain]] * 3]
    assert sorted(made) == sorted(wanted)


def test_what_other_threads_print_while_the_renderer_loads_is_printed(tmp_path: Path) -> None:
    script = """
from leaflets.typeset import engine
with engine.contextlib.redirect_stdout(engine._OtherThreadsOnly()):
    print("not printed")
    other = threading.Thread(target=print, args=("printed",))
    other.start()
    other.join()
"""
    assert run(script, tmp_path) == "printed\n"


@pytest.mark.parametrize("variable", ["LANGUAGE", "PANGO_LANGUAGE"])
def test_the_language_of_the_machine_chooses_no_letters(variable: str, tmp_path: Path) -> None:
    script = f"before = state(); print(ours({CYRILLIC!r})); assert state() == before"
    wanted = hashlib.sha256(typeset(page(CYRILLIC), assets(RICH_CSS)).data).hexdigest()
    assert run(script, tmp_path, **{variable: "sr"}).strip() == wanted


def test_a_root_folder_named_for_fontconfig_is_not_put_before_our_fonts(digest: str, tmp_path: Path) -> None:
    (fonts := tmp_path / "etc" / "fonts").mkdir(parents=True)
    (fonts / "fonts.conf").write_text("<fontconfig><cachedir>/tmp</cachedir></fontconfig>", "utf-8")
    assert run("print(ours())", tmp_path, FONTCONFIG_SYSROOT=str(tmp_path)).strip() == digest


def test_a_command_reads_no_fonts_of_the_machine(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FONTCONFIG_FILE": "/nowhere/fonts.conf"}
    made = process("build", "baricitinib", cwd=tmp_path, env=environment)
    assert (made.code, made.err) == (0, "")


# ---------------------------------------------------------------- a logger that is silenced


@contextmanager
def _level(level: int) -> Iterator[None]:
    logger = logging.getLogger("weasyprint")
    before = logger.level
    logger.setLevel(level)
    yield
    logger.setLevel(before)


@contextmanager
def _disabled() -> Iterator[None]:
    logging.getLogger("weasyprint").disabled = True
    yield
    logging.getLogger("weasyprint").disabled = False


@contextmanager
def _all_disabled() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("silence", [lambda: _level(logging.CRITICAL + 1), _disabled, _all_disabled])
def test_a_fault_is_noticed_though_the_program_silenced_the_log(
    silence: Callable[[], AbstractContextManager[None]],
) -> None:
    with silence(), pytest.raises(RenderError, match="no glyph"):
        typeset(page("<p>⚠</p>"), assets())
