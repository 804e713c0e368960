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


class _Field(NamedTuple):
    name: str
    kind: type
    absent_is_fine: bool
    null_is_fine: bool


class Kind:
    """What a thing of this kind has, what it tells if only by null, and what it may leave out.

    `places` are the fields by the way to the thing that holds them: worked out once, since
    thousands of things are looked at.
    """

    def __init__(self, needed: Shape, told: Shape, optional: Shape) -> None:
        self.needed, self.told, self.optional = needed, told, optional
        places: dict[tuple[str, ...], list[_Field]] = {}
        for fields, absent, null in (
            (needed, False, False),
            (told, False, True),
            (optional, True, True),
        ):
            for path, kind in fields.items():
                *way, name = path.split(".")
                places.setdefault(tuple(way), []).append(_Field(name, kind, absent, null))
        self.places = list(places.items())


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
        "Parent": str,
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
    if not isinstance(data, dict):
        return False
    for way, fields in shape.places:
        place: Any = data
        for name in way:
            place = place.get(name) if isinstance(place, dict) else None
        place = place if isinstance(place, dict) else _NOWHERE
        for name, kind, absent_is_fine, null_is_fine in fields:
            value = place.get(name, _ABSENT)
            if value is None:
                if not null_is_fine:
                    return False
            elif value is _ABSENT:
                if not absent_is_fine:
                    return False
            elif (type(value) is not kind or kind in _MORE_TO_SEE) and not _is(value, kind):
                return False
    return True


def rows_fit(data: Any, shape: Kind) -> bool:
    """Whether `data` is a list of such things."""
    return isinstance(data, list) and all(fits(row, shape) for row in data)


_NOWHERE: dict[str, Any] = {}
_MORE_TO_SEE = (str, int)


def _is(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and _is_text(value)
    if kind is Texts:
        return isinstance(value, list) and _are_texts(value)
    if kind is int:  # JSON's true and false are none, and an engine's have 64 bits
        return type(value) is int and -_MOST <= value < _MOST
    return isinstance(value, kind)


def _are_texts(values: list[Any]) -> bool:
    try:
        together = "".join(values)
    except TypeError:
        return False
    return together.isascii() or all(map(_is_text, values))


def _is_text(value: str) -> bool:
    """JSON may hold halves of characters, which can be neither asked for nor stored."""
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
