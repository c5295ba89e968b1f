"""Pages to be set in tests, in the project's own fonts."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from leaflets.model.page import Html
from tests.conftest import ROOT

BASE_CSS = """
@page { size: A4; margin: 20mm 18mm; }
body { margin: 0; font: 12pt/1.4 "LeafletSans-1"; }
"""


@functools.cache
def font_assets() -> Mapping[str, bytes]:
    """The project's fonts and the stylesheet that names them, by name."""
    styles = ROOT / "styles"
    files = [styles / "fonts.css", *(styles / "fonts").glob("*.ttf")]
    return MappingProxyType({file.relative_to(styles).as_posix(): file.read_bytes() for file in files})


def assets(css: str = "", **files: bytes) -> dict[str, bytes]:
    """Fonts, a base stylesheet with `css` after it as "page.css", and files whose names have `__` for `.`."""
    named = {name.replace("__", "."): data for name, data in files.items()}
    return {**font_assets(), "page.css": (BASE_CSS + css).encode(), **named}


def page(body: str, head: str = "", title: str = "A page") -> Html:
    """A page in English with `body`, using the stylesheets of `assets`."""
    markup = f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return Html(
        markup=markup,
        stylesheets=("fonts.css", "page.css"),
        title=title,
        lang="en",
        author="Corner Pharmacy",
        content_id="a1b2c3d4",
        keywords=("baricitinib",),
    )


RICH_CSS = """
@page {
  @top-left { content: element(head) }
  @bottom-left { content: "Baricitinib, for patients" }
  @bottom-right { content: "Page " counter(page) " of " counter(pages) }
}
.head { position: running(head) }
h1 { margin-top: 0 }
.box { border: 1pt solid #000; padding: 3mm }
.columns { columns: 2; column-gap: 6mm }
.label { float: right; width: 70mm; height: 35mm }
.tick { list-style: none }
.tick li::before { content: "☐ " }
table { border-collapse: collapse; width: 100% }
th, td { border: 0.5pt solid #000; text-align: left }
tr { break-inside: avoid }
sup { font-size: 0.7em }
"""

_ROWS = "".join(f"<tr><th scope=row>Indication {n}</th><td>{n} mg</td><td>once a day</td></tr>" for n in range(1, 61))
RICH_BODY = f"""
<div class=head>Corner Pharmacy <b>leaflet</b></div>
<div class=label data-rect=label></div>
<h1>Baricitinib</h1>
<p>Ol-ew-mee-ant. Take <strong>2&nbsp;mg</strong> once a day, 10–20&nbsp;mg at most.<sup>1</sup></p>
<section><h2>Get help now</h2>
<div class=box><p>Call if you have <b>chest <i>pain</i></b>.</p><ul><li>One</li><li>Two</li></ul></div></section>
<section><h2>How to take</h2>
<ul><li><p>Loose, first.</p><p>Loose, second.</p></li><li><p>Loose, last.</p>
  <ul><li>Nested<ol><li>Deep</li></ol></li><li><p>Nested and loose</p></li></ul></li></ul>
<ol start=3><li>Three</li><li>Text, then<p>a paragraph</p>and text</li></ol>
<ul class=tick><li>Tick me</li></ul>
<blockquote><p>Quoted.</p></blockquote><pre>as it
stands</pre>
<svg width=40 height=40 viewBox="0 0 10 10"><title>A tablet</title><circle cx=5 cy=5 r=4 fill="#333"/></svg></section>
<section><h2>Doses</h2>
<table><caption>Doses by indication</caption><thead><tr><th>For</th><th>Dose</th><th>How often</th></tr></thead>
<tbody>{_ROWS}</tbody></table></section>
<section><h2>More</h2><div class=columns><h3>Left</h3><p>{"Words to fill a column. " * 40}</p>
<h3>Right</h3><p>See <a href="#x">the end</a> or <a href="https://example.org/">a web page</a>.</p></div>
<p id=x>End.</p></section>
"""
