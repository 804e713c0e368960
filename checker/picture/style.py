"""The picture's colours: JupyterLab's or VS Code's where it stands in one, else by light or dark.

Every word is in the ink of the page: at least 4.5 : 1 against it. Colours only edge what words
and shapes already say. All rules begin with the picture's own class, since a style in a page is
the whole page's.
"""

from __future__ import annotations

_LIGHT = {
    "ink": "#1f2328",
    "paper": "#ffffff",
    "card": "#f4f6f8",
    "line": "#59636e",
    "edge": "#b1bac4",
    "new": "#1a7f37",
    "changed": "#9a6700",
    "gone": "#cf222e",
    "run": "#1a7f37",
    "layer": "#0969da",
}
_DARK = {
    "ink": "#e6edf3",
    "paper": "#0d1117",
    "card": "#161b22",
    "line": "#9198a1",
    "edge": "#4b535d",
    "new": "#3fb950",
    "changed": "#d29922",
    "gone": "#f85149",
    "run": "#3fb950",
    "layer": "#58a6ff",
}
_PLACES = {
    "ink": ("--jp-content-font-color1", "--vscode-editor-foreground"),
    "paper": ("--jp-layout-color1", "--vscode-editor-background"),
    "card": ("--jp-layout-color2", "--vscode-editorWidget-background"),
    "line": ("--jp-ui-font-color2", "--vscode-descriptionForeground"),
    "edge": ("--jp-border-color1", "--vscode-editorWidget-border"),
    "new": ("--jp-success-color1", "--vscode-charts-green"),
    "changed": ("--jp-warn-color1", "--vscode-charts-yellow"),
    "gone": ("--jp-error-color1", "--vscode-charts-red"),
    "run": ("--jp-success-color1", "--vscode-charts-green"),
    "layer": ("--jp-brand-color1", "--vscode-charts-blue"),
}
_MIXED = {"new": 25, "changed": 25, "gone": 25, "run": 25, "layer": 45}
"""Per cent of ink in a colour."""
MONO = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Noto Sans Mono CJK KR',monospace"
SANS = (
    "system-ui,'Noto Sans KR','Noto Sans CJK KR','Apple SD Gothic Neo','Malgun Gothic',sans-serif"
)

_RULES = (
    "{color:var(--dp-ink);font-family:" + SANS + "}",
    " text{fill:var(--dp-ink);stroke:none;white-space:pre;direction:ltr;unicode-bidi:isolate}",
    " .m{font-family:" + MONO + "}",
    " .b{font-weight:600}",
    " .s{fill-opacity:.82}",
    " .page{fill:var(--dp-paper);stroke:none}",
    " .card{fill:var(--dp-card);stroke:var(--dp-edge)}",
    " .frame{fill:none;stroke:var(--dp-edge)}",
    " .new{stroke:var(--dp-new);stroke-width:2.5}",
    " .changed{stroke:var(--dp-changed);stroke-width:2.5;stroke-dasharray:8 3}",
    " .gone{stroke:var(--dp-gone);stroke-width:1.5;stroke-dasharray:2 3}",
    " .chip{fill:var(--dp-paper);stroke-width:1.5;stroke-dasharray:none}",
    " .struck{text-decoration:line-through}",
    " .arrow{fill:none;stroke:var(--dp-line);stroke-width:1.3}",
    " .arrow.new{stroke:var(--dp-new);stroke-width:2.5;stroke-dasharray:none}",
    " .pushed{stroke-dasharray:5 3}",
    " .pushed.new{stroke-dasharray:5 3}",
    " .head{fill:var(--dp-line);stroke:none}",
    " .head.new{fill:var(--dp-new);stroke:none}",
    " .running{fill:var(--dp-run);stroke:none}",
    " .still{fill:none;stroke:var(--dp-ink);stroke-width:1.6}",
    " .solid{fill:var(--dp-ink);stroke:none}",
    " .own{fill:var(--dp-layer);stroke:none}",
    " .shared{fill:none;stroke:var(--dp-layer);stroke-width:1.5;stroke-dasharray:3 2}",
    " g:hover>.card{stroke:var(--dp-ink)}",
    " g:hover>.arrow{stroke-width:3}",
)


def style(name: str) -> str:
    """The style sheet of the pictures of this class."""
    light = _variables(name, _LIGHT)
    dark = _variables(name, _DARK)
    rules = "\n".join(f".{name}{rule}" for rule in _RULES)
    return f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n{rules}"


def _variables(name: str, colours: dict[str, str]) -> str:
    written = "".join(f"--dp-{what}:{_value(what, colour)};" for what, colour in colours.items())
    return f".{name}{{{written}}}"


def _value(what: str, fallback: str) -> str:
    first, second = _PLACES[what]
    colour = f"var({first},var({second},{fallback}))"
    if what not in _MIXED:
        return colour
    # A theme's own green or orange may be too pale on its own ground; the ink never is.
    return f"color-mix(in srgb,var(--dp-ink) {_MIXED[what]}%,{colour})"
