"""Everything that goes into a sheet besides the program: texts, pictures, styles, templates, settings, notices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leaflets.model.edition import Edition, Notice
from leaflets.model.page import ID_DIGITS
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.pictograms import PICTOGRAMS, icon_file, picture_file
from leaflets.model.review import Role, SheetReview
from leaflets.pipeline.cache_key import settings_facts
from leaflets.pipeline.program_identity import code_hash, digest_of
from leaflets.pipeline.texts import Texts, logo_of, pictures_of
from leaflets.project import ProjectFolder, packaged_folder
from leaflets.project.theme_properties import require_known_properties

_APART = ("content/", "pharmacy/")  # assets that do not lie among the styles


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a sheet is made of. `digest` is the same on every machine; `hashes` are of the parts, by name (`record`).

    `review` says how far the words of its texts are vouched for: in the roles that `review_roles` ask for, by signed
    reviews alone where `review_signatures` are.
    """

    texts: Texts
    assets: Mapping[str, bytes]
    pictures: frozenset[str]
    templates: Mapping[str, str]
    pharmacy: Pharmacy
    code_url: str
    notices: tuple[Notice, ...]
    hashes: Mapping[str, str]
    digest: str
    review: SheetReview
    review_roles: tuple[Role, ...]
    review_signatures: bool

    @property
    def content_id(self) -> str:
        """The beginning of the digest, which the sheet prints."""
        return self.digest[:ID_DIGITS]


def gather_inputs(
    project: ProjectFolder, edition: Edition, texts: Texts, notices: tuple[Notice, ...], review: SheetReview
) -> Inputs:
    """The inputs of a sheet whose texts are at hand; the files of the texts are not read again.

    Raises ContentError or UsageError where a picture or the logo is missing or may not be printed, and RenderError
    where the project's own styles set a property that no rule uses.
    """
    require_known_properties(project.root / "styles", packaged_folder("styles"))
    pictures = pictures_of(project, texts.source, texts.text)
    original = texts.original if edition.bilingual else None  # its drawings stand on the page as well
    printed = {**pictures_of(project, original.source, original.text), **pictures} if original else pictures
    drawings = {**{picture_file(name): data for name, data in printed.items()}, **logo_of(project)}
    icons = _icons(texts.text + original.text if original else texts.text)
    assets = {**project.styles((*edition.stylesheets, *icons)), **drawings}
    templates = project.templates()
    hashes = _hashes(texts, assets, templates)
    facts = settings_facts(project, texts.source, edition, notices)
    digest = digest_of(
        [facts, repr(review).encode(), *(part.encode() for pair in sorted(hashes.items()) for part in pair)]
    )
    settings = project.settings
    return Inputs(
        texts, assets, frozenset(pictures), templates, settings.pharmacy, settings.code_url, notices, hashes, digest,
        review, settings.review_roles, settings.review_signatures,
    )  # fmt: skip


def _hashes(texts: Texts, assets: Mapping[str, bytes], templates: Mapping[str, str]) -> Mapping[str, str]:
    parts = {f"source/{name}": text for name, text in texts.by_name.items()}
    parts |= {f"{'' if name.startswith(_APART) else 'styles/'}{name}": data for name, data in assets.items()}
    parts |= {f"templates/{name}": template.encode() for name, template in templates.items()}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(parts.items())}
    return {**digests, "program": code_hash()}


def _icons(text: bytes) -> Iterable[str]:
    """The drawings of the pictograms that a monograph may use, found without parsing it."""
    return (icon_file(name) for name in PICTOGRAMS if f":{name}:".encode() in text)
