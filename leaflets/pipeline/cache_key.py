"""The key of a sheet in this machine's cache.

It is quick: styles, fonts and code count by size and time of change, and none of them is read. The content id, which is
the same on every machine, takes their bytes (`inputs`).
"""

from __future__ import annotations

from leaflets import __version__
from leaflets.model.edition import Edition, Notice
from leaflets.pipeline.program_identity import digest_of, file_stamp, folder_stamp, program_stamp
from leaflets.project import MonographFile, ProjectFolder


def cache_key(
    project: ProjectFolder, source: MonographFile, text_hash: str, edition: Edition, notices: tuple[Notice, ...]
) -> str:
    """The key that a sheet has in the cache of this machine; `text_hash` is that of its texts."""
    folders = (project.root / "styles", project.root / "templates", *project.picture_folders(source))
    files = (*(folder_stamp(str(folder)) for folder in folders), file_stamp(project.logo_path))
    facts = settings_facts(project, source, edition, notices)
    signers = repr((project.settings.review_signatures, project.signer_files)).encode()
    return digest_of([facts, signers, text_hash.encode(), *(each.encode() for each in files), program_stamp()])


def shared_key(project: ProjectFolder, edition: Edition) -> str:
    """The key of all that shapes a sheet but its own texts, as it is now: styles, pictures, settings, the program."""
    no_text = MonographFile("", edition.text_lang, project.root / "content" / "none.md")
    return cache_key(project, no_text, "", edition, ())


def settings_facts(
    project: ProjectFolder, source: MonographFile, edition: Edition, notices: tuple[Notice, ...]
) -> bytes:
    """What shapes a sheet and is no file: its edition, the settings, its notices, our release.

    Who may sign reviews is not among it: what follows from that is in the state of the review.
    """
    settings = project.settings
    facts = (
        edition,
        settings.pharmacy,
        settings.code_url,
        source.file_name,
        notices,
        settings.review_roles,
        __version__,
    )
    return repr(facts).encode()
