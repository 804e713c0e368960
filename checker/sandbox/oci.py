"""Images written by hand: configuration, manifest and manifest list in Docker's schema 2.

Written here and not by ``docker import``, since that records the machine's own architecture
whatever ``--platform`` says. The form on disk is skopeo's ``dir:`` layout, in which manifests keep
their bytes and so their digest: ``manifest.json``, ``HEX.manifest.json`` for the parts of a list,
and each blob under the hexadecimal of its digest. Docker 20.10 and newer pull schema 2.
Source: https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.sandbox.rootfs import MADE_AT_TEXT, Layer

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_VARIANTS = {"arm64": "v8"}

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class RunConfig:
    """What a container of the image does by default (the names are Docker's)."""

    cmd: tuple[str, ...]
    entrypoint: tuple[str, ...] = ()
    env: tuple[str, ...] = (PATH,)
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def write_image(
    folder: Path, architecture: str, layers: Sequence[Layer], config: RunConfig, created_by: str
) -> str:
    """Make `folder`, which holds the layers' blobs, an image; return the manifest's digest."""
    body = _canonical(_config(architecture, layers, config, created_by))
    config_digest = _digest(body)
    (folder / _hex(config_digest)).write_bytes(body)
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, "size": len(body), "digest": config_digest},
        "layers": [
            {"mediaType": _LAYER, "size": layer.size, "digest": layer.digest} for layer in layers
        ],
    }
    return _write_manifest(folder, _canonical(manifest))


def join_platforms(folder: Path, parts: Mapping[str, Path]) -> str:
    """Make one image of many: `parts` are images by architecture, moved into `folder`.

    Returns the digest of the manifest list, or of the manifest if there is only one part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifests = []
    for architecture, part in sorted(parts.items()):
        for file in part.iterdir():
            if file.name != "manifest.json":
                file.replace(folder / file.name)
        body = (part / "manifest.json").read_bytes()
        if len(parts) == 1:
            return _write_manifest(folder, body)
        digest = _digest(body)
        (folder / f"{_hex(digest)}.manifest.json").write_bytes(body)
        manifests.append(
            {
                "mediaType": json.loads(body).get("mediaType", _MANIFEST),
                "size": len(body),
                "digest": digest,
                "platform": _platform(architecture),
            }
        )
    listing = {"schemaVersion": 2, "mediaType": _LIST, "manifests": manifests}
    return _write_manifest(folder, _canonical(listing))


def _config(
    architecture: str, layers: Sequence[Layer], config: RunConfig, created_by: str
) -> dict[str, Any]:
    run: dict[str, Any] = {
        "Cmd": list(config.cmd) or None,
        "Entrypoint": list(config.entrypoint) or None,
        "Env": list(config.env),
        "ExposedPorts": {port: {} for port in config.exposed_ports} or None,
        "Volumes": {volume: {} for volume in config.volumes} or None,
        "Labels": dict(config.labels),
        "WorkingDir": "",
    }
    return {
        **_platform(architecture),
        "created": MADE_AT_TEXT,
        "config": {key: value for key, value in run.items() if value is not None},
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
        "history": [{"created": MADE_AT_TEXT, "created_by": created_by} for _ in layers],
    }


def _platform(architecture: str) -> dict[str, str]:
    platform = {"architecture": architecture, "os": "linux"}
    if variant := _VARIANTS.get(architecture):
        platform["variant"] = variant
    return platform


def _write_manifest(folder: Path, body: bytes) -> str:
    (folder / "manifest.json").write_bytes(body)
    (folder / "version").write_text("Directory Transport Version: 1.1\n")
    return _digest(body)


def _canonical(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _hex(digest: str) -> str:
    return digest.partition(":")[2]
