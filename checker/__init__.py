"""dockdojo: Docker courseware that grades itself on the real engine.

The rooms, from the inside out; an inner one never imports an outer one::

    language, errors, places      words, failures, folders: known to all
    lazy                          attributes worked out when first asked for: known to all
    learner                       what differs from learner to learner: known to all
    showing                       marks, and words that can do no harm: known to all
    engine                        seeing: reads one engine, GET and HEAD only
    journal                       remembering: events, answers, verdicts
    statements                    claiming: what must be true, and saying so in two languages
    course                        asking: lessons, exercises and their checks
    grading                       deciding: verdicts with evidence
    recorder                      following: grades again what an event concerns
    picture                       drawing: what is on the engine, live
    sandbox                       a place to play: the private engine and its images
    rehearsal                     testing the checks on an engine of their own
    classroom                     one instructor, many learners: rosters, grades, the live class
    cli, notebook                 showing
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.notebook.opening import lesson as lesson

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`from checker import lesson`, as notebooks write it; nobody else pays for it."""
    if name == "lesson":
        from checker.notebook import lesson

        return lesson
    raise AttributeError(name)
