"""`dockdojo engine up` with cached images, against a bare dockerd reaching its first ping."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Results, compare
from checker.sandbox import mirror
from checker.sandbox.course_engine import mirror_helper, prepare_course_images
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until

_BOUND = 30.0


def run(rounds: int) -> Results:
    prepare_course_images()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as folder:
        engine = PrivateEngine(
            "bench",
            data=Path(folder, "engine"),
            registry_mirror=mirror.URL,
            helpers=[mirror_helper()],
        )

        def ours() -> float:
            engine.down()
            began = time.perf_counter()
            engine.up()
            return time.perf_counter() - began

        try:
            row = compare(
                "`dockdojo engine up` (images cached)",
                ours,
                "a bare dockerd to its first ping",
                lambda: _bare_dockerd(Path(folder, "bare")),
                to_reach=2,
                rounds=rounds,
            )
            return Results([row])
        finally:
            engine.destroy()


def _bare_dockerd(folder: Path) -> float:
    """In a network namespace of its own too, so that nothing on the machine is harmed."""
    folder.mkdir(exist_ok=True)
    sock = folder / "s"
    configuration = folder / "daemon.json"
    configuration.write_text("{}")
    command = ["unshare", "--net", "--mount", "dockerd", "--data-root", str(folder / "data")]
    command += ["--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid")]
    command += ["--host", f"unix://{sock}", "--config-file", str(configuration)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        try:
            wait_until(lambda: daemon.poll() is not None or _answers(sock), _BOUND, 0.005)
            took = time.perf_counter() - began
            if not _answers(sock):
                raise RuntimeError("the bare dockerd did not start")
            return took
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(_BOUND)
            shutil.rmtree(folder / "exec", ignore_errors=True)


def _answers(path: Path) -> bool:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(str(path))
        connection.request("GET", "/_ping")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
