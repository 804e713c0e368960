"""Asking Docker Hub, as anybody may: which digest a public image has there. GET and HEAD only.

Docker Hub gives everybody a token for what is public (the token flow that `docker pull` uses
without a login); no name and no password is ever sent, and no redirect followed.
`DOCKDOJO_HUB` names another registry that plays Docker Hub's part.
Source: https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

MANIFEST_TYPES = ", ".join(
    (
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
    )
)
"""The kinds of manifest that engines push; a registry answers with the one that it has."""

_DOCKER_HUB = "https://registry-1.docker.io"
_SECONDS = 5.0
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_REFUSALS = (401, 403, 404)


@dataclass(frozen=True)
class HubAnswer:
    """`digest` is "" where there is no such image, or none that everybody may see."""

    digest: str


def ask_hub(repository: str, tag: str, environ: Mapping[str, str] = os.environ) -> HubAnswer | None:
    """What Docker Hub has under this name; None where it does not answer within five seconds."""
    url = environ.get("DOCKDOJO_HUB", "").rstrip("/") or _DOCKER_HUB
    heard: list[HubAnswer] = []
    # In a thread, since looking up a name has no time limit of its own.
    asking = threading.Thread(target=_ask, args=(url, repository, tag, heard), daemon=True)
    asking.start()
    asking.join(_SECONDS)
    return heard[0] if heard else None


def _ask(url: str, repository: str, tag: str, heard: list[HubAnswer]) -> None:
    target = f"{url}/v2/{repository}/manifests/{tag}"
    try:
        heard.append(HubAnswer(_digest(target, "")))
    except urllib.error.HTTPError as refusal:
        challenge = refusal.headers.get("WWW-Authenticate", "")
        if refusal.code != 401 or not challenge.startswith("Bearer "):
            _note_refusal(refusal.code, heard)
            return
        try:
            heard.append(HubAnswer(_digest(target, _anonymous_token(challenge, repository))))
        except urllib.error.HTTPError as second:
            _note_refusal(second.code, heard)
        except (OSError, http.client.HTTPException, ValueError):
            return
    except (OSError, http.client.HTTPException, ValueError):
        return


def _note_refusal(code: int, heard: list[HubAnswer]) -> None:
    if code in _REFUSALS:
        heard.append(HubAnswer(""))


def _digest(target: str, token: str) -> str:
    request = urllib.request.Request(target, method="HEAD", headers={"Accept": MANIFEST_TYPES})
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with _opener().open(request, timeout=_SECONDS) as answer:
        return str(answer.headers.get("Docker-Content-Digest", ""))


def _anonymous_token(challenge: str, repository: str) -> str:
    asked: dict[str, str] = dict(_CHALLENGE.findall(challenge))
    realm = asked.get("realm", "")
    if urlsplit(realm).scheme not in ("http", "https"):
        raise ValueError(realm)
    wanted = {"service": asked.get("service", ""), "scope": f"repository:{repository}:pull"}
    with _opener().open(f"{realm}?{urlencode(wanted)}", timeout=_SECONDS) as answer:
        data: Any = json.loads(answer.read(1024 * 1024))
    found = (data.get("token") or data.get("access_token")) if isinstance(data, dict) else None
    return str(found or "")


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Leaves redirects as the errors that they are here: nobody is to send us elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Unmoved)
