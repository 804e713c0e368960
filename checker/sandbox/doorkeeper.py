"""The doorkeeper of a class engine: Docker's authorisation plugin, at a unix socket.

    python -m checker.sandbox.doorkeeper SOCKET LANG WORK [SAMPLE…]

dockerd asks it before each request (https://docs.docker.com/engine/extend/plugins_authorization/).
One process per engine: it ends with its engine, lives in its limits, and if it is dead or says
nonsense then dockerd refuses everything. It knows nothing but the policy in `authorization`.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import sys
from pathlib import Path

from tornado.escape import json_decode
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler

from checker.sandbox.authorization import Policy
from checker.sandbox.container_options import Readable

# dockerd shows bodies of at most 1 MiB, which base64 and the words around them make longer.
_LONGEST = 16 << 20  # bytes


class Ready(RequestHandler):
    """For `class up`: it is there."""

    def get(self) -> None:
        self.write({})


class Activation(RequestHandler):
    """What kind of plugin this is."""

    def post(self) -> None:
        self.write({"Implements": ["authz"]})


class Request(RequestHandler):
    """May this request pass?"""

    def initialize(self, policy: Policy, lang: str) -> None:
        self._policy = policy
        self._lang = lang

    def post(self) -> None:
        asked = json_decode(self.request.body)
        refused = self._policy.refusal(
            asked["RequestMethod"],
            asked["RequestUri"],
            base64.b64decode(asked.get("RequestBody") or ""),
            asked.get("RequestHeaders") or {},
        )
        if refused is None:
            self.write({"Allow": True})
        else:
            self.write({"Allow": False, "Msg": refused.in_(self._lang)})


class Answer(RequestHandler):
    """May this answer be given? What could be asked for may be answered."""

    def post(self) -> None:
        self.write({"Allow": True})


async def serve(socket: Path, policy: Policy, lang: str) -> None:
    """Answers dockerd until the process ends."""
    application = Application(
        [
            ("/ready", Ready),
            ("/Plugin.Activate", Activation),
            ("/AuthZPlugin.AuthZReq", Request, {"policy": policy, "lang": lang}),
            ("/AuthZPlugin.AuthZRes", Answer),
        ]
    )
    server = HTTPServer(application, max_buffer_size=_LONGEST)
    server.add_socket(bind_unix_socket(str(socket), mode=0o600))
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    where, language, work, *samples = sys.argv[1:]
    asyncio.run(serve(Path(where), Policy(Readable(work, frozenset(samples))), language))
