"""Findings: what statements write, and how it comes back from the journal."""

from __future__ import annotations

import json

import pytest

from checker.language import say, verbatim
from checker.statements.findings import Finding, Findings, Stop


def _hold(findings: Findings, ok: bool) -> bool:
    return findings.hold(
        "right",
        "wrong",
        ok,
        expected=say("running"),
        actual=verbatim("{odd}"),
        claim=say("{name} is running.", name="demo2"),
        problem=say(
            "{name} should be running, but it is {state}.", name="demo2", state=say("paused")
        ),
        hint=say("docker start {name}", name="demo2"),
    )


@pytest.mark.parametrize(("ok", "code", "hint"), [(True, "right", ""), (False, "wrong", "docker")])
def test_a_statement_has_one_code_when_it_holds_and_another_when_not(
    ok: bool, code: str, hint: str
) -> None:
    findings = Findings()
    assert _hold(findings, ok) is ok
    [finding] = findings.items
    assert (finding.code, finding.ok) == (code, ok)
    assert finding.hint.in_("en").startswith(hint)


def test_a_missing_thing_is_written_before_the_check_stops() -> None:
    findings = Findings()
    nothing = say("none")
    with pytest.raises(Stop):
        findings.stop("missing", expected=nothing, actual=nothing, problem=nothing, hint=nothing)
    assert [(finding.code, finding.ok) for finding in findings.items] == [("missing", False)]


def test_a_finding_that_was_stored_can_be_read_in_the_other_language() -> None:
    findings = Findings()
    _hold(findings, ok=False)
    stored = json.loads(json.dumps(findings.items[0].to_json()))
    again = Finding.from_json(stored)
    assert again.in_("ko") == findings.items[0].in_("ko")
    assert again.in_("ko")["message"] != again.in_("en")["message"]


def test_evidence_is_kept_by_kind_and_name() -> None:
    findings = Findings()
    findings.note("containers", "a", id="1")
    findings.note("containers", "b", id="2")
    assert findings.evidence == {"containers": {"a": {"id": "1"}, "b": {"id": "2"}}}
