"""Plays the part that `pip install` has in a real project, without needing a network:
it takes a moment, and it leaves some megabytes that only the rendering needs."""

import time
from pathlib import Path

TOKEN = "@TOKEN@"
SIZE = 6_000_000 + int(TOKEN[:6], 16) % 3_000_000  # bytes; every learner's is another

print("installing the tools ...", flush=True)
time.sleep(2)
tools = Path("/opt/tools")
tools.mkdir(parents=True)
(tools / "tools.bin").write_bytes(b"tool " * (SIZE // 5))
print(f"done: {SIZE // 1_000_000} MB in {tools}")
