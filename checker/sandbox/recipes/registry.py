"""registry: the system's docker-registry, set up as Docker's own image of version 2 is."""

from __future__ import annotations

import re

from checker.language import say
from checker.sandbox.oci import RunConfig
from checker.sandbox.recipes.common import add_users, link_applets
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import RootFs

_CONFIG = """\
version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
"""
#: A single configuration file, or options, mean "serve"; anything else is a command of its own.
_ENTRYPOINT = """\
#!/bin/sh
set -e
case "$1" in
    *.yaml | *.yml) set -- registry serve "$@" ;;
    serve | garbage-collect | help | -*) set -- registry "$@" ;;
esac
exec "$@"
"""


def _furnish(files: RootFs, _architecture: str) -> None:
    add_users(files, "/bin/sh")
    link_applets(files)
    files.add_link("usr/bin/registry", "docker-registry")
    files.add_folder("etc/docker")
    files.add_folder("etc/docker/registry")
    files.add_folder("var/lib")
    files.add_folder("var/lib/registry")
    files.add_file("etc/docker/registry/config.yml", _CONFIG)
    files.add_file("entrypoint.sh", _ENTRYPOINT, 0o755)


RECIPE = Recipe(
    name="registry",
    what=say("the registry server from this system's packages"),
    run=RunConfig(
        cmd=("/etc/docker/registry/config.yml",),
        entrypoint=("/entrypoint.sh",),
        exposed_ports=("5000/tcp",),
        volumes=("/var/lib/registry",),
    ),
    furnish=_furnish,
    packages=("busybox-static", "docker-registry", "?exact-name(usr-is-merged)"),
    # The program, the C library it is linked with, and busybox for the entrypoint and for looking
    # around; the package's other dependencies serve its set-up scripts.
    keep=re.compile(
        r"usr/bin/(docker-registry|busybox)"
        r"|usr/lib(64|/[^/]+-linux-gnu)?(/(ld-.*|lib(c|m|dl|pthread|resolv|rt|nss_\w+)[.-].*))?"
    ),
)
