"""Loads all that a worker needs to render a leaflet; imported once, by the server from which workers are forked.

The server also renders the beginning of one of our own sheets and discards it: what renderer, templates and checks
load when they are first used (a quarter of a second) is then there in every worker. It happens while the list is still
being planned.
"""

import contextlib
import gc
import importlib
import re
from dataclasses import replace
from pathlib import Path

from leaflets.errors import LeafletError
from leaflets.model.edition import Audience
from leaflets.model.review import NO_REVIEW
from leaflets.project import ProjectFolder, packaged_folder

MODULES = (
    "leaflets.workers.pool",
    "leaflets.batch.render_task",
    "leaflets.pipeline.stages",
    "leaflets.proof",
    "leaflets.stamp",
    "leaflets.typeset",
)
"""What a worker loads to render a leaflet; they import the rest."""

_BEGINNING = re.compile(rb"(?:.*?^### ){3}", re.MULTILINE | re.DOTALL)


def load() -> None:
    """Loads and warms up with the garbage collector off, as next to nothing of what is loaded is garbage.

    Afterwards the collector ignores what all workers share, and runs less often, as it runs after every few pages in
    any case.
    """
    gc.disable()
    with contextlib.suppress(LeafletError, MemoryError):  # a worker meets it again and says so with its first task
        for module in MODULES:
            importlib.import_module(module)
        if Path(packaged_folder("content")).is_dir():
            warm_up()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


def warm_up() -> None:
    """Renders two sections of one of our own monographs."""
    from leaflets.pipeline.inputs import gather_inputs
    from leaflets.pipeline.request import requested_edition
    from leaflets.pipeline.stages import render
    from leaflets.pipeline.texts import read_texts
    from leaflets.stamp import compile_leaflet

    project = ProjectFolder(packaged_folder("content"))
    for source in list(project.sources.values())[:1]:
        edition = requested_edition(project, Audience.PATIENT)
        texts = read_texts(project, source)
        texts = replace(texts, text=_beginning(texts.text))
        compile_leaflet(render(gather_inputs(project, edition, texts, (), NO_REVIEW), edition).pdf)


def _beginning(text: bytes) -> bytes:
    """A monograph up to its third section."""
    match = _BEGINNING.match(text)
    return match[0].removesuffix(b"### ") if match else text


load()
