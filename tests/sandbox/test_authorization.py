"""The policy of a class's engines: a pure function, so no engine is needed here.

What a real dockerd makes of it is tried in tests/classroom/test_class_engines.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from checker.sandbox.authorization import Policy
from checker.sandbox.container_options import Readable

WORK = "/srv/class/mina/home/work"
POLICY = Policy(Readable(WORK, frozenset({"/etc/shadow"})))
CREATE = "/v1.41/containers/create?name=web"


def refused(method: str, uri: str, body: Any = b"", **headers: str) -> str | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    text = POLICY.refusal(method, uri, raw, headers or {"Content-Type": "application/json"})
    return text.in_("en") if text is not None else None


def creating(host: Any, **more: Any) -> str | None:
    return refused("POST", CREATE, {"Image": "busybox", "HostConfig": host, **more})


# What the docker command itself sends for `docker run -d -p 5001:5000 -v data:/data registry:2`.
DOCKER_RUN = {
    "Hostname": "", "Domainname": "", "User": "", "AttachStdin": False, "Tty": False, "Env": None,
    "Cmd": None, "Image": "registry:2", "Volumes": {}, "Labels": {"a": "1", "A": "2"},
    "HostConfig": {
        "Binds": ["data:/data"], "ContainerIDFile": "", "LogConfig": {"Type": "", "Config": {}},
        "PortBindings": {"5000/tcp": [{"HostIp": "", "HostPort": "5001"}]},
        "NetworkMode": "default",
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "AutoRemove": False,
        "VolumeDriver": "", "VolumesFrom": None, "ConsoleSize": [0, 0], "CapAdd": None,
        "CapDrop": None, "CgroupnsMode": "", "Dns": [], "DnsOptions": [], "DnsSearch": [],
        "ExtraHosts": None, "GroupAdd": None, "IpcMode": "", "Cgroup": "", "Links": None,
        "OomScoreAdj": 0, "PidMode": "", "Privileged": False, "PublishAllPorts": False,
        "ReadonlyRootfs": False, "SecurityOpt": None, "UTSMode": "", "UsernsMode": "", "ShmSize": 0,
        "Isolation": "", "CpuShares": 0, "Memory": 0, "NanoCpus": 0, "CgroupParent": "",
        "BlkioWeight": 0, "BlkioWeightDevice": [], "BlkioDeviceReadBps": [], "CpuPeriod": 0,
        "CpuQuota": 0, "CpuRealtimePeriod": 0, "CpuRealtimeRuntime": 0, "CpusetCpus": "",
        "CpusetMems": "", "Devices": [], "DeviceCgroupRules": None, "DeviceRequests": None,
        "MemoryReservation": 0, "MemorySwap": 0, "MemorySwappiness": -1, "OomKillDisable": None,
        "PidsLimit": 0, "Ulimits": [], "CpuCount": 0, "CpuPercent": 0, "IOMaximumIOps": 0,
        "IOMaximumBandwidth": 0, "MaskedPaths": None, "ReadonlyPaths": None,
    },
    "NetworkingConfig": {"EndpointsConfig": {"default": {"IPAMConfig": None, "Links": None}}},
}  # fmt: skip


def test_what_the_docker_command_sends_passes() -> None:
    assert refused("POST", CREATE, DOCKER_RUN) is None


@pytest.mark.parametrize(
    "host",
    [
        {},
        None,
        {"Binds": ["data:/data", "/anonymous", f"{WORK}/ko/site:/site:ro", f"{WORK}:/w:ro"]},
        {"Binds": ["/etc/shadow:/shadow:ro"]},
        {"Mounts": [{"Type": "tmpfs", "Target": "/tmp"}, {"Type": "volume", "Source": "data"}]},
        {"Mounts": [{"Type": "bind", "Source": f"{WORK}/site", "ReadOnly": True}]},
        {"Tmpfs": {"/run": "size=1m"}},
        {"VolumesFrom": ["other:ro"]},
        {"PidMode": "container:solo", "IpcMode": "shareable", "NetworkMode": "container:solo"},
        {"NetworkMode": "dojo-net"},
        {"CapAdd": ["CAP_CHOWN", "net_raw"], "CapDrop": ["ALL"]},
        {"SecurityOpt": ["no-new-privileges"]},
        {"Memory": 1 << 40, "MemorySwap": -1, "PidsLimit": 10, "NanoCpus": 500_000_000},
    ],
)  # fmt: skip
def test_what_lessons_use_passes(host: Any) -> None:
    assert creating(host) is None


@pytest.mark.parametrize(
    "host",
    [
        {"Binds": ["/:/host"]},
        {"Binds": ["/:/host:ro"]},
        {"Binds": [f"{WORK}/site:/site"]},
        {"Binds": [f"{WORK}/site:/site:rw"]},
        {"Binds": [f"{WORK}/site:/site:ro,rw"]},
        {"Binds": [f"{WORK}/site:/site:ro,rshared"]},
        {"Binds": [f"{WORK}/site:/site:ro,z"]},
        {"Binds": [f"{WORK}/../../../other:/x:ro"]},
        {"Binds": [f"{WORK}/./x/../../..:/x:ro"]},
        {"Binds": [f"{WORK}2:/x:ro"]},
        {"Binds": [f"/{WORK}:/x:ro"]},
        {"Binds": ["/etc/shadow:/shadow"]},
        {"Binds": ["/etc/shadow/:/shadow:ro"]},
        {"Binds": ["../x:/x:ro"]},
        {"Binds": ["~:/x:ro"]},
        {"Binds": ["/var/run/docker.sock:/var/run/docker.sock"]},
        {"Binds": "data:/data"},
        {"Binds": [{"a": 1}]},
        {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/h", "ReadOnly": True}]},
        {"Mounts": [{"Type": "bind", "Source": WORK, "Target": "/h"}]},
        {"Mounts": [{"Type": "bind", "Source": WORK, "ReadOnly": "true"}]},
        {"Mounts": [{"Type": "bind", "Source": WORK, "ReadOnly": True,
                     "BindOptions": {"Propagation": "rshared"}}]},
        {"Mounts": [{"Source": "/", "Target": "/h"}]},
        {"Mounts": [{"Type": "BIND", "Source": "/", "Target": "/h"}]},
        {"Mounts": [{"Type": "npipe", "Source": "/", "Target": "/h"}]},
        {"Mounts": [{"Type": "volume", "Source": "x", "VolumeOptions": {"DriverConfig": {
            "Name": "local", "Options": {"type": "none", "device": "/", "o": "bind"}}}}]},
        {"Mounts": [{"Type": "volume", "VolumeOptions": {"DriverConfig": {"Name": "sshfs"}}}]},
        {"VolumeDriver": "sshfs"},
        {"Privileged": True},
        {"Privileged": 1},
        {"NetworkMode": "host"},
        {"NetworkMode": "ns:/proc/1/ns/net"},
        {"NetworkMode": 7},
        {"PidMode": "host"},
        {"IpcMode": "host"},
        {"UTSMode": "host"},
        {"UsernsMode": "host"},
        {"CgroupnsMode": "host"},
        {"Cgroup": "host"},
        {"CgroupParent": "/"},
        {"CgroupParent": "/docker"},
        {"CapAdd": ["SYS_ADMIN"]},
        {"CapAdd": ["cap_sys_ptrace"]},
        {"CapAdd": ["ALL"]},
        {"Capabilities": ["CAP_SYS_ADMIN"]},
        {"Devices": [{"PathOnHost": "/dev/sda"}]},
        {"DeviceCgroupRules": ["a *:* rwm"]},
        {"DeviceRequests": [{"Driver": "", "Count": -1}]},
        {"SecurityOpt": ["seccomp=unconfined"]},
        {"SecurityOpt": ["apparmor:unconfined"]},
        {"SecurityOpt": ["label=disable"]},
        {"MaskedPaths": []},
        {"ReadonlyPaths": []},
        {"Sysctls": {"net.ipv4.ip_forward": "1"}},
        {"Runtime": "evil"},
        {"OomKillDisable": True},
        {"OomScoreAdj": -1000},
        {"Memory": -1},
        {"PidsLimit": -1},
        {"LogConfig": {"Type": "syslog", "Config": {"syslog-address": "unix:///dev/log"}}},
        {"OptionOfAnEngineToCome": ["/"]},
        [],
        "privileged",
    ],
)  # fmt: skip
def test_what_leads_out_is_refused(host: Any) -> None:
    assert creating(host)


@pytest.mark.parametrize(
    "body",
    [
        # Go takes any letter case, and folds these two letters to k and s.
        b'{"hostconfig": {"PRIVILEGED": true}}',
        b'{"HOSTCONFIG": {"privileged": true}}',
        '{"Ho\u017ftConfig": {"Privileged": true}}'.encode(),
        '{"HostConfig": {"Bind\u017f": ["/:/h"]}}'.encode(),
        '{"HostConfig": {"Net\\u0077or\u212aMode": "host"}}'.encode(),
        b'{"HostConfig": {"Bin\\u0064s": ["/:/h"]}}',
        # Go puts the two together, or takes the last.
        b'{"HostConfig": {"Binds": ["/:/h"]}, "HostConfig": {}}',
        b'{"HostConfig": {"Binds": ["/:/h"]}, "hostconfig": {}}',
        b'{"HostConfig": {"Privileged": false, "privileged": true}}',
        b'{"HostConfig": {"Mounts": [{"Type": "volume", "type": "bind", "Source": "/"}]}}',
        # Nothing, or not all of it, was shown.
        b"",
        b"null",
        b"[]",
        b'{"Image": "busybox"',
        b'{"Image": "busybox"} {"HostConfig": {"Privileged": true}}',
        b"\xff\xfe{\x00}\x00",
        b'{"Image": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_no_second_way_of_reading_a_body(body: bytes) -> None:
    assert refused("POST", CREATE, body)


def test_labels_may_differ_in_letter_case_only() -> None:
    assert creating({}, Labels={"hostconfig": "1", "HostConfig": "2"}) is None
    assert creating({}, Volumes={"/Data": {}, "/data": {}}) is None


@pytest.mark.parametrize(
    "uri",
    [
        "/containers/create",
        "/v1.24/containers/create",
        "/v1.41/containers/%63reate",
        "/%76%31.41/containers/create",
    ],
)
def test_the_same_route_written_otherwise(uri: str) -> None:
    assert refused("POST", uri, {"HostConfig": {"Privileged": True}})
    assert refused("POST", uri, {"Image": "busybox"}) is None


@pytest.mark.parametrize(
    "uri",
    [
        "//containers/create",
        "/v1.41//containers/create",
        "/v1.41/containers/create/",
        "/v1.41/containers/./create",
        "/v1.41/x/../containers/create",
        "/v1.41/containers/%2e/create",
        "/v1.41/containers%2fcreate%00",
        "http://docker/v1.41/containers/create",
        "/v1.41/containers/create#x",
        "/v1.41/containers/create?a=1;b=2",
        "/v1.23/containers/create",
        "/v1.12/containers/web/start",
        "/v01.12/containers/web/start",
        "/v1.041.1/containers/create",
        "/v2.0/containers/create",
        "containers/create",
        "*",
        "",
    ],
)
def test_a_route_that_could_be_read_in_two_ways_is_refused(uri: str) -> None:
    assert refused("POST", uri, {"Image": "busybox"})


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("POST", "/v1.41/swarm/init"),
        ("POST", "/v1.41/services/create"),
        ("POST", "/v1.41/plugins/pull?remote=x"),
        ("POST", "/v1.41/plugins/x/enable"),
        ("POST", "/v1.41/containers/web/checkpoints"),
        ("POST", "/v1.41/containers/web/start?checkpoint=c&checkpoint-dir=/etc"),
        ("POST", "/v1.41/grpc"),
        ("POST", "/v1.41/route-of-an-engine-to-come"),
        ("POST", "/v1.41/build?networkmode=host"),
        ("POST", "/v1.41/build?networkmode=default&networkmode=host"),
        ("POST", "/v1.41/build?networkmode=%68ost"),
        ("POST", "/v1.41/build?cgroupparent=/"),
        ("POST", "/v1.41/build?securityopt=%5B%22seccomp%3Dunconfined%22%5D"),
        ("POST", "/v1.41/build?remote=https://example.org/x.git"),
        ("GET", "/debug/pprof/heap"),
        ("GET", "/v1.41/debug/vars"),
        ("DELETE", "/v1.41/plugins/x"),
        ("PATCH", "/v1.41/containers/web"),
        ("CONNECT", "/v1.41/containers/web"),
    ],
)
def test_what_is_not_for_the_class(method: str, uri: str) -> None:
    assert refused(method, uri)


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("GET", "/_ping"),
        ("HEAD", "/_ping"),
        ("GET", "/v1.41/containers/json?all=1"),
        ("GET", "/v1.41/images/localhost:5001/my-image:v1.0.0/json"),
        ("GET", "/v1.41/images/busybox%40sha256:0123/json"),
        ("GET", "/v1.41/events?filters=%7B%7D"),
        ("POST", "/v1.41/containers/web/start"),
        ("POST", "/v1.41/containers/web/stop?t=1"),
        ("POST", "/v1.41/containers/web/attach?stream=1"),
        ("POST", "/v1.41/containers/web/rename?name=x"),
        ("POST", "/v1.41/images/create?fromImage=busybox&tag=latest"),
        ("POST", "/v1.41/images/localhost:5001/my-image/push?tag=v1.0.0"),
        ("POST", "/v1.41/images/my-image/tag?repo=x&tag=y"),
        ("POST", "/v1.41/images/load?quiet=1"),
        ("POST", "/v1.41/build?t=x&dockerfile=Dockerfile&networkmode=default&securityopt=null"),
        ("POST", "/v1.41/build?version=2&remote=client-session&session=a"),
        ("POST", "/v1.41/commit?container=web"),
        ("POST", "/v1.41/auth"),
        ("POST", "/v1.41/networks/prune"),
        ("PUT", "/v1.41/containers/web/archive?path=/"),
        ("DELETE", "/v1.41/containers/web?force=1"),
        ("DELETE", "/v1.41/images/localhost:5001/my-image:v1.0.0"),
        ("DELETE", "/v1.41/volumes/data"),
        ("DELETE", "/v1.41/networks/dojo-net"),
    ],
)
def test_what_the_course_asks_for_passes(method: str, uri: str) -> None:
    assert refused(method, uri) is None


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x"]
)
def test_a_form_is_refused_since_dockerd_prefers_it_to_the_address(kind: str) -> None:
    assert refused("POST", "/v1.41/build?networkmode=default", b"x", **{"content-type": kind})


def test_exec_update_volumes_and_networks() -> None:
    exec_, update = "/v1.41/containers/web/exec", "/v1.41/containers/web/update"
    volumes, networks = "/v1.41/volumes/create", "/v1.41/networks/create"
    assert refused("POST", exec_, {"Cmd": ["sh"], "Privileged": False}) is None
    assert refused("POST", exec_, {"Cmd": ["sh"], "privileged": True})
    assert refused("POST", exec_)
    assert refused("POST", update, {"Memory": 1 << 20, "RestartPolicy": {"Name": "always"}}) is None
    assert refused("POST", update, {"PidsLimit": -1})
    assert refused("POST", update, {"Devices": [{"PathOnHost": "/dev/sda"}]})
    assert refused("POST", volumes, {"Name": "data", "Driver": "local", "DriverOpts": {}}) is None
    assert refused("POST", volumes, {"Name": "x", "DriverOpts": {"device": "/", "o": "bind"}})
    assert refused("POST", volumes, {"Name": "x", "driveropts": {"type": "tmpfs"}})
    assert refused("POST", volumes, {"Name": "x", "Driver": "sshfs"})
    assert refused("POST", volumes, {"Name": "x", "ClusterVolumeSpec": {"a": 1}})
    assert refused("POST", networks, {"Name": "dojo-net", "Driver": "bridge"}) is None
    assert refused("POST", networks, {"Name": "x", "Driver": "macvlan"})
    assert refused("POST", networks, {"Name": "x", "Driver": "bridge", "Options": {"parent": "a"}})
    assert refused("POST", networks, {"Name": "x", "IPAM": {"Driver": "elsewhere"}})
    assert creating({}, NetworkingConfig={"EndpointsConfig": {"host": {}}})


def test_refusals_are_sentences_in_both_languages() -> None:
    text = POLICY.refusal("POST", CREATE, b'{"HostConfig": {"Binds": ["/:/h"]}}')
    assert text is not None
    assert f"only your own work folder {WORK}" in text.in_("en")
    assert text.in_("ko") != text.in_("en")
    assert WORK in text.in_("ko")
