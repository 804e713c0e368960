"""What statements mean, said once more: oracles that read the made-up JSON by themselves.

They share nothing with the statements. True: passes, False: fails, None: can't be known.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from checker.statements.container import PresentContainer
from checker.statements.container_limits import MIB
from checker.statements.engine import UBUNTU, Engine
from tests.statements import worlds
from tests.statements.worlds import NEVER, REPOSITORY, Json, World, ns

Check = Callable[[Engine], object]
Meaning = Callable[[World, Json], bool | None]


def _of_box(state: Callable[[PresentContainer], object]) -> Check:
    return lambda engine: state(engine.container("box"))


def _status(*wanted: str) -> Meaning:
    return lambda _, box: box["State"]["Status"] in wanted


def _started(box: Json) -> bool:
    return bool(box["State"]["StartedAt"] != NEVER)


def words(thing: Json) -> list[str]:
    return [*(thing["Config"]["Entrypoint"] or []), *(thing["Config"]["Cmd"] or [])]


def origins(image: Json) -> set[str]:
    return {REPOSITORY[one.split("@")[0]] for one in image["RepoDigests"] or []}


def layers(image: Json) -> list[str]:
    found: list[str] = image["RootFS"]["Layers"]
    return found


def _comes_from(*repositories: str) -> Meaning:
    def meaning(world: World, box: Json) -> bool | None:
        own = world.image(box["Image"])
        if own is None:
            return None
        pulled = [one for one in world.images if origins(one) & set(repositories)]
        return own in pulled or any(
            layers(own)[: len(layers(base))] == layers(base) for base in pulled
        )

    return meaning


def _another_platform(world: World, box: Json) -> bool | None:
    own = world.image(box["Image"])
    return None if own is None else own["Architecture"] not in ("", world.architecture)


def _publishes(_: World, box: Json) -> bool:
    rows = box["NetworkSettings"]["Ports"].get("8000/tcp") or []
    return any(row["HostPort"] for row in rows)


def _processors(_: World, box: Json) -> bool:
    host = box["HostConfig"]
    if host["CpuQuota"] > 0:
        given = Fraction(host["CpuQuota"], host["CpuPeriod"] or 100_000)
    else:
        given = Fraction(host["NanoCpus"], 10**9)
    return 0 < given <= Fraction(1, 2)


def _alone(_: World, box: Json) -> bool:
    modes = [box["HostConfig"][key] for key in ("PidMode", "UTSMode", "IpcMode", "NetworkMode")]
    return not any(mode == "host" or mode.startswith("container:") for mode in modes)


def _binds(box: Json) -> list[Json]:
    return [mount for mount in box["Mounts"] if mount["Type"] == "bind"]


def _run_text(box: Json) -> str:
    """What is run: a shell's script, without what stands behind it, or all the words."""
    run = words(box)
    if len(run) > 2 and run[0] in ("sh", "/bin/bash") and run[1] == "-c":
        return run[2]
    return " ".join(run)


def _reads_shadow(_: World, box: Json) -> bool:
    """The folders that hold it are /, /etc and itself; a bare `shadow` in what is run is enough."""
    return any(
        (mount["Destination"].rsplit("/", 1)[-1] if mount["Source"] == "/etc/shadow" else "shadow")
        in _run_text(box)
        for mount in _binds(box)
        if mount["Source"] in ("/", "/etc", "/etc/shadow")
    )


def _stopped_politely(world: World, box: Json) -> bool | None:
    mine = [event for event in world.events if event.subject == box["Id"]]
    seconds = box["State"]["StartedAt"]
    began = 0 if seconds == NEVER else next(ns(n) for n in range(7200) if worlds.at(n) == seconds)
    if any(event.action == "stop" and event.at >= began for event in mine):
        return True
    return False if world.covered_since <= ns(1) else None


def _entered(world: World, box: Json) -> bool | None:
    mine = [event for event in world.events if event.subject == box["Id"]]
    if any(event.action == "exec_create: bash -l" for event in mine):
        return True
    return False if world.covered_since <= ns(1) else None


def _log(world: World, box: Json) -> list[str]:
    return world.logs.get(box["Id"], [])


CLAIMS: dict[str, tuple[Check, Meaning]] = {
    "running": (_of_box(lambda box: box.is_running()), _status("running")),
    "started": (_of_box(lambda box: box.was_started()), lambda _, box: _started(box)),
    "stopped": (_of_box(lambda box: box.is_stopped()), _status("exited")),
    "ended well": (
        _of_box(lambda box: box.ended_well()),
        lambda _, box: box["State"]["Status"] == "exited" and box["State"]["ExitCode"] == 0,
    ),
    "ended with 1": (
        _of_box(lambda box: box.ended_with(1)),
        lambda _, box: (
            box["State"]["Status"] in ("exited", "dead") and box["State"]["ExitCode"] == 1
        ),
    ),
    "stopped politely": (_of_box(lambda box: box.was_stopped_politely()), _stopped_politely),
    "entered": (_of_box(lambda box: box.was_entered("bash")), _entered),
    "policy": (
        _of_box(lambda box: box.is_started_again_by_itself()),
        lambda _, box: (
            box["HostConfig"]["RestartPolicy"]["Name"] in ("always", "unless-stopped", "on-failure")
        ),
    ),
    "came back": (
        _of_box(lambda box: box.came_back_by_itself()),
        lambda _, box: box["State"]["Status"] == "running" and box["RestartCount"] > 0,
    ),
    "terminal": (
        _of_box(lambda box: box.has_terminal()),
        lambda _, box: box["Config"]["Tty"] and box["Config"]["OpenStdin"],
    ),
    "from ubuntu": (
        _of_box(lambda box: box.comes_from(*UBUNTU)),
        _comes_from("ubuntu", "arm64v8/ubuntu"),
    ),
    "from python": (_of_box(lambda box: box.comes_from("python")), _comes_from("python")),
    "platform": (_of_box(lambda box: box.is_for_another_platform()), _another_platform),
    "runs a shell": (
        _of_box(lambda box: box.runs_a_shell()),
        lambda _, box: words(box)[:1] in (["sh"], ["/bin/bash"]) and "-c" not in words(box),
    ),
    "mentions": (
        _of_box(lambda box: box.command_mentions("shadow")),
        lambda _, box: any("shadow" in word for word in words(box)),
    ),
    "not told": (
        _of_box(lambda box: box.was_not_told("secret")),
        lambda _, box: (
            "secret" not in words(box) and "T=secret" not in (box["Config"]["Env"] or [])
        ),
    ),
    "published": (_of_box(lambda box: box.publishes(8000)), _publishes),
    "memory": (
        _of_box(lambda box: box.memory_is_limited(64 * MIB)),
        lambda _, box: 0 < box["HostConfig"]["Memory"] <= 67_108_864,
    ),
    "processors": (_of_box(lambda box: box.processors_are_limited(0.5)), _processors),
    "label": (
        _of_box(lambda box: box.has_label("app", "web")),
        lambda _, box: (box["Config"]["Labels"] or {}).get("app") == "web",
    ),
    "host name": (
        _of_box(lambda box: box.has_hostname("island")),
        lambda _, box: box["Config"]["Hostname"] in ("island", "island.sea"),
    ),
    "own space": (_of_box(lambda box: box.has_a_space_of_its_own()), _alone),
    "read-only": (
        _of_box(lambda box: box.changes_nothing_of_the_machine()),
        lambda _, box: not any(mount["RW"] for mount in _binds(box)),
    ),
    "reads": (_of_box(lambda box: box.reads_of_the_machine("/etc/shadow")), _reads_shadow),
    "network": (
        lambda engine: engine.container("box").is_on(engine.network("dojo-net")),
        lambda _, box: "dojo-net" in box["NetworkSettings"]["Networks"],
    ),
    "log": (
        _of_box(lambda box: box.log_has("NAME=")),
        lambda world, box: "NAME=x" in _log(world, box),
    ),
    "log moves": (
        _of_box(lambda box: box.log_moves()),
        lambda world, box: {"a", "NAME=x"} <= set(_log(world, box)),
    ),
}
