"""A proctor that runs as a program, and a line to it that can be cut."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from checker.sandbox.waiting import wait_until

PROGRAM = [sys.executable, "-c", "from checker.cli import main; main()"]
SECONDS = 60


class Proctor:
    """A proctor that runs; `lines` are the objects that it printed."""

    def __init__(self, *words: str) -> None:
        self.lines: list[dict[str, object]] = []
        self.process = subprocess.Popen(
            [*PROGRAM, "proctor", *words, "--json", "--lang", "en"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        told = iter(self.process.stderr.readline, "")
        self.url = next(line.split()[-1] for line in told if "The class is open" in line)
        self.port = int(self.url.rpartition(":")[2].partition("/")[0])
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def wait_for(self, found: Callable[[dict[str, object]], bool]) -> None:
        """Waits for an object; its never coming fails the test."""
        seen = wait_until(lambda: any(found(line) for line in list(self.lines)), SECONDS)
        assert seen, self.lines[-3:]

    def memory(self) -> int:
        """The most bytes that it ever had in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@contextlib.contextmanager
def proctors() -> Iterator[Callable[..., Proctor]]:
    """Starts proctors; none outlives the block."""
    opened: list[Proctor] = []

    def open_proctor(*words: str) -> Proctor:
        opened.append(Proctor(*words))
        return opened[-1]

    try:
        yield open_proctor
    finally:
        for one in opened:
            if one.process.poll() is None:
                one.end(signal.SIGKILL)


def run(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The ended program, on the machine whose DOCKDOJO_HOME is `home`."""
    return subprocess.run(
        [*PROGRAM, *words, "--lang", "en"],
        env=os.environ | ({"DOCKDOJO_HOME": str(home)} if home else {}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


class Line:
    """A fake network on the way to `port`, since a real one can't be cut here."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends every connection that there is."""
        for pair in self._taken():
            for one in pair:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def silence(self) -> None:
        """Lets nothing through any more on the connections that there are; nobody is told."""
        for pair in self._taken():
            self._silent.update(pair)

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _taken(self) -> list[tuple[socket.socket, socket.socket]]:
        pairs, self._pairs = self._pairs, []
        return pairs

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            self._pairs.append((near, far))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source not in self._silent:
                    target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
