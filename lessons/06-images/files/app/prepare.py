"""Prepares the app once, while its image is built: writes built.txt beside it."""

import platform
from pathlib import Path

TOKEN = "@TOKEN@"

text = f"Prepared for {TOKEN} with Python {platform.python_version()}."
Path(__file__).with_name("built.txt").write_text(text + "\n")
print(text)
