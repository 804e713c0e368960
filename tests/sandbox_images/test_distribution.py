from __future__ import annotations

from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.sandbox.distribution import Distribution, distribution, package_sources

BOOKWORM = Distribution("debian", "12", "bookworm", "Debian GNU/Linux")
NOBLE = Distribution("ubuntu", "24.04", "noble", "Ubuntu")
KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"


def apt_folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (tmp_path / "sources.list.d" / f"{stem}.{ending}").write_text(text)
    return tmp_path


def test_a_one_line_entry_is_read_with_its_options(tmp_path: Path) -> None:
    line = f"deb [arch=amd64 signed-by={KEY}] http://mirror.example/debian bookworm main contrib\n"
    (source,) = package_sources(BOOKWORM, "amd64", apt_folder(tmp_path, own_list=line))
    assert source.uris == ("http://mirror.example/debian",)
    assert source.components == ("main", "contrib")
    assert f"Signed-By: {KEY}" in source.deb822()


def test_a_deb822_entry_is_read_and_only_its_own_suites_are_kept(tmp_path: Path) -> None:
    text = (
        "# a remark\nTypes: deb deb-src\nURIs: http://mirror.example/debian\n"
        f"Suites: bookworm bookworm-updates trixie\nComponents: main\nSigned-By: {KEY}\n"
    )
    (source,) = package_sources(BOOKWORM, "amd64", apt_folder(tmp_path, own_sources=text))
    assert source.suites == ("bookworm", "bookworm-updates")


def test_a_key_inside_the_entry_is_kept_whole(tmp_path: Path) -> None:
    key = (
        "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQENBF\n -----END PGP PUBLIC KEY BLOCK-----"
    )
    text = (
        "Types: deb\nURIs: http://mirror.example/ubuntu\nSuites: noble\n"
        f"Components: main universe\nSigned-By:{key}\n"
    )
    (source,) = package_sources(NOBLE, "amd64", apt_folder(tmp_path, own_sources=text))
    assert f"Signed-By:{key}\n" in source.deb822()


@pytest.mark.parametrize(
    "text",
    [
        "deb [signed-by=/etc/apt/keyrings/docker.asc] https://other.example bookworm stable\n",
        "deb [signed-by=/etc/apt/keyrings/vendor.gpg] https://other.example bookworm main\n",
        "deb http://mirror.example/debian sid main\n",
        "# deb http://mirror.example/debian bookworm main\n",
        "deb-src http://mirror.example/debian bookworm main\n",
        "deb [arch=armhf] http://mirror.example/debian bookworm main\n",
    ],
)
def test_what_is_not_the_distributions_own_is_left_out(tmp_path: Path, text: str) -> None:
    with pytest.raises(SandboxError, match="no entry for the packages of Debian 12"):
        package_sources(BOOKWORM, "amd64", apt_folder(tmp_path, other_list=text))


def test_a_disabled_entry_does_not_count(tmp_path: Path) -> None:
    text = "Enabled: no\nTypes: deb\nURIs: http://m.example\nSuites: bookworm\nComponents: main\n"
    with pytest.raises(SandboxError):
        package_sources(BOOKWORM, "amd64", apt_folder(tmp_path, own_sources=text))


def test_another_system_is_told_so_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "os-release"
    file.write_text('ID=fedora\nPRETTY_NAME="Fedora Linux 40"\n')
    with pytest.raises(SandboxError, match="this machine runs Fedora Linux 40"):
        distribution(file)
