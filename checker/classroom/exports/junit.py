"""JUnit XML: a suite for each student, a case for each exercise.

A wrong state is a failure. A check that could not run is an error, and never a failure. What was
dropped is skipped. It holds to both schemas in wide use: Jenkins's, and the stricter one of Ant,
which has room for an override or a flag only in a suite's properties and output.

Schemas: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd),
https://github.com/windyroad/JUnit-Schema (JUnit.xsd)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from checker.classroom.exports.files import write_file
from checker.classroom.exports.reading import (
    explanation,
    flags,
    notes,
    number,
    one_line,
    problem,
    told,
)
from checker.classroom.gradebook import Grade, Gradebook, StudentGrades
from checker.grading.verdict import FAILED, UNCHECKED
from checker.language import say
from checker.showing import tame

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold, not even escaped: https://www.w3.org/TR/xml/#charsets"""


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """One file, UTF-8."""
    write_file(target, document(gradebook, lang))


def document(gradebook: Gradebook, lang: str) -> bytes:
    """The XML."""
    root = ET.Element("testsuites")
    for number_, student in enumerate(gradebook.students):
        root.append(_suite(gradebook, student, number_, lang))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(gradebook: Gradebook, student: StudentGrades, place: int, lang: str) -> ET.Element:
    kinds = [_kind(grade) for grade in student.grades]
    at = datetime.fromtimestamp(gradebook.made_at / 1e9, UTC)
    suite = _element(
        "testsuite",
        name=one_line(f"{student.student.id} {student.student.name}"),
        package=one_line(student.student.section) or "dockdojo",
        id=str(place),
        hostname="localhost",
        timestamp=at.strftime("%Y-%m-%dT%H:%M:%S"),
        tests=str(len(kinds)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time="0",
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(student).items():
        properties.append(_element("property", name=name, value=value))
    suite.extend(_case(student, grade, lang) for grade in student.grades)
    output = ET.SubElement(suite, "system-out")
    output.text = _legal("\n".join(_told_beside(student, lang)))
    ET.SubElement(suite, "system-err").text = _legal(problem(student, lang))
    return suite


def _properties(student: StudentGrades) -> dict[str, str]:
    return {
        "id": student.student.id,
        "name": student.student.name,
        "email": student.student.email,
        "score": number(student.score),
        "max_score": number(student.max_score),
        "via": student.via,
    }


def _told_beside(student: StudentGrades, lang: str) -> Iterator[str]:
    """Flags and overrides, which change no verdict."""
    if words := told(student, lang):
        yield words
    yield from flags(student, lang)
    for grade in student.grades:
        yield from (f"{grade.exercise.id}: {note}" for note in notes(grade, lang))


def _case(student: StudentGrades, grade: Grade, lang: str) -> ET.Element:
    case = _element(
        "testcase",
        name=grade.exercise.name,
        # With the student's ID: readers take two cases of one class and name for the same.
        classname=one_line(f"{student.student.id}.{grade.exercise.lesson.id}"),
        time="0",
    )
    kind = _kind(grade)
    if kind == "skipped":
        case.append(_element("skipped"))
    elif kind:
        case.append(_trouble(student, grade, kind, lang))
    return case


def _trouble(student: StudentGrades, grade: Grade, kind: str, lang: str) -> ET.Element:
    found = grade.open_findings
    words = explanation(grade, lang) or problem(student, lang)
    first = found[0].message.in_(lang) if found else words
    made = _element(
        kind,
        message=one_line(first) or say("It was not checked.").in_(lang),
        type=found[0].code if found else grade.verdict,
    )
    made.text = _legal(words)
    return made


def _kind(grade: Grade) -> str:
    """What a case is to contain: "skipped", "error", "failure", or "" for a pass."""
    if not grade.counts:
        return "skipped"
    return {UNCHECKED: "error", FAILED: "failure"}.get(grade.verdict, "")


def _element(tag: str, /, **attributes: str) -> ET.Element:
    return ET.Element(tag, {key: _legal(value) for key, value in attributes.items()})


def _legal(text: str) -> str:
    return _ILLEGAL.sub("�", tame(text))
