"""Podman's Docker API as a stage, in namespaces of its own: network, mounts, processes.

Its network is made like a private engine's: the machine reaches each container by its address. Its
images come from the course's mirror, which listens beside it. Registries on localhost are
plain HTTP to it, as they are to Docker without being told.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from checker.engine import address
from checker.rehearsal.stage import Stage
from checker.sandbox import addresses, mirror
from checker.sandbox.course_images import load_course_images
from checker.sandbox.locks import machine_locked
from checker.sandbox.network_namespace import NetworkNamespace
from checker.sandbox.unix_http import answer, ask
from checker.sandbox.waiting import wait_until
from tests.engines.programs import NotHereError

_START_SECONDS = 30
_CGROUPS = Path("/sys/fs/cgroup")
_PARENT = "libpod_parent"

_SCRIPT = """\
mount -t tmpfs dockdojo /run
docker-registry serve "$3" > "$1/mirror.log" 2>&1 &
read -r mirror_answers
mkdir -p /etc/containers
mount --bind "$1/etc" /etc/containers
mount --bind "$2" /usr
exec podman system service --time 0 "unix://$1/podman.sock" < /dev/null
"""
"""It goes on once the mirror answers, and so has its libraries: there are others afterwards."""

# As everywhere else in the rehearsal: HTTP to the learner's own registry on this machine. The
# limits are below those of a machine that does not give CAP_SYS_RESOURCE, and runc takes a machine
# whose control groups are half old, half new.
_FILES = {
    "registries.conf": """\
unqualified-search-registries = ["docker.io"]
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "127.0.0.1:{port}"
insecure = true
"""
    + "".join(
        f'[[registry]]\nlocation = "{host}:{port}"\ninsecure = true\n'
        for host in ("localhost", "127.0.0.1")
        for port in (*range(5000, 5060), 8000, 8001, 8002)
    ),
    "policy.json": '{{"default": [{{"type": "insecureAcceptAnything"}}]}}\n',
    "storage.conf": """\
[storage]
driver = "overlay"
graphroot = "{folder}/root"
runroot = "{folder}/run"
""",
    "containers.conf": """\
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=30000:30000"]
[network]
network_config_dir = "{folder}/networks"
default_subnet = "{subnet}"
default_subnet_pools = [{{ base = "{pool}", size = 24 }}]
firewall_driver = "iptables"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
""",
}


@contextmanager
def podman_stage(lessons: Path, usr: Path) -> Iterator[Stage]:
    """A stage on the podman in `usr`; nothing of it is left afterwards. Raises `NotHereError`."""
    store = mirror.store()
    mirror.prepare_images(load_course_images(lessons / "course.toml"), images_store=store)
    mirror.mirror_argv(store)  # writes what the registry is started with
    with tempfile.TemporaryDirectory(prefix="dojo-podman-") as name, _network(name) as network:
        folder = Path(name)
        folder.chmod(0o755)  # a user without rights gets to the socket
        namespace, values = network
        enter = namespace.enter_command()
        (folder / "etc").mkdir()
        for file, text in _FILES.items():
            filled = text.format(folder=folder, port=mirror.PORT, **values)
            (folder / "etc" / file).write_text(filled)
        namespaces = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        what = [str(folder), str(usr), str(store.root / "serve.yml")]
        with (folder / "podman.log").open("wb") as log:
            served = subprocess.Popen(
                [*enter, "unshare", *namespaces, "sh", "-ec", _SCRIPT, "sh", *what],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        try:
            _wait(lambda: _mirror_answers(namespace), served, folder / "mirror.log")
            assert served.stdin is not None
            with served.stdin as go_on:
                go_on.write(b"\n")
            socket = folder / "podman.sock"
            _wait(lambda: ask(socket, "/_ping", 2) is not None, served, folder / "podman.log")
            yield Stage(address.parse(f"unix://{socket}"), enter)
        finally:
            served.kill()  # all in its namespace go with it
            served.wait()
            _remove_groups(folder / "root" / "overlay-containers")


@contextmanager
def _network(name: str) -> Iterator[tuple[NetworkNamespace, dict[str, str]]]:
    """A new network namespace, and the addresses for podman's networks in it."""
    folder = Path(name)
    key = f"dockdojo-{folder.name}"
    namespace = NetworkNamespace(folder, key)
    with machine_locked():
        chosen = addresses.choose(key)
        namespace.make(chosen)
    first, *_ = [pool for pool in chosen.pools if str(pool["base"]).endswith("/20")]
    try:
        yield (
            namespace,
            {
                "subnet": str(chosen.bridge.network),
                "pool": str(first["base"]),
            },
        )
    finally:
        with machine_locked():
            namespace.remove()


def _wait(answers: Callable[[], bool], served: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers, or all has ended. Raises `NotHereError`, with the end of its log."""
    wait_until(lambda: answers() or served.poll() is not None, _START_SECONDS)
    if not answers():
        words = log.read_text(errors="replace").strip()
        raise NotHereError(f"{log.stem} did not start: {words[-300:]}")


def _mirror_answers(namespace: NetworkNamespace) -> bool:
    connection = namespace.connect(mirror.PORT, 2)
    if connection is None:
        return False
    with connection:
        got = answer(connection, urlsplit(mirror.READY_URL).path)
    return got is not None and got[0] == 200


def _remove_groups(containers: Path) -> None:
    """The control groups that stay of the containers that have a folder there, once their last
    processes have ended; what holds them, too, unless another podman uses it."""
    parents = [*_CGROUPS.glob(_PARENT), *_CGROUPS.glob(f"*/{_PARENT}")]
    own = [parent / f"libpod-{each.name}" for parent in parents for each in containers.glob("*")]
    gone = wait_until(lambda: all(_is_gone(group) for group in own), _START_SECONDS, every=0.1)
    assert gone, f"these control groups are still in use: {sorted(map(str, own))}"
    for parent in parents:
        wait_until(partial(_is_gone_or_used, parent), _START_SECONDS, every=0.1)


def _is_gone_or_used(parent: Path) -> bool:
    return any(parent.glob("libpod-*")) or _is_gone(parent)


def _is_gone(group: Path) -> bool:
    folders = [path for path in (group, *group.rglob("*")) if path.is_dir()]
    try:
        for folder in sorted(folders, reverse=True):
            folder.rmdir()
    except OSError:
        return False
    return True
