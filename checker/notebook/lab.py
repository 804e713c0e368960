"""JupyterLab as a child process: started, waited for, and ended with all that it started."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from checker.errors import Misuse, SandboxError
from checker.language import say
from checker.notebook.layout import lay_out, write_settings
from checker.sandbox.launch import telling_line
from checker.sandbox.waiting import wait_until

FIRST_PORT = 8888
_PORTS_TO_TRY = 100
_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05

# Asked directly: a proxy of the environment can't reach this machine's own address.
_HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def require_jupyterlab() -> None:
    """Raises `SandboxError` where JupyterLab is not installed."""
    for name in ("jupyterlab", "ipykernel"):
        if importlib.util.find_spec(name) is None:
            raise SandboxError(
                say("JupyterLab is not installed."),
                say("Install it with: pip install 'dockdojo[lab]', or type make lab."),
            )


def choose_port(wanted: int | None) -> int:
    """The port `wanted`, or the first free one from 8888 on. Raises `Misuse` if it is taken."""
    if wanted is not None:
        if not _is_free(wanted):
            raise Misuse(
                say("Port {port} is taken by another program.", port=wanted),
                say("Choose another one: dockdojo lab --port {other}", other=_a_free_port()),
            )
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TO_TRY):
        if _is_free(port):
            return port
    return _a_free_port()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As JupyterLab binds it: a port that was just given back counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _a_free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Lab:
    """JupyterLab on 127.0.0.1:`port`, with the notebooks in `folder`, showing `notebook` first.

    `own` is a folder for its words, settings and arrangement; `environment` is that of its kernels
    and terminals. A context manager: JupyterLab ends with the `with` block.
    """

    def __init__(
        self,
        folder: Path,
        notebook: str,
        own: Path,
        port: int,
        environment: Mapping[str, str],
        *,
        browser: bool,
    ) -> None:
        self._folder = folder
        self._notebook = notebook
        self._own = own
        self._port = port
        self.log = own / "jupyterlab.log"
        self._page = quote(f"lab/tree/{notebook}")
        # In the environment, not in the arguments, which every user of the machine can read.
        self._token = environment.get("JUPYTER_TOKEN") or secrets.token_urlsafe(24)
        self._argv = [
            *_ending_with_its_parent(),
            sys.executable,
            "-m",
            "jupyterlab",
            "--allow-root",
            f"--ServerApp.root_dir={folder}",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--LabApp.default_url=/{self._page}",
            f"--LabApp.workspaces_dir={own / 'workspaces'}",
            # Otherwise it is a login shell, which forgets the PATH.
            f"--ServerApp.terminado_settings={{'shell_command': ['{_shell(environment)}']}}",
            f"--ServerApp.open_browser={browser}",
        ]
        self._environment = dict(environment) | {
            "JUPYTER_TOKEN": self._token,
            # The kernels of this Python come before any that the learner has elsewhere.
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_CONFIG_PATH": os.pathsep.join(
                filter(None, [str(own / "config"), environment.get("JUPYTER_CONFIG_PATH")])
            ),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where a browser opens it, token included."""
        return f"http://127.0.0.1:{self._port}/{self._page}?token={self._token}"

    def __enter__(self) -> Lab:
        """Starts JupyterLab and returns when it answers. Raises `SandboxError`."""
        lay_out(self._own / "workspaces", self._notebook)
        write_settings(self._own / "config")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._argv,
                cwd=self._folder,  # where terminals begin
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for us: JupyterLab would ask whether it is meant.
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def wait(self) -> int:
        """Waits for JupyterLab's own end (File → Shut Down); its exit code."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Ends JupyterLab, which ends its kernels and terminals. By force after 10 s, or at once
        where Ctrl-C is pressed again."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            # Its kernels and terminals see that it is gone, and end by themselves.
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        def decided() -> bool:
            return self._ended() or self._answers()

        if not wait_until(decided, _START_SECONDS, _POLL_SECONDS) or self._ended():
            raise SandboxError(
                say("JupyterLab did not start: {reason}", reason=telling_line(self.log)),
                say("All that it said is in {log}.", log=self.log),
            )

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _answers(self) -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/api/status",
            headers={"Authorization": f"token {self._token}"},
        )
        try:
            with _HTTP.open(request, timeout=2) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _shell(environment: Mapping[str, str]) -> str:
    named = environment.get("SHELL", "")
    return named if Path(named).is_file() and "'" not in named else "/bin/bash"


def _ending_with_its_parent() -> list[str]:
    """util-linux's setpriv has the kernel end JupyterLab when this program is killed outright."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
