"""Renders page.txt to public/index.html, with the help of the tools."""

import html
import platform
import sys
from pathlib import Path

TOKEN = "@TOKEN@"  # yours alone: by it the checks know that this site is yours

if not Path("/opt/tools/tools.bin").exists():
    sys.exit("render.py needs the tools: run install_tools.py first")

title, _, text = Path("page.txt").read_text("utf-8").partition("\n")
page = f"""<!doctype html>
<meta charset="utf-8">
<title>{html.escape(title)}</title>
<h1>{html.escape(title)}</h1>
<p>{html.escape(text.strip())}</p>
<footer>site {TOKEN}, rendered by Python {platform.python_version()}</footer>
"""
public = Path("public")
public.mkdir(exist_ok=True)
(public / "index.html").write_text(page, "utf-8")
print(f"rendered {public / 'index.html'}")
