"""The whole rehearsal on other engines: another Docker, its other image store, podman.

programs            another Debian release's Docker and podman, unpacked into a folder
podman              podman's Docker API, in namespaces of its own
kinds               the engines, and how each is started and ended
differences.toml    what plays come out otherwise there, and why
playing             plays and compares
__main__            python -m tests.engines [ENGINE…] [--lesson LESSON…]
"""
