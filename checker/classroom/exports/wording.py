"""The words of the HTML pages. They stand here, since messages are collected from Python files."""

from __future__ import annotations

from checker.language import say

WORDS = {
    "report": say("Report"),
    "students": say("Students"),
    "student": say("Student"),
    "id": say("ID"),
    "section": say("Section"),
    "score": say("Score"),
    "mean": say("Mean score"),
    "exercise": say("Exercise"),
    "verdict": say("Verdict"),
    "points": say("Points"),
    "way": say("Verdicts come by"),
    "read": say("read"),
    "told": say("told"),
    "ways": say(
        "“Read” was read from the learner's engine by the instructor's machine. “Told” came from "
        "the learner's own machine, and can be forged by someone who tries."
    ),
    "unchecked": say("Not checked"),
    "unread": say("Not wholly checked"),
    "told_by": say("With told verdicts"),
    "unchecked_note": say("Where something was not checked, the score is the least it can be."),
    "flags": say("Flags"),
    "flags_note": say("Something here contradicts itself. A flag costs no points: look at it."),
    "see_flags": say("The class's page says more of each flag."),
    "overrides": say("Overrides"),
    "computed": say("Computed"),
    "decided": say("Decided"),
    "by": say("By"),
    "reason": say("Reason"),
    "scores": say("How the scores spread"),
    "scores_note": say("Of what could be checked: what was not counts as no zero here."),
    "scores_axis": say("Share of the points, in percent"),
    "progress": say("Progress, exercise by exercise"),
    "hardest": say("Hardest exercises"),
    "hardest_note": say("Most often not passed yet, of those that could be checked."),
    "findings": say("Most frequent findings"),
    "findings_note": say("For how many students each stands in the way now."),
    "lessons": say("Lesson by lesson"),
    "back": say("The whole class"),
    "problem": say("The engine could not be read"),
    "passed_word": say("passed"),
    "failed_word": say("not passed yet"),
    "unchecked_word": say("could not be checked"),
    "nobody": say("There is nobody in this class yet."),
}
"""By the names that the templates use."""
