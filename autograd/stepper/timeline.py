"""Say when the parts of an animated picture are seen and how they move, in CSS.

Every animation here lasts as long as the whole picture and starts again with it. So what is seen depends on the time
alone, and nothing has to wait for anything else.

    >>> timeline = Timeline(length=4.0, seconds=8.0)
    >>> timeline.shown((1.0, 2.0)), timeline.shown((2.0, 3.0))
    ('k1 d1', 'k1 d2')
    >>> for rule in timeline.rules():
    ...     print(rule)
    g,path,polygon{animation:8s step-end infinite}
    @keyframes k1{0%{opacity:1}25.5%{opacity:0}}
    .k1{animation-name:k1;opacity:0}
    .d1{animation-delay:-6s}
    .d2{animation-delay:-4s}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SMOOTHSTEP = "cubic-bezier(.3333,0,.6667,1)"
"""3x² - 2x³ in CSS."""


LAP = 0.02
"""How much longer everything is seen, so that for no frame one thing is gone and the next not yet there."""


class Timeline:
    """The keyframes of a picture that runs in a loop. Each method gives the class of the elements that follow them.

    Where nothing moves, as for a reader who wants less motion, the picture is the one at the end.

    Args:
        length: of the loop, in the unit in which times are given.
        seconds: that this takes.
    """

    def __init__(self, length: float, seconds: float) -> None:
        self.length = length
        self.seconds = seconds
        self._keyframes: dict[tuple[str, str], str] = {}
        self._delays: dict[str, str] = {}

    def shown(self, *spans: tuple[float, float]) -> str:
        """Seen in these spans of time, which are in order and do not overlap."""
        joined = _joined(spans)
        first, last = joined[0][0], joined[-1][1]
        keyframes = ""
        for start, end in joined:
            keyframes += f"{self._percent(start - first)}{{opacity:1}}"
            if end - first < self.length:
                keyframes += f"{self._percent(min(end + LAP, self.length) - first)}{{opacity:0}}"
        return self._class(first, keyframes, "" if last >= self.length else ";opacity:0")

    def moved(self, places: Sequence[tuple[float, str]], easing: str = SMOOTHSTEP) -> str:
        """At each of these times transformed so, as in ``translate(3px,4px)``, and on the way there in between."""
        return self._held([(time, f"transform:{place}") for time, place in places], easing)

    def drawn(self, start: float, end: float) -> str:
        """A path of length 1 that is drawn from its end to its start."""
        dashes = [(time, f"stroke-dasharray:1;stroke-dashoffset:{x}") for time, x in ((start, -1), (end, 0))]
        return self._held(dashes, SMOOTHSTEP)

    def rules(self) -> Iterator[str]:
        """The rules of all classes, which stand on groups, paths and polygons."""
        yield f"g,path,polygon{{animation:{_number(self.seconds)}s step-end infinite}}"
        for (keyframes, more), name in self._keyframes.items():
            yield f"@keyframes {name}{{{keyframes}}}"
            yield f".{name}{{animation-name:{name}{more}}}"
        for delay, name in self._delays.items():
            yield f".{name}{{animation-delay:{delay}s}}"

    def _held(self, states: Sequence[tuple[float, str]], easing: str) -> str:
        """From one state to the next; the last one holds."""
        first = states[0][0]
        times = [self._percent(time - first) for time, _ in states]
        times[-1] += ",100%"
        keyframes = "".join(f"{time}{{{state}}}" for time, (_, state) in zip(times, states, strict=True))
        return self._class(first, keyframes, f";animation-timing-function:{easing}")

    def _class(self, start: float, keyframes: str, more: str) -> str:
        """Keyframes that begin at a time.

        They are written as if they began with the picture, and late by a delay, so that all steps share them. The delay
        is negative: the animation began one round earlier.
        """
        name = self._keyframes.setdefault((keyframes, more), f"k{len(self._keyframes) + 1}")
        delay = _number((start - self.length) * self.seconds / self.length)
        return f"{name} {self._delays.setdefault(delay, f'd{len(self._delays) + 1}')}"

    def _percent(self, time: float) -> str:
        return _number(round(100 * time / self.length, 2)) + "%"


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The spans, with those as one that follow each other without a pause.

    >>> _joined([(0.0, 1.0), (1.0, 2.0), (3.0, 4.0)])
    [(0.0, 2.0), (3.0, 4.0)]
    """
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _number(x: float) -> str:
    return f"{x:.3f}".rstrip("0").rstrip(".")
