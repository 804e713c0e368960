"""Which column of a table is which: what Canvas, Moodle and people write above them.

Canvas' gradebook export begins with Student, ID, SIS User ID, SIS Login ID (sometimes Root
Account) and Section, never translated; below come a row of dots or "Manual Posting" and the row
"Points Possible", and last its test student. Source: Canvas' own exporter,
https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_exporter.rb

Moodle's exports have First name, Last name ("Surname" before 4.0), ID number, …, Email address, in
the language of the site: 성, 이름, id 번호, 이메일 주소. Source: moodle/grade/export/lib.php and
Moodle's language packs.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from checker.classroom.roster_problems import Problem
from checker.classroom.roster_rows import FIELDS, tidy
from checker.language import say

CANVAS, MOODLE, TABLE = "Canvas", "Moodle", "table"

_NAMES: Mapping[str, str] = {
    "id": "id, studentid, studentnumber, studentno, idnumber, 학번, 학생번호, 학생id, 아이디, "
    "id번호, 개인번호, 식별번호, 개인식별번호",
    "name": "name, fullname, studentname, displayname, 이름, 성명, 학생명, 학생이름, 성함",
    "first": "firstname, givenname",
    "last": "lastname, surname, familyname, 성",
    "email": "email, emailaddress, mail, 이메일, 이메일주소, 메일, 메일주소, 전자메일, 전자우편",
    "section": "section, sections, class, group, groups, 분반, 반, 강좌분반, 모둠, 그룹",
    "engine": "engine, dockerhost, dockerengine, 엔진, 엔진주소, 도커엔진",
    "journal": "journal, 저널, 기록",
}
_FIELD_OF = {word: name for name, words in _NAMES.items() for word in words.split(", ")}
_CANVAS = ("sisuserid", "sisloginid")
_NEAR = 0.75


@dataclass(frozen=True)
class Headings:
    """The columns of a table: `places` by field, `titles` as the file has them."""

    kind: str
    titles: Sequence[str]
    places: Mapping[str, int]

    @property
    def has_names(self) -> bool:
        return any(name in self.places for name in ("name", "first", "last"))

    @property
    def unused(self) -> tuple[str, ...]:
        """The titles of the columns that say nothing about who is in the class."""
        used = set(self.places.values())
        return tuple(t for place, t in enumerate(self.titles) if t and place not in used)


def recognise(cells: Sequence[str]) -> Headings | None:
    """The headings, if this row is one that names a student's ID (or, in Moodle, an address)."""
    titles = [tidy(cell) for cell in cells]
    words = [_plain(title) for title in titles]
    if "student" in words and ("id" in words or any(word in words for word in _CANVAS)):
        return Headings(CANVAS, titles, _places(words, _canvas_field))
    places = _places(words, _FIELD_OF.get)
    if "last" in places and "first" not in places and "name" in places:
        places["first"] = places.pop("name")  # 성 and 이름: here that is the given name
    is_moodle = {"first", "last", "email"} <= places.keys()
    if is_moodle:
        return Headings(MOODLE, titles, places)
    return Headings(TABLE, titles, places) if "id" in places else None


def problems(headings: Headings, line: int) -> list[Problem]:
    """Two columns for one thing, and columns whose titles are nearly known."""
    if headings.kind == CANVAS:
        return []
    found = []
    for place, title in enumerate(headings.titles):
        word = _plain(title)
        name = _FIELD_OF.get(word)
        if name is not None and (first := headings.places.get(name, place)) != place:
            text = say(
                "Two columns hold the {what}: “{first}” and “{second}”.",
                what=FIELDS.get(name, FIELDS["name"]),
                first=headings.titles[first],
                second=title,
            )
            found.append(Problem(line, text, say("Take one of them out.")))
        elif name is None and headings.kind == TABLE and (near := _near(word, headings)):
            text = say("The column “{title}” is not known.", title=title)
            found.append(Problem(line, text, say("Did you mean {near}?", near=near)))
    return found


def near_id(cells: Sequence[str]) -> str:
    """The first of these titles that is nearly one of an ID, or ""."""
    ids = _NAMES["id"].split(", ")
    titles = (tidy(cell) for cell in cells)
    return next((t for t in titles if difflib.get_close_matches(_plain(t), ids, 1, _NEAR)), "")


def _near(word: str, headings: Headings) -> str:
    """The title that was meant, if it is one of something that the table lacks."""
    lacking = [known for known, name in _FIELD_OF.items() if name not in headings.places]
    if headings.has_names:
        lacking = [known for known in lacking if _FIELD_OF[known] not in ("name", "first", "last")]
    return next(iter(difflib.get_close_matches(word, lacking, n=1, cutoff=_NEAR)), "")


def _canvas_field(word: str) -> str | None:
    names = {"student": "name", "id": "canvas", "sisuserid": "user", "sisloginid": "login"}
    if word in ("engine", "엔진", "journal", "저널", "email", "이메일"):
        return _FIELD_OF[word]  # put in by the instructor
    return "section" if word == "section" else names.get(word)


def _places(words: Sequence[str], field: Callable[[str], str | None]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        name = field(word)
        if name is not None:
            places.setdefault(name, place)
    return places


def _plain(title: str) -> str:
    """Without case, blanks, dots and dashes, and without what stands in brackets."""
    word = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"\(.*?\)|\[.*?\]|[\s_.:*#/-]+", "", word)
