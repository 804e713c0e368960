"""JUnit XML, held against Jenkins's own schema and read by a library that others read it with."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped

from checker.classroom.exports import junit
from checker.classroom.gradebook import Gradebook
from tests.classroom import gradebooks
from tests.classroom.nbgrader_python import ROOT

_SOURCE = "pytest==8.3.5"
"""Its source package carries the schema of Jenkins's xUnit plug-in, junit-10.xsd."""
_SECONDS = 300


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """Jenkins's schema, fetched once. Fails loudly where it can't be had."""
    kept = ROOT / ".cache" / "junit-10.xsd"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(_fetched(kept.parent / "junit-schema"))
    return xmlschema.XMLSchema(str(kept))


def _fetched(folder: Path) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    done = subprocess.run(
        [*command, "--no-binary", ":all:", "--dest", str(folder), _SOURCE],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"the schema can't be had: {done.stdout}{done.stderr}"
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        name = next(name for name in archive.getnames() if name.endswith("/junit-10.xsd"))
        found = archive.extractfile(name)
        assert found is not None
        return found.read()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("book", [gradebooks.kinds(), gradebooks.nasty(), gradebooks.realistic(3)])
def test_it_is_valid(schema: xmlschema.XMLSchema, book: Gradebook, lang: str) -> None:
    written = junit.document(book, lang).decode("utf-8")

    schema.validate(written)


def test_the_schema_would_find_a_wrong_one(schema: xmlschema.XMLSchema) -> None:
    assert not schema.is_valid("<testsuites><testsuite name='a'/></testsuites>")


def _results(book: Gradebook) -> Iterator[tuple[str, str, object]]:
    for suite in JUnitXml.fromstring(junit.document(book, "en")):
        for case in suite:
            assert len(case.result) <= 1
            yield suite.name, case.name, case.result[0] if case.result else None


def test_unchecked_is_an_error_failed_a_failure_and_dropped_is_skipped() -> None:
    kinds: dict[str, set[type]] = {}
    for suite, _, result in _results(gradebooks.kinds()):
        kinds.setdefault(suite.partition(" ")[0], set()).add(type(result))

    nothing = type(None)
    assert kinds == {
        "20260001": {nothing},
        "kim": {Failure},
        "lee": {Error},
        "park": {nothing, Failure, Skipped},
        "choi": {nothing},
    }


def test_the_sums_are_those_of_the_cases() -> None:
    for book in (gradebooks.kinds(), gradebooks.nasty()):
        for suite in JUnitXml.fromstring(junit.document(book, "ko")):
            told = (suite.tests, suite.failures, suite.errors, suite.skipped)
            suite.update_statistics()  # type: ignore[no-untyped-call]
            assert told == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_a_failure_has_the_findings_text() -> None:
    failures = [(case, r) for s, case, r in _results(gradebooks.kinds()) if s == "kim Kim"]

    for case, result in failures:
        assert isinstance(result, Failure)
        assert result.message == f"{case} has exited"
        assert f"→ docker run {case} has exited" in (result.text or "")
        assert result.type in gradebooks.CODES


def test_an_unread_engine_says_why() -> None:
    read = ET.fromstring(junit.document(gradebooks.kinds(), "en"))
    suites = {str(suite.get("name")): suite for suite in read}

    assert "10.0.0.9" in str(suites["lee Lee"].findtext("system-err"))
    assert "Seen in class" in str(suites["park Park"].findtext("system-out"))
    assert "The same container" in str(suites["choi Choi"].findtext("system-out"))
    properties = {p.get("name"): p.get("value") for p in suites["choi Choi"].iter("property")}
    assert properties["via"] == "told"


def test_what_xml_cannot_hold_is_taken_out() -> None:
    written = junit.document(gradebooks.nasty(), "en")

    read = ET.fromstring(written)
    names = [p.get("value") for p in read.iter("property") if p.get("name") == "name"]
    assert gradebooks.SCRIPT in names
    assert gradebooks.LONG in names
    assert b"<script" not in written
    assert all("\x00" not in (name or "") and "\x1b" not in (name or "") for name in names)
