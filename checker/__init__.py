"""dockdojo: Docker courseware that grades itself on the real engine.

The rooms, from the inside out; an inner one never imports an outer one::

    language, errors, places      words, failures, folders: known to all
    learner                       what differs from learner to learner: known to all
    engine                        seeing: reads one engine, GET and HEAD only
    journal                       remembering: events, answers, verdicts
    statements                    claiming: what must be true, and saying so in two languages
    course                        asking: lessons, exercises and their checks
    grading                       deciding: verdicts with evidence
    sandbox                       a place to play: the private engine and its images
    rehearsal                     testing the checks on an engine of their own
    cli, notebook                 showing
"""

__version__ = "0.1.0"
