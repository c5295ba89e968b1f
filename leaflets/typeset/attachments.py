"""Attaches files to a PDF as PDF/A-3 asks for (ISO 19005-3, 6.8): each with its relation to the document."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pydyf

from leaflets.model.page import Attachment


def attach(pdf: Any, attachments: Sequence[Attachment]) -> None:
    """Attach files to `pdf` (a `pydyf.PDF`) by name, associated with the whole document."""
    if not attachments:
        return
    references = [(each.name, _specification(pdf, each)) for each in sorted(attachments, key=lambda each: each.name)]
    names = pydyf.Dictionary({"Names": pydyf.Array()})
    for name, reference in references:
        names["Names"].extend((pydyf.String(name), reference))
    pdf.add_object(names)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = names.reference
    pdf.catalog["AF"] = pydyf.Array(reference for _, reference in references)


def _specification(pdf: Any, attachment: Attachment) -> bytes:
    parameters = {"Size": len(attachment.data), "CheckSum": f"<{_md5(attachment.data)}>"}
    if attachment.date:
        parameters["ModDate"] = pydyf.String(f"D:{attachment.date:%Y%m%d}000000Z")
    kind = "/" + attachment.mime.replace("/", "#2f")
    entries = {"Type": "/EmbeddedFile", "Subtype": kind, "Params": pydyf.Dictionary(parameters)}
    file = pydyf.Stream([attachment.data], entries, compress=True)
    pdf.add_object(file)
    name = pydyf.String(attachment.name)
    specification = pydyf.Dictionary({
        "Type": "/Filespec", "F": name, "UF": name, "Desc": pydyf.String(attachment.description),
        "AFRelationship": f"/{attachment.relation}",
        "EF": pydyf.Dictionary({"F": file.reference, "UF": file.reference}),
    })  # fmt: skip
    pdf.add_object(specification)
    reference: bytes = specification.reference
    return reference


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()  # the check sum that PDF names (ISO 32000-1, 7.11.4)
