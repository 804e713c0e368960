"""Words that mean harm to a terminal, a page, a table or a shell, and what they must not do."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET

EVIL = (
    "\x7f\x1b[2J\x1b[H\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    '\x1bP$q"p\x1b\\',
    "\x1bc\x1b#8",
    "\x9b31m\x9d0;c1\x9c\x90x\x9c",
    "\x0e\x0f\x05\x08\x08\r\x0b\x0c",
    "[bold red]markup[/bold red] [link=http://evil.example]x[/link] [/]",
    ":warning: :skull:",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>' --> ]]>",
    "&lt;script&gt; {{7*7}} ${7*7} {0.__class__} {name} %s %(a)s",
    "\u202eevil\u202c \u2066x\u2069 \u200b\u200e\u200f\ufeff",
    "\u0301\u0301\u0301\u0301 a\u0300\u0301\u0302",
    "\U000e0041\U000e0042\ue000\ufffe",
    "x" * 10_000,
    "가나다" * 3_000,
    "line\nbreak\r\nand\u2028more\u2029\x85end",
    "=cmd|' /C calc'!A0",
    "--help -rf / $(reboot) `reboot` ; reboot",
)

_KINDS = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def harm(text: str) -> set[str]:
    """The characters in it that control a terminal, turn the text around, or can't be seen."""
    return {ascii(c) for c in text if c not in "\n\t" and unicodedata.category(c) in _KINDS}


def is_only_a_drawing(svg: str) -> None:
    """Fails where a picture holds more than shapes and words."""
    assert harm(svg) == set()
    for element in ET.fromstring(svg).iter():
        assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "iframe")
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert "javascript:" not in value.lower()
