"""python -m tests.engines [ENGINE…] [--lesson LESSON…]: the rehearsal on other engines.

Exit code 0: nothing odd; 1: something; 2: an engine can't be had here.
"""

from __future__ import annotations

import argparse
import signal
import sys

from checker.course.loading import load_course
from checker.rehearsal.rehearsing import Outcome
from tests.engines.kinds import KINDS
from tests.engines.playing import play
from tests.engines.programs import NotHereError


def main() -> int:
    """Plays, tells each play as it ends, and counts at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("engine", nargs="*", metavar="ENGINE", help=", ".join(KINDS))
    parser.add_argument("--lesson", nargs="+", default=[], help="lessons or exercises (all)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # the engine ends as it does otherwise
    if unknown := sorted(set(asked.engine) - KINDS.keys()):
        parser.error(f"no such engine: {', '.join(unknown)}")
    course = load_course()
    worst, counts = 0, []
    for kind in [KINDS[name] for name in asked.engine or KINDS]:
        print(f"--- {kind.title}", flush=True)
        try:
            played = play(kind, course, course.select(asked.lesson), _tell)
        except NotHereError as failure:
            counts.append(f"{kind.name}: not here ({failure})")
            worst = max(worst, 2)
            continue
        counts.append(played.count())
        counts += [f"    odd: {o.exercise.id} {o.play.name}: {o.trouble}" for o in played.odd]
        worst = max(worst, 1 if played.odd else 0)
    print("\n".join(counts))
    return worst


def _tell(outcome: Outcome) -> None:
    mark = "ok " if outcome.as_expected else "not"
    print(mark, f"{outcome.seconds:5.1f} s", outcome.exercise.id, outcome.play.kind,
          outcome.play.name, outcome.trouble, *outcome.codes, flush=True)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
