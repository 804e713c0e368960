from __future__ import annotations

import io
import tarfile
from pathlib import Path

from checker.sandbox.rootfs import Layer, RootFs


def package_archive(*members: tuple[str, str], mtime: int = 0) -> tarfile.TarFile:
    """A tar as mmdebstrap leaves it; a member whose text starts with "->" is a link."""
    stream = io.BytesIO()
    with tarfile.open(mode="w", fileobj=stream) as tar:
        for name, text in members:
            info = tarfile.TarInfo(f"./{name}")
            info.mtime, info.mode = mtime, 0o755
            if text.startswith("->"):
                info.type, info.linkname = tarfile.SYMTYPE, text[2:]
                tar.addfile(info)
            elif text.startswith("=>"):
                info.type, info.linkname = tarfile.LNKTYPE, f"./{text[2:]}"
                tar.addfile(info)
            else:
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))
    stream.seek(0)
    return tarfile.open(fileobj=stream)


def layer_of(archive: tarfile.TarFile, folder: Path) -> Layer:
    folder.mkdir(parents=True, exist_ok=True)
    files = RootFs()
    files.add_packages(archive)
    files.add_layout()
    return files.write_layer(folder)


def contents(layer: Layer) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(layer.blob) as tar:
        return {member.name: member for member in tar.getmembers()}


def test_the_order_and_times_of_the_packages_do_not_matter(tmp_path: Path) -> None:
    one = package_archive(("usr/bin/a", "a"), ("usr/bin/b", "b"), mtime=1)
    other = package_archive(("usr/bin/b", "b"), ("usr/bin/a", "a"), mtime=2)
    assert layer_of(one, tmp_path / "1").digest == layer_of(other, tmp_path / "2").digest


def test_bin_and_lib_become_links_into_usr(tmp_path: Path) -> None:
    archive = package_archive(("bin/bash", "#"), ("lib/x/libc.so", "#"))
    found = contents(layer_of(archive, tmp_path))
    assert found["bin"].linkname == "usr/bin"
    assert found["usr/bin/bash"].isreg()
    assert found["usr/lib/x/libc.so"].isreg()


def test_a_link_to_the_other_half_of_a_merged_path_does_not_hide_the_file(tmp_path: Path) -> None:
    archive = package_archive(("usr/bin/which", "->/bin/which"), ("bin/which", "#"))
    assert contents(layer_of(archive, tmp_path))["usr/bin/which"].isreg()


def test_a_relative_link_still_leads_there_after_the_move(tmp_path: Path) -> None:
    archive = package_archive(("usr/bin/tool", "#"), ("sbin/tool", "->../usr/bin/tool"))
    assert contents(layer_of(archive, tmp_path))["usr/sbin/tool"].linkname == "/usr/bin/tool"


def test_a_hard_link_comes_after_its_file(tmp_path: Path) -> None:
    archive = package_archive(("bin/z", "#"), ("bin/a", "=>bin/z"))
    names = list(contents(layer_of(archive, tmp_path)))
    assert names.index("usr/bin/z") < names.index("usr/bin/a")


def test_documentation_logs_and_apts_state_are_left_out(tmp_path: Path) -> None:
    archive = package_archive(
        ("usr/share/doc/x/copyright", "#"), ("var/log/apt.log", "#"), ("etc/apt/sources.list", "#"),
        ("etc/machine-id", "#"), ("dockdojo.packages", "#"), ("dev/null", "#"),
    )  # fmt: skip
    assert not any(member.isreg() for member in contents(layer_of(archive, tmp_path)).values())
