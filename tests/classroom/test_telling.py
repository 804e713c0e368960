"""What laptops tell: only what is what it must be, once each, and flags where it contradicts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from checker.classroom.class_journal import ClassJournal, News
from checker.classroom.flags import find_flags
from checker.classroom.gradebook import Student
from checker.classroom.members import Members, NotLetIn, Told, learner_names
from checker.classroom.proctor import telling_web
from checker.classroom.proctor.told import parse
from checker.course.loading import load_course
from checker.errors import Misuse
from checker.journal.store import Record
from checker.learner import Learner

_EXERCISES = load_course().exercises
_IDS = frozenset(exercise.id for exercise in _EXERCISES)
_DEMO2 = "docker-commands/demo2"
_STUDENTS = [Student("mina", "Mina"), Student("jun", "Jun")]


def _text(msgid: str = "", **values: Any) -> dict[str, Any]:
    return {"msgid": msgid, "values": values}


def _row(message: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    finding = {"code": "x", "ok": True, "expected": _text(), "actual": _text(), "hint": _text(),
               "message": message or _text("{name} is running.", name="demo2")}  # fmt: skip
    row = {"number": 1, "exercise": _DEMO2, "verdict": "passed", "findings": [finding],
           "evidence": {"engine": "unix:///x"}, "at": time.time_ns()}  # fmt: skip
    return row | changed


def _told(*rows: dict[str, Any], **others: Any) -> bytes:
    document = {"journal": "j", "learner": "l", "verdicts": list(rows), "answers": [], "help": []}
    return json.dumps(document | others).encode()


def _member(members: Members, student: str, machine: str = "") -> str:
    return members.join(members.make_codes([student], 60)[student], machine or student)[1]


def _pass(student: str = "mina", **evidence: Any) -> Record:
    at = evidence.pop("at", time.time_ns())
    finding = json.loads(_told(_row()))["verdicts"][0]["findings"][0]
    return Record(_DEMO2, "passed", [finding], {"engine": f"unix:///{student}"} | evidence, at)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"\xff", b"[" * 100_000, b'{"journal": 1}',
        _told(_row(verdict="perfect")), _told(_row(number=-1)), _told(_row(number=True)),
        _told(_row(at=2**70)), _told(_row(findings=[1])), _told(_row(findings=[{}] * 100)),
        _told(_row(evidence={"x": "y" * 20_000})), _told(_row(evidence=[])), _told(*[_row()] * 600),
        _told(_row({"msgid": "{name}", "values": []})), _told(answers=[{"number": 1}]),
        _told(help=[{"number": 1, "exercise": _DEMO2, "kind": "x", "step": 1, "at": 1}]),
        b'{"journal": "j", "learner": "l", "verdicts": [{"number": NaN}]}',
    ],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_refused(body: bytes) -> None:
    with pytest.raises(Misuse):
        parse(body, _IDS)


@pytest.mark.parametrize(
    "message",
    [
        _text("{name:>99999999}", name="x"), _text("{name.__class__.__mro__}", name="x"),
        _text("{", name="x"), _text("{missing}"), _text("{name} is running."),
    ],
)  # fmt: skip
def test_a_template_from_elsewhere_is_only_shown(message: dict[str, Any]) -> None:
    told = parse(_told(_row(message)), _IDS)
    shown = told.verdicts[0][1].findings[0]["message"]
    assert shown == {"msgid": "{value}", "values": {"value": message["msgid"]}}


def test_our_own_messages_stay_translatable_and_unknown_exercises_are_left_out() -> None:
    told = parse(_told(_row(), _row(number=2, exercise="newer/one")), _IDS)
    assert [number for number, _ in told.verdicts] == [1]
    assert told.verdicts[0][1].findings[0]["message"]["msgid"] == "{name} is running."


@pytest.mark.parametrize("letter", ["x", "많", "\U0001f433"])
def test_an_answer_of_any_length_holds_up_nothing(letter: str) -> None:
    long = letter * 30_000
    evidence = {"engine": "unix:///x", "answer": long}
    answers = [{"number": 1, "exercise": _DEMO2, "value": long}]
    told = parse(_told(_row(evidence=evidence), _row(number=2), answers=answers), _IDS)
    assert [number for number, _ in told.verdicts] == [1, 2]
    assert long.startswith(told.verdicts[0][1].evidence["answer"])
    assert long.startswith(told.answers[0][2])


def test_nothing_is_taken_twice(class_journal: ClassJournal) -> None:
    members = Members(class_journal)
    token = _member(members, "mina")
    told = Told("j", "l", [(1, _pass()), (2, _pass())], [(1, _DEMO2, "x")])
    assert len(members.take(token, told).records) == 2
    assert members.take(token, told).records == []
    assert members.take(token, Told("j", "l", [(2, _pass()), (3, _pass())])).numbers["verdict"] == 3
    assert len(members.take(token, Told("another", "l", [(1, _pass())])).records) == 1
    assert len(class_journal.told()) == 4


def test_codes_are_good_once_and_in_time(class_journal: ClassJournal) -> None:
    members = Members(class_journal)
    old, new = (members.make_codes(["mina"], 60)["mina"] for _ in range(2))
    late = members.make_codes(["jun"], -1)["jun"]
    for code in (old, late, "", "ABCD"):
        with pytest.raises(NotLetIn):
            members.join(code, "m")
    student, token = members.join(new.lower().replace("-", " "), "m")
    assert student == members.student_of(token) == "mina"
    with pytest.raises(NotLetIn):
        members.join(new, "m")
    members.leave(token)
    with pytest.raises(NotLetIn):
        members.take(token, Told("j", "l"))


def test_a_class_behind_one_address_joins_within_a_minute(class_journal: ClassJournal) -> None:
    door = telling_web.Door(Members(class_journal), _IDS, lambda _: None, "en")
    assert [door.joins.wait("10.0.0.1", 1) for _ in range(100)] == [0.0] * 100
    assert 0 < door.joins.wait("10.0.0.1", 1) <= 60 / 300


def _codes(journal: ClassJournal) -> dict[str, set[str]]:
    found = find_flags(journal, _STUDENTS, _EXERCISES)
    return {student: {flag.code for _, flag in flags} for student, flags in found.items()}


def test_an_honest_class_has_no_flags(class_journal: ClassJournal) -> None:
    for student in ("mina", "jun"):
        token = _member(Members(class_journal), student)
        pulled = {"ubuntu": {"id": "sha256:aa", "digest": "sha256:bb"}}
        mine = _pass(student, containers={"demo2": {"id": student}}, images=pulled)
        Members(class_journal).take(token, Told(student, student, [(1, mine)]))
    assert _codes(class_journal) == {}


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ({"containers": {"demo2": {"id": "c" * 64}}}, "told.same-container"),
        ({"images": {"mine": {"id": "sha256:c", "top_layer": ["x"]}}}, "told.same-image"),
    ],
)
def test_what_two_learners_can_not_share(
    class_journal: ClassJournal, evidence: dict[str, Any], code: str
) -> None:
    for student in ("mina", "jun"):
        class_journal.add_told(student, [_pass(student, **evidence)])
    assert _codes(class_journal) == {"mina": {code}, "jun": {code}}


def test_what_was_read_from_another_s_engine_is_nobody_s_to_tell(
    class_journal: ClassJournal,
) -> None:
    same = {"demo2": {"id": "c" * 64}}
    read = _pass("jun", containers=same)
    class_journal.learn("jun", "unix:///jun", News([], [], [read]))
    class_journal.add_told("jun", [read])
    assert _codes(class_journal) == {}, "one's own, by both ways"
    class_journal.add_told("mina", [_pass("mina", containers=same)])
    codes = _codes(class_journal)
    assert codes["mina"] == {"told.same-container", "told.read-elsewhere"}
    assert "told.read-elsewhere" not in codes["jun"]


def test_who_takes_another_s_name_is_flagged_and_frames_nobody(
    class_journal: ClassJournal,
) -> None:
    members = Members(class_journal)
    token = Learner("jun").token("build")
    for student in ("mina", "jun"):
        mine = _pass(student, answer=token)
        members.take(_member(members, student), Told(student, "jun", [(1, mine)]))
    assert _codes(class_journal) == {"mina": {"told.same-learner", "told.other-token"}}
    assert learner_names(class_journal, ["mina", "jun"]) == {}, "nor are Jun's files hers"
    assert learner_names(class_journal, ["mina"]) == {"mina": "jun"}, "work from before joining"


def test_two_with_one_name_that_is_nobody_s_id(class_journal: ClassJournal) -> None:
    members = Members(class_journal)
    for student in ("mina", "jun"):
        mine = _pass(student, answer=Learner("0011223344556677").token("build"))
        members.take(_member(members, student), Told(student, "0011223344556677", [(1, mine)]))
    assert _codes(class_journal) == {
        "mina": {"told.same-learner"},
        "jun": {"told.same-learner"},
    }


def test_a_flag_says_which_of_those_with_one_name(class_journal: ClassJournal) -> None:
    students = [
        Student("1", "김민지"),
        Student("2", "김민지"),
        Student("3", "Jun"),
        Student("4", ""),
    ]
    students += [Student("5", "Hana")]
    for student in students:
        same = {"demo2": {"id": "c" * 64}}
        class_journal.add_told(student.id, [_pass(student.id, containers=same)])
    found = find_flags(class_journal, students, _EXERCISES)
    ((_, flag),) = found["1"]
    assert flag.message.in_("en").endswith("told by: 김민지 (2), Jun, 4, ….")


def test_times_tokens_machines_and_engines_that_contradict(class_journal: ClassJournal) -> None:
    members = Members(class_journal)
    for student in ("mina", "jun"):
        _member(members, student, "same")
    token = Learner("jun").token("build")
    class_journal.add_told("mina", [_pass(at=time.time_ns() + 10**12, answer=token)])
    class_journal.add_told("jun", [_pass("jun", engine="")])
    failed = Record(_DEMO2, "failed", [], {}, time.time_ns())
    class_journal.learn("jun", "unix:///jun", News([], [], [failed]))
    assert _codes(class_journal) == {
        "mina": {"told.future", "told.other-token", "told.same-machine"},
        "jun": {"told.no-evidence", "told.read-otherwise", "told.same-machine"},
    }
