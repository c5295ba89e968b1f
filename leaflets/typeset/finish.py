"""Finishes the tags and metadata of a PDF before it is written, so that it is PDF/A-3a and PDF/UA-1 at once.

WeasyPrint 70 writes PDF/A-3a; what it lacks for PDF/UA-1 is corrected here in its objects, in memory. This relies on
the order in which WeasyPrint writes content streams and structure elements: veraPDF judges the result in the tests.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import pydyf

# A PDF/A file has to explain every property it uses that XMP itself does not know (ISO 19005-2, 6.6.2.3).
_UA = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_DC = """<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>{identifier}</rdf:Description>
"""
_RDF_END = b"</rdf:RDF>"
_NEUTRAL = frozenset({"/Span", "/NonStruct"})
_TEXT_HOLDERS = frozenset(
    {"/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Lbl", "/LBody", "/TD", "/TH", "/Caption", "/Link", *_NEUTRAL}
)
_GROUPS = frozenset({"/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote"})
_BARE = frozenset({"Type", "S", "K", "Pg", "P"})
_POSITION = re.compile(rb"[-\d.]+ ([-\d.]+) (?:Tm|cm)$")


def finish(document: Any, pdf: Any, lang: str, content_id: str) -> None:
    """Correct `pdf` (a `pydyf.PDF` that WeasyPrint has made of `document` as PDF/A-3a) in place.

    Afterwards it names itself PDF/UA-1, carries language and content id in its XMP, list items hold only labels and
    bodies, header cells say what they head, and running heads, feet and page numbers are artifacts (ISO 14289-1, 7.8).
    """
    tags = _Tags(pdf)
    _identify(pdf, tags, lang, content_id)
    _set_scopes(document, tags)
    _set_languages(document)
    for element in tags.reachable():
        if element["S"] == "/LI":
            _tidy_item(element, tags)
    _mark_margins(document, pdf, tags)
    _fold(tags)
    _name_paragraphs(tags)
    _place_figures(pdf, tags)


class _Tags:
    """The structure tree of a PDF: elements by reference, and the marks on each page that lead to them."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._root = self.at(pdf.catalog["StructTreeRoot"])
        self.numbers: list[Any] = self.at(self._root["ParentTree"])["Nums"]

    def at(self, reference: bytes) -> Any:
        """The object a reference like `12 0 R` leads to."""
        return self._pdf.objects[int(reference.split()[0])]

    def drop(self, reference: bytes) -> None:
        """Empty an object that nothing refers to any more; to remove it would renumber all others."""
        number = int(reference.split()[0])
        empty = pydyf.Dictionary()
        empty.number = number
        self._pdf.objects[number] = empty

    def add(self, **entries: Any) -> Any:
        """A new structure element."""
        element = pydyf.Dictionary({"Type": "/StructElem", **entries})
        self._pdf.add_object(element)
        return element

    def children(self, element: Any) -> list[Any]:
        """The structure elements right below an element, in reading order."""
        kids = (self.at(kid) for kid in element["K"] if isinstance(kid, bytes))
        return [kid for kid in kids if kid.get("Type") == "/StructElem"]

    def reachable(self) -> list[Any]:
        """Every element of the tree, children after their parents."""
        elements = [self.at(reference) for reference in self._root["K"]]
        for element in elements:
            elements.extend(self.children(element))
        return elements

    def page_marks(self) -> Iterator[tuple[int, list[Any]]]:
        """For each page, from 0, the references of the elements its marks (by number) belong to."""
        for key, value in zip(self.numbers[::2], self.numbers[1::2], strict=True):
            if isinstance(value, list):
                yield key, value


def _identify(pdf: Any, tags: _Tags, lang: str, content_id: str) -> None:
    identifier = f"<dc:identifier>{escape(content_id)}</dc:identifier>" if content_id else ""
    added = _UA + _DC.format(lang=escape(lang), identifier=identifier)
    metadata = tags.at(pdf.catalog["Metadata"])
    metadata.stream = [metadata.stream[0].replace(_RDF_END, added.encode() + _RDF_END)]


def _set_scopes(document: Any, tags: _Tags) -> None:
    rows = {cell.mark.number for cell in _cells(document) if cell.element.get("scope") == "row"}
    for element in tags.reachable():
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Row" if element.number in rows else "/Column"


def _set_languages(document: Any) -> None:
    """Cells in a language of their own say so (ISO 14289-1, 7.2)."""
    for cell in _cells(document):
        if lang := cell.element.get("lang"):
            cell.mark["Lang"] = pydyf.String(lang)


def _cells(document: Any) -> Iterator[Any]:
    """The boxes of all table cells that have a tag: WeasyPrint leaves no other way from an element to its tag."""
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.element_tag in ("th", "td") and getattr(box, "mark", None) is not None:
                yield box


def _tidy_item(item: Any, tags: _Tags) -> None:
    # WeasyPrint hangs the paragraphs of a loose list on the item itself; only labels and one body may be there.
    labels = [kid for kid in item["K"] if isinstance(kid, bytes) and tags.at(kid).get("S") == "/Lbl"]
    others = [kid for kid in item["K"] if kid not in labels]
    if not others or (len(others) == 1 and isinstance(others[0], bytes) and tags.at(others[0]).get("S") == "/LBody"):
        return
    body = tags.add(S="/LBody", K=pydyf.Array(others), Pg=item["Pg"], P=item.reference)
    for child in tags.children(body):
        child["P"] = body.reference
        if child["S"] == "/LBody":
            child["S"] = "/NonStruct"
    item["K"] = pydyf.Array([*labels, body.reference])


def _mark_margins(document: Any, pdf: Any, tags: _Tags) -> None:
    """Turn everything printed in the margins, which WeasyPrint tags but hangs on no tree, into artifacts."""
    reachable = {element.reference for element in tags.reachable()}
    strays = set()
    for page, owners in tags.page_marks():
        marks = {mark for mark, owner in enumerate(owners) if owner not in reachable}
        strays |= {owners[mark] for mark in marks}
        owners[:] = ["null" if mark in marks else owner for mark, owner in enumerate(owners)]
        leaf = tags.at(pdf.page_references[page])
        _to_artifacts(tags.at(leaf["Contents"]).stream, marks, document.pages[page].height / 2)
    _drop_stray_links(pdf, tags, reachable)
    for stray in strays:
        tags.drop(stray)


def _to_artifacts(stream: list[Any], marks: set[int], middle: float) -> None:
    for place, operator in enumerate(stream):
        properties = stream[place - 1]
        if operator == b"BDC" and isinstance(properties, Mapping) and properties.get("MCID") in marks:
            kind = b"/Header" if _depth(stream, place) < middle else b"/Footer"
            stream[place - 2 : place] = [b"/Artifact", b"<</Type/Pagination/Subtype" + kind + b">>"]


def _depth(stream: list[Any], place: int) -> float:
    """How far down the page the content marked at `place` begins, in the pixels WeasyPrint draws in."""
    for item in stream[place + 1 : place + 8]:
        position = _POSITION.search(item) if isinstance(item, bytes) else None
        if position:
            return float(position[1])
    return 0.0


def _drop_stray_links(pdf: Any, tags: _Tags, reachable: set[bytes]) -> None:
    # A link in a margin would need a tag, which an artifact cannot have: its words stay, the link goes.
    strays = {
        key
        for key, owner in zip(tags.numbers[::2], tags.numbers[1::2], strict=True)
        if isinstance(owner, bytes) and owner not in reachable
    }
    if not strays:
        return
    for reference in pdf.page_references:
        page = tags.at(reference)
        annotations = [note for note in page.get("Annots", ()) if tags.at(note).get("StructParent") not in strays]
        page["Annots"] = pydyf.Array(annotations)
    pairs = zip(tags.numbers[::2], tags.numbers[1::2], strict=True)
    tags.numbers[:] = [part for pair in pairs if pair[0] not in strays for part in pair]


def _fold(tags: _Tags) -> None:
    """Take out elements without meaning (a span in a paragraph); their content moves up into the parent."""
    moved: dict[bytes, bytes] = {}
    for element in reversed(tags.reachable()):  # from the leaves up, so that whole chains collapse
        if element["S"] in _TEXT_HOLDERS:
            element["K"] = pydyf.Array(_folded_kids(element, tags, moved))
    for _, owners in tags.page_marks():
        owners[:] = [_final(owner, moved) for owner in owners]
    for reference in moved:
        tags.drop(reference)


def _folded_kids(element: Any, tags: _Tags, moved: dict[bytes, bytes]) -> Iterator[Any]:
    for kid in element["K"]:
        child = tags.at(kid) if isinstance(kid, bytes) else None
        if child is None or not _is_plain_wrapper(child, element):
            yield kid
            continue
        moved[kid] = element.reference
        for grandchild in tags.children(child):
            grandchild["P"] = element.reference
        yield from child["K"]


def _is_plain_wrapper(child: Any, parent: Any) -> bool:
    return child.get("S") in _NEUTRAL and child["Pg"] == parent["Pg"] and set(child) <= _BARE


def _name_paragraphs(tags: _Tags) -> None:
    """Call text that stands in a group with no tag of its own (a `pre`, a bare line in a `div`) a paragraph."""
    for group in tags.reachable():
        if group["S"] in _GROUPS:
            for child in tags.children(group):
                if child["S"] in _NEUTRAL and any(isinstance(kid, int) for kid in child["K"]):
                    child["S"] = "/P"


def _place_figures(pdf: Any, tags: _Tags) -> None:
    """Give the boxes of pictures in points from the bottom left; WeasyPrint writes pixels from the top left."""
    for element in tags.reachable():
        if element["S"] == "/Figure":
            top_of_page = tags.at(element["Pg"])["MediaBox"][3]
            left, top, right, bottom = (pixels * 0.75 for pixels in element["A"]["BBox"])
            element["A"]["BBox"] = pydyf.Array([left, top_of_page - bottom, right, top_of_page - top])


def _final(owner: Any, moved: Mapping[bytes, bytes]) -> Any:
    while owner in moved:
        owner = moved[owner]
    return owner
