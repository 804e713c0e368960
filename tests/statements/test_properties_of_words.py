"""Names of images, answers and sizes mean the same however they are written."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as some

from checker.engine.references import Reference, parse
from checker.language import say
from checker.statements.answer import Answer
from checker.statements.findings import Findings, Stop
from checker.statements.image_weight import human_size

_EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)

_parts = some.from_regex(r"[a-z0-9]{2,8}([._-][a-z0-9]{1,5})?", fullmatch=True).filter(
    lambda part: part not in ("library", "localhost")
)
_hosts = some.sampled_from(
    ("localhost", "localhost:5001", "127.0.0.1:5000", "[::1]:5000", "reg.example", "r.example:443")
)
_tags = some.just("") | some.from_regex(r"[\w][\w.-]{0,12}", fullmatch=True).filter(str.isascii)
_digests = some.just("") | some.integers(0).map(lambda n: f"sha256:{n:064x}"[:71])


@_EXAMPLES
@given(_hosts, some.lists(_parts, min_size=1, max_size=3), _tags, _digests)
def test_a_name_with_a_host_reads_as_it_is_written(
    host: str, parts: list[str], tag: str, digest: str
) -> None:
    path = "/".join(parts)
    text = f"{host}/{path}" + (tag and f":{tag}") + (digest and f"@{digest}")
    found = parse(text)
    assert found == Reference(f"{host}/{path}", tag, digest)
    assert str(found) == text
    assert (found.host, found.path) == (host, path)
    number = host.rpartition(":")[2]
    assert found.port == (int(number) if number.isdigit() else 0)


@_EXAMPLES
@given(some.lists(_parts.filter(lambda part: "." not in part), min_size=1, max_size=2),
       _tags, _digests)  # fmt: skip
def test_all_spellings_of_a_name_at_docker_hub_are_one(
    parts: list[str], tag: str, digest: str
) -> None:
    path = "/".join(parts)
    end = (tag and f":{tag}") + (digest and f"@{digest}")
    spellings = [path, f"docker.io/{path}", f"index.docker.io/{path}"]
    if len(parts) == 1:
        spellings += [f"library/{path}", f"docker.io/library/{path}"]
    assert {parse(one + end) for one in spellings} == {Reference(path, tag, digest)}
    assert str(parse(path + end)) == path + end
    assert parse(path).host == ""


_IDS = some.from_regex(r"[0-9a-f]{64}", fullmatch=True)


def _answered(given_: str, full: str) -> str:
    findings = Findings()
    try:
        Answer(given_, findings).is_id(full, say("the ID"))
    except Stop:
        return "stopped"
    return findings.items[0].code


@_EXAMPLES
@given(_IDS, some.integers(12, 64), some.sampled_from(("", "sha256:")), some.booleans(),
       some.booleans(), some.text(" \t\n", max_size=3))  # fmt: skip
def test_each_way_to_write_an_id_is_right(
    full: str, length: int, prefix: str, with_prefix: bool, loud: bool, blanks: str
) -> None:
    written = prefix + full[:length]
    written = blanks + (written.upper() if loud else written) + blanks
    assert _answered(written, ("sha256:" if with_prefix else "") + full) == "answer.right"


@_EXAMPLES
@given(_IDS, _IDS, some.integers(1, 64), some.integers(0, 63))
def test_what_is_not_the_id_is_never_right(full: str, other: str, length: int, at: int) -> None:
    tries = [other[:length], full + "0", full[:at] + "x" + full[at:], full[at : at + length]]
    for wrong in (*tries, full[: min(length, 11)]):
        if not full.startswith(wrong) or len(wrong) < 12:
            assert _answered(wrong, full) != "answer.right", wrong
    at = at % length
    digit = f"{(int(full[at], 16) + 1) % 16:x}"
    assert _answered((full[:at] + digit + full[at + 1 :])[:length], full) != "answer.right"


@_EXAMPLES
@given(some.integers(0, 10**14) | some.integers(0, 14).map(lambda n: 10**n - 1))
def test_a_size_with_its_unit_is_the_size_in_bytes(size: int) -> None:
    shown = human_size(size)
    unit = max((u for u in ("B", "kB", "MB", "GB", "TB") if shown.endswith(u)), key=len)
    number = Fraction(float(shown.removesuffix(unit)))
    assert abs(number * 1000 ** ("B", "kB", "MB", "GB", "TB").index(unit) - size) <= size / 199
    assert 1 <= number <= 1000 or size == 0
