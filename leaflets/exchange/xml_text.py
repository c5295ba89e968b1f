"""XML from outside, read within bounds: no network, no DTD, no entities of its own, no depth without end."""

from __future__ import annotations

from typing import Any

from leaflets.errors import ContentError, UsageError

MAX_XML_BYTES = 20_000_000
MAX_DEPTH = 80
_MAX_ELEMENTS = 400_000


def xml_root(data: bytes, file: str) -> Any:
    """The root of an XML document. Raises ContentError where it is none that we read, UsageError without `lxml`."""
    try:
        from lxml import etree  # here, as it is an extra
    except ImportError as error:
        raise UsageError(
            f"{file}: XML is read with lxml, which is not installed", 'Install it: pip install "leaflets[exchange]"'
        ) from error
    if len(data) > MAX_XML_BYTES:
        raise ContentError(f"{file}: the file is larger than {MAX_XML_BYTES:,} bytes", "Is it the label?")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ContentError(f"{file}: it is no XML that can be read: {error}", "Download the label again.") from error
    if root.getroottree().docinfo.doctype:
        raise ContentError(f"{file}: it declares a document type, and no label does", "Download the label again.")
    _require_bounds(etree.iterwalk(root, events=("start", "end")), file)
    return root


def _require_bounds(walk: Any, file: str) -> None:
    depth = elements = 0
    for event, _ in walk:
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH or elements > _MAX_ELEMENTS:
            what = f"nests deeper than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"has over {_MAX_ELEMENTS:,} parts"
            raise ContentError(f"{file}: the XML {what}, and no label does", "Is it the label?")
