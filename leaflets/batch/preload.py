"""Loads all that a worker needs to make a leaflet; imported once, by the server from which workers are forked.

The server also makes the beginning of one sheet of ours and throws it away: what renderer, templates and checks load
when they are first used (a quarter of a second) is then there in every worker. It happens while the list is still
being judged.
"""

import contextlib
import gc
import importlib
import re
from dataclasses import replace
from pathlib import Path

from leaflets.errors import LeafletError
from leaflets.model.edition import Audience
from leaflets.project import ProjectFolder, packaged

PARTS = (
    "leaflets.workers.pool",
    "leaflets.batch.render_task",
    "leaflets.pipeline.render",
    "leaflets.proof",
    "leaflets.stamp",
    "leaflets.typeset",
)
"""What a worker loads to make a leaflet, with all that these load themselves."""

_BEGINNING = re.compile(rb"(?:.*?^### ){3}", re.MULTILINE | re.DOTALL)


def load() -> None:
    """Loads and warms up without the collector of cycles, which would find next to nothing in what stays.

    Afterwards it leaves alone what every worker shares, and looks less often at what a page leaves: after every few
    pages all of it is collected in any case.
    """
    gc.disable()
    for part in PARTS:
        importlib.import_module(part)
    if Path(packaged("content")).is_dir():
        warm_up()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


def warm_up() -> None:
    """Makes two sections of the first of our own monographs; what is wrong with it is told when it is asked for."""
    from leaflets.pipeline import default_edition
    from leaflets.pipeline.inputs import gather_inputs
    from leaflets.pipeline.render import render
    from leaflets.pipeline.texts import read_texts
    from leaflets.stamp import compile_leaflet

    project = ProjectFolder(packaged("content"))
    for source in list(project.sources.values())[:1]:
        edition = default_edition(project, Audience.PATIENT)
        with contextlib.suppress(LeafletError):
            texts = read_texts(project, source)
            texts = replace(texts, text=_beginning(texts.text))
            compile_leaflet(render(gather_inputs(project, edition, texts, ()), edition).pdf)


def _beginning(text: bytes) -> bytes:
    """A monograph up to its third section."""
    found = _BEGINNING.match(text)
    return found[0].removesuffix(b"### ") if found else text


load()
