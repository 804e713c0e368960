"""Whether an answer has the shape that its kind of thing has, so far as checks rely on it.

What misses its main parts, or has them of another type, was not understood or not sent whole: it
says nothing of the learner's work. What every engine tells, if only by null (Docker 20.10 to 26.1
and podman do), may be null here and not missing: what is not told is not nothing. What engines may
leave out may be missing or null.
Source: https://docs.docker.com/reference/api/engine/ (ContainerInspect, ImageInspect, the lists)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Texts:
    """A list of nothing but text."""


Shape = Mapping[str, type]
"""Fields by their path, with dots, and their JSON type."""

_MOST = 2**63

_ABSENT = object()


class Kind(NamedTuple):
    """What a thing of this kind has, what it tells if only by null, and what it may leave out."""

    needed: Shape
    told: Shape
    optional: Shape


_CONFIGURATION: Shape = {
    "Config.Tty": bool,
    "Config.OpenStdin": bool,
    "Config.Labels": dict,
    "Config.Image": str,
    "Config.WorkingDir": str,
    "Config.ExposedPorts": dict,
}
_COMMAND: Shape = {
    "Config.Cmd": Texts,
    "Config.Entrypoint": Texts,
    "Config.Env": Texts,
}
CONTAINER = Kind(
    {
        "Id": str,
        "Name": str,
        "Image": str,
        "State.Status": str,
        "State.ExitCode": int,
        "State.StartedAt": str,
        "Config": dict,
        "HostConfig": dict,
        "HostConfig.PidMode": str,
        "HostConfig.UTSMode": str,
        "HostConfig.IpcMode": str,
        "HostConfig.NetworkMode": str,
        "NetworkSettings": dict,
    },
    {
        **_COMMAND,
        "Mounts": list,
        "NetworkSettings.Networks": dict,
        "NetworkSettings.Ports": dict,
    },
    {
        **_CONFIGURATION,
        "State.FinishedAt": str,
        "State.Pid": int,
        "RestartCount": int,
        "Created": str,
        "HostConfig.Memory": int,
        "HostConfig.NanoCpus": int,
        "HostConfig.RestartPolicy": dict,
        "HostConfig.Tmpfs": dict,
    },
)
IMAGE = Kind(
    {"Id": str, "RootFS": dict},
    {},
    {
        **_COMMAND,
        **_CONFIGURATION,
        "Config": dict,
        "RootFS.Layers": Texts,
        "Architecture": str,
        "Size": int,
        "RepoTags": Texts,
        "RepoDigests": Texts,
    },
)
NETWORK = Kind(
    {"Id": str, "Name": str},
    {},
    {"Driver": str, "Containers": dict, "Created": str, "IPAM": dict},
)
CONTAINER_ROW = Kind(
    {"Id": str},
    {},
    {"Names": Texts, "Image": str, "ImageID": str, "State": str, "NetworkSettings": dict},
)
IMAGE_ROW = Kind({"Id": str}, {"RepoTags": Texts, "RepoDigests": Texts}, {"Size": int})
STEP = Kind({"CreatedBy": str}, {}, {"Created": int, "Size": int})
CHANGE = Kind({"Path": str}, {}, {"Kind": int})
VERSION = Kind({"Arch": str}, {}, {})


def fits(data: Any, shape: Kind) -> bool:
    """Whether `data` has the fields that its kind has, and none of another type."""
    return (
        isinstance(data, dict)
        and all(_is(_at(data, path), kind) for path, kind in shape.needed.items())
        and all(
            value is None or _is(value, kind)
            for path, kind in shape.told.items()
            for value in [_at(data, path)]
        )
        and all(
            value is None or value is _ABSENT or _is(value, kind)
            for path, kind in shape.optional.items()
            for value in [_at(data, path)]
        )
    )


def rows_fit(data: Any, shape: Kind) -> bool:
    """Whether `data` is a list of such things."""
    return isinstance(data, list) and all(fits(row, shape) for row in data)


def _is(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and _is_text(value)
    if kind is Texts:
        return isinstance(value, list) and all(_is(item, str) for item in value)
    if kind is int:  # JSON's true and false are none, and an engine's have 64 bits
        return type(value) is int and -_MOST <= value < _MOST
    return isinstance(value, kind)


def _is_text(value: str) -> bool:
    """JSON may hold halves of characters, which can be neither asked for nor stored."""
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name, _ABSENT) if isinstance(data, dict) else _ABSENT
    return data
