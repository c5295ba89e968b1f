"""Files put into a PDF beside its pages, as PDF/A-3 asks for (ISO 19005-3, 6.8): each says what it is to the whole."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pydyf

from leaflets.model.page import Attachment


def enclose(pdf: Any, attachments: Sequence[Attachment]) -> None:
    """Put files into `pdf` (a `pydyf.PDF`) by name and associate them with the whole document."""
    if not attachments:
        return
    placed = [(each.name, _specification(pdf, each)) for each in sorted(attachments, key=lambda each: each.name)]
    names = pydyf.Dictionary({"Names": pydyf.Array()})
    for name, reference in placed:
        names["Names"].extend((pydyf.String(name), reference))
    pdf.add_object(names)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = names.reference
    pdf.catalog["AF"] = pydyf.Array(reference for _, reference in placed)


def _specification(pdf: Any, enclosure: Attachment) -> bytes:
    told = {"Size": len(enclosure.data), "CheckSum": f"<{_md5(enclosure.data)}>"}
    if enclosure.date:
        told["ModDate"] = pydyf.String(f"D:{enclosure.date:%Y%m%d}000000Z")
    kind = "/" + enclosure.mime.replace("/", "#2f")
    file = pydyf.Stream(
        [enclosure.data], {"Type": "/EmbeddedFile", "Subtype": kind, "Params": pydyf.Dictionary(told)}, compress=True
    )
    pdf.add_object(file)
    name = pydyf.String(enclosure.name)
    specification = pydyf.Dictionary({
        "Type": "/Filespec", "F": name, "UF": name, "Desc": pydyf.String(enclosure.description),
        "AFRelationship": f"/{enclosure.relation}",
        "EF": pydyf.Dictionary({"F": file.reference, "UF": file.reference}),
    })  # fmt: skip
    pdf.add_object(specification)
    reference: bytes = specification.reference
    return reference


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()  # the check sum that PDF names (ISO 32000-1, 7.11.4)
