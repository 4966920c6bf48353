"""A page that one test has used is as it was at first for the next one."""

from __future__ import annotations

from typing import Any

import pytest

MEDIA = """() => ["reduced-motion: reduce", "color-scheme: dark"].map((feature) => `(prefers-${feature})`)
    .concat("(forced-colors: active)", "print").map((query) => matchMedia(query).matches)
    .concat(innerWidth, innerHeight, document.URL)"""


@pytest.mark.parametrize("options", [{}, {"reduced_motion": "reduce", "color_scheme": "dark"}], ids=["plain", "dark"])
def test_what_a_test_has_emulated_is_gone(pages: Any, options: dict[str, Any]) -> None:
    first = pages.take({"width": 640, "height": 480}, options)
    before = first.evaluate(MEDIA)
    for reduced_motion, color_scheme in [("reduce", "light"), ("no-preference", "dark")]:
        first.emulate_media(
            media="print", color_scheme=color_scheme, reduced_motion=reduced_motion, forced_colors="active"
        )
    first.set_viewport_size({"width": 320, "height": 200})
    assert first.evaluate(MEDIA)[:-1] != before[:-1]
    assert pages.give_back() == []
    again = pages.take({"width": 640, "height": 480}, options)
    assert again is first
    assert again.evaluate(MEDIA) == before
    assert pages.give_back() == []
