"""The colors, letters and lines of the animated picture.

The colors tell apart what is known, what is going on now (upstream), local derivatives, and the signs of gradients;
each of these can be told without colors, too.
"""

from __future__ import annotations

from string import Template

LIGHT = {
    "paper": "#ffffff",
    "raised": "#f3f4f6",
    "ink": "#1b1f24",
    "soft": "#57606b",
    "edge": "#8b95a1",
    "idle": "#c3c9d1",
    "now": "#6a3fb5",
    "on_now": "#ffffff",
    "local": "#00695c",
    "local_fill": "#d9efeb",
    "positive": "#0b5f9e",
    "positive_fill": "#d7e8f6",
    "negative": "#a03e00",
    "negative_fill": "#fbe2cf",
    "zero_fill": "#e8eaed",
    "wrong": "#b3261e",
}
DARK = {
    "paper": "#14171b",
    "raised": "#20252b",
    "ink": "#eceef0",
    "soft": "#a6afba",
    "edge": "#7f8a97",
    "idle": "#444d58",
    "now": "#c3a6ff",
    "on_now": "#1b1230",
    "local": "#6fd6c4",
    "local_fill": "#123b36",
    "positive": "#86c6f8",
    "positive_fill": "#173751",
    "negative": "#ffb07a",
    "negative_fill": "#4d2b13",
    "zero_fill": "#2b3138",
    "wrong": "#ff9f94",
}
"""In both each text has a contrast of at least 4.5 to its ground, and each line that carries meaning of at least 3."""

_COLORS = Template(
    "text{fill:$ink}.paper,.card,.op,.pill{fill:$paper}.leaf{fill:$raised}.soft{fill:$soft}"
    ".card,.op,.drawer,.edge,.nothing{stroke:$edge}.head{fill:$edge}.idle{stroke:$idle}"
    ".now,.on,.pill,.sum,.working{stroke:$now}.headnow,.working,.drop{fill:$now}.onnow{fill:$on_now}.up{fill:$now}"
    ".local{fill:$local}.tag{fill:$local_fill}.sick{stroke:$wrong}"
    ".zero{fill:$zero_fill}.positive{fill:$positive_fill}.negative{fill:$negative_fill}"
    ".bar.positive{fill:$positive}.bar.negative{fill:$negative}"
)
_STYLE = (
    "text{font-family:Helvetica,Arial,sans-serif;font-weight:600;text-anchor:middle}"
    ".name{font-family:'STIX Two Text',Georgia,'Times New Roman',serif;font-style:italic;font-weight:400}"
    ".name,.key{text-anchor:start}.value{text-anchor:end}.key{font-size:13px;font-weight:400}"
    ".sign{font-size:22px}.word,.small{font-size:14px}.tagged{font-size:15px}"
    ".formula{font-size:18px}.edge,.idle,.now,.nothing,.on{fill:none}"
    ".card,.op,.idle{stroke-width:2}.edge{stroke-width:2.5}.now{stroke-width:5}.on{stroke-width:4}"
    ".pill,.sum{stroke-width:3}.drawer{stroke-width:1.5}.pending,.open{stroke-dasharray:4 4}"
    ".nothing{stroke-width:3.5;stroke-dasharray:1 8;stroke-linecap:round}"
    ".sick{stroke-width:3;stroke-dasharray:2 4}"
)


def style_of_shapes() -> str:
    """The style of all shapes, for light and for dark pages, and without motion for who wants less of it."""
    return (
        f"{_STYLE}{_COLORS.substitute(LIGHT)}@media(prefers-color-scheme:dark){{{_COLORS.substitute(DARK)}}}"
        "@media(prefers-reduced-motion:reduce){*{animation:none!important}}"
    )
