"""A token server as Docker Hub has one, for registries with `auth: token`: real signatures.

    python token_server.py FOLDER PORT

listens on PORT and signs with `key.pem` in FOLDER. `mina` with the password `let-me-in` gets what
she asks for below her own name; everybody may pull what is not called `private`. Docker Hub itself
can't be had in a test; its flow is this one.
Source: https://distribution.github.io/distribution/spec/auth/jwt/
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.conftest import TestEngine

USER, PASSWORD = "mina", "let-me-in"
PORT = 5999
SERVICE, ISSUER = "hub", "token server"


@contextmanager
def token_server(engine: TestEngine, folder: Path) -> Iterator[str]:
    """A token server beside the engine; its address, which containers' clients reach as well.

    `cert.pem` in `folder` is what a registry needs to know it.
    """
    _make_certificate(folder)
    host = engine.inside("hostname", "-I").stdout.split()[0]
    process = subprocess.Popen(
        [*engine.engine.enter_command(), sys.executable, "-m", __name__, str(folder), str(PORT)],
        cwd=Path(__file__).parent.parent.parent,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"listening\n"
        yield f"http://{host}:{PORT}"
    finally:
        process.kill()
        process.wait()


def token_settings(address: str) -> list[str]:
    """What `docker run` needs for a registry that trusts the server; its folder is /certs."""
    settings = {
        "REGISTRY_AUTH": "token",
        "REGISTRY_AUTH_TOKEN_REALM": f"{address}/token",
        "REGISTRY_AUTH_TOKEN_SERVICE": SERVICE,
        "REGISTRY_AUTH_TOKEN_ISSUER": ISSUER,
        "REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE": "/certs/cert.pem",
    }
    return [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]


def _make_certificate(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=token server",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        user = self._user()
        if user is None:
            self._answer(401, {"details": "incorrect username or password"})
            return
        scopes = [_granted(scope, user) for scope in asked.get("scope", [])]
        token = _signed(self.folder, user, [scope for scope in scopes if scope["actions"]])
        self._answer(200, {"token": token, "expires_in": 300})

    def _user(self) -> str | None:
        """Who asks: "" for somebody without a name, None for a wrong password."""
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if not kind:
            return ""
        right = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return USER if given == right else None

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *values: object) -> None:
        """Says nothing."""


def _granted(scope: str, user: str) -> dict[str, Any]:
    kind, name, actions = [*scope.split(":"), "", ""][:3]
    own = bool(user) and name.startswith(f"{user}/")
    public = not name.endswith("/private")
    allowed = {"pull", "push"} if own else {"pull"} if public else set()
    return {"type": kind, "name": name, "actions": sorted(allowed & set(actions.split(",")))}


def _signed(folder: Path, user: str, access: list[dict[str, Any]]) -> str:
    pem = (folder / "cert.pem").read_text().split("-----")[2]
    head = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(pem.split())]}
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": user, "aud": SERVICE, "nbf": now - 10, "iat": now,
              "exp": now + 300, "jti": str(time.time_ns()), "access": access}  # fmt: skip
    text = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(folder / "key.pem")],
        input=text.encode(), check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return f"{text}.{_base64(done.stdout)}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def main(folder: str, port: str) -> None:
    _Handler.folder = Path(folder)
    server = ThreadingHTTPServer(("", int(port)), _Handler)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
