"""The smallest program that says something: a Linux executable that writes a text and ends.

hello-world needs nothing else, so its stand-in is made without any package, for every
architecture, on a machine without network. The layout is one ELF header, one program header, the
code and the text, all mapped at once (System V ABI, elf(5)).
"""

from __future__ import annotations

import struct

_BASE = 0x400000
_ELF_HEADER, _PROGRAM_HEADER = 64, 56
_CODE_AT = _ELF_HEADER + _PROGRAM_HEADER
_MACHINES = {"amd64": 62, "arm64": 183}


def hello_program(text: str, architecture: str) -> bytes:
    """An executable for `architecture` ("amd64", "arm64") that writes `text` to standard output.

    It ends with 0. Raises `KeyError` for another architecture.
    """
    machine = _MACHINES[architecture]
    data = text.encode()
    assemble = _amd64 if architecture == "amd64" else _arm64
    code_size = len(assemble(0, 0))
    code = assemble(_BASE + _CODE_AT + code_size, len(data))
    size = _CODE_AT + code_size + len(data)
    identity = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)
    elf = identity + struct.pack(
        "<HHIQQQIHHHHHH",
        2, machine, 1, _BASE + _CODE_AT, _ELF_HEADER, 0, 0,
        _ELF_HEADER, _PROGRAM_HEADER, 1, 0, 0, 0,
    )  # fmt: skip
    read_and_execute, loadable, alignment = 5, 1, 0x10000
    program = struct.pack(
        "<IIQQQQQQ", loadable, read_and_execute, 0, _BASE, _BASE, size, size, alignment
    )
    return elf + program + code + data


def _amd64(address: int, length: int) -> bytes:
    """write(1, address, length); exit(0)"""
    return b"".join(
        (
            b"\xb8" + struct.pack("<I", 1),  # mov eax, 1 (write)
            b"\xbf" + struct.pack("<I", 1),  # mov edi, 1
            b"\xbe" + struct.pack("<I", address),  # mov esi, address
            b"\xba" + struct.pack("<I", length),  # mov edx, length
            b"\x0f\x05",  # syscall
            b"\xb8" + struct.pack("<I", 60),  # mov eax, 60 (exit)
            b"\x31\xff",  # xor edi, edi
            b"\x0f\x05",  # syscall
        )
    )


def _arm64(address: int, length: int) -> bytes:
    """write(1, address, length); exit(0)"""
    low, high = address & 0xFFFF, address >> 16
    words = (
        _movz(0, 1),
        _movz(1, low),
        0xF2A00000 | high << 5 | 1,  # movk x1, #high, lsl #16
        _movz(2, length),
        _movz(8, 64),  # write
        0xD4000001,  # svc #0
        _movz(0, 0),
        _movz(8, 93),  # exit
        0xD4000001,  # svc #0
    )
    return struct.pack(f"<{len(words)}I", *words)


def _movz(register: int, value: int) -> int:
    return 0xD2800000 | (value & 0xFFFF) << 5 | register
