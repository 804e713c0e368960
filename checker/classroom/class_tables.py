"""The tables of the class journal, version 1. Times are nanoseconds since 1970."""

from __future__ import annotations

import sqlalchemy as sa

VERSION = "1"

METADATA = sa.MetaData()


def _number() -> sa.Column[int]:
    """Counts up in the order of writing (SQLite counts only INTEGER keys)."""
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("number", kind, primary_key=True, autoincrement=True)


def _time(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


META = sa.Table("class_meta", METADATA, _text("name", key=True), _text("value"))

EVENTS = sa.Table(
    "class_events",
    METADATA,
    _number(),
    _text("student"),
    _text("engine"),
    _text("events"),
    sa.Index("class_events_student", "student", "engine"),
)
"""Engine events in the bundles in which they were read: a JSON list of lists. Where several
processes read at once, an event may be in more than one."""

COVERAGE = sa.Table(
    "class_coverage",
    METADATA,
    _number(),
    _text("student"),
    _text("engine"),
    _time("since"),
    _time("until"),
    sa.Index("class_coverage_student", "student", "engine"),
)
"""Stretches of time in which no event of an engine was missed."""

ANSWER = sa.Table(
    "class_answer",
    METADATA,
    _number(),
    _text("student"),
    _text("exercise"),
    _text("value"),
    sa.Index("class_answer_student", "student"),
)

VERDICT = sa.Table(
    "class_verdict",
    METADATA,
    _number(),
    _text("student"),
    _text("exercise"),
    _text("verdict"),
    _text("findings"),
    _text("evidence"),
    _time("at"),
    _text("via"),
    _time("received"),
    sa.CheckConstraint("verdict IN ('passed', 'failed', 'unchecked')"),
    sa.CheckConstraint("via IN ('read', 'told')"),
    sa.Index("class_verdict_student", "student", "exercise"),
)
"""Every verdict that differed from the one before it. Rows are only ever added."""

CONTACT = sa.Table(
    "class_contact",
    METADATA,
    _text("student", key=True),
    _text("problem"),
    _time("at"),
)
"""Whether each student's engine could be read when it was last tried ("" or the reason)."""

JOIN_CODE = sa.Table(
    "class_join_code",
    METADATA,
    _text("hash", key=True),
    _text("student"),
    _time("made"),
    _time("expires"),
    sa.Column("used", sa.BigInteger),
)
"""One-time codes, by their SHA-256: a stolen journal lets nobody in."""

MEMBER = sa.Table(
    "class_member",
    METADATA,
    _text("hash", key=True),
    _text("student"),
    _time("joined"),
)
"""Learners' machines that have joined, by the SHA-256 of their token."""

TELLER = sa.Table(
    "class_teller",
    METADATA,
    _text("hash", key=True),
    _text("journal", key=True),
    _text("learner"),
    _text("machine"),
    _time("verdict"),
    _time("answer"),
    _time("help"),
)
"""Each journal that a member tells of: the last row of each kind that is known, the name by which
its files and quizzes were made, and the machine that it is on (a hash)."""

HELP = sa.Table(
    "class_help",
    METADATA,
    _number(),
    _text("student"),
    _text("exercise"),
    _text("kind"),
    _time("step"),
    _time("at"),
    _time("received"),
    sa.Index("class_help_student", "student"),
)
"""Help that was taken, as the learner's machine tells of it."""
