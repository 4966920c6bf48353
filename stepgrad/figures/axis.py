"""An axis: from numbers of any size to places between 0 and 1, with ticks at round numbers.

Numbers with more than five digits before or after the point are counted in powers of ten, and those that differ only in
late digits from a round number beside them; the `note` says so.

    >>> axis = Axis.around([-2.0, 3.0], whole=True)
    >>> axis.ticks(300, 30)
    [(0.0, '−2'), (0.2, '−1'), (0.4, '0'), (0.6, '1'), (0.8, '2'), (1.0, '3')]
    >>> Axis.around([1e9, 3e9]).note
    '×10⁹'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from autograd.text.labels import text_width
from stepgrad.figures.strokes import SIZE

MOST_DIGITS = 5
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FAR = 1e6  # beyond this many lengths of the axis nothing is told apart, so that no coordinate overflows


def signed(text: str) -> str:
    """A number with the sign that is as wide as a plus."""
    return text.replace("-", "−")


def power(exponent: int) -> str:
    """A power of ten.

    >>> power(-6)
    '10⁻⁶'
    """
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def short(number: float) -> str:
    """A number with three digits.

    >>> short(-0.25), short(1234567.0), short(1e-9), short(float("nan"))
    ('−0.25', '1.23×10⁶', '1×10⁻⁹', 'nan')
    """
    text = f"{number:.3g}"
    if "e" in text and math.isfinite(number):
        if 1e3 <= abs(number) < 10**MOST_DIGITS:
            return signed(f"{number:.0f}")
        mantissa, exponent = text.split("e")
        return signed(f"{mantissa}×{power(int(exponent))}")
    return signed(text)


def _shifted(number: float, exponent: int) -> float:
    """A number divided by a power of ten, which may be too large or too small for a float."""
    for part in (300, 24):
        if abs(exponent) > 300:
            step = part if exponent > 0 else -part
            number, exponent = (number / 10.0**step if step > 0 else number * 10.0**-step), exponent - step
    return number / 10.0**exponent if exponent >= 0 else number * 10.0**-exponent


@dataclass(frozen=True)
class Axis:
    """A part of the real line, of a linear or a logarithmic scale.

    Attributes:
        low, high: its ends, in its own unit: ``(number - base) / 10**exponent``, or the logarithm.
        exponent, base: of that unit.
        log: whether the scale is logarithmic.
        whole: whether ticks stand at whole numbers only.
    """

    low: float
    high: float
    exponent: int = 0
    base: float = 0.0
    log: bool = False
    whole: bool = False

    @classmethod
    def around(
        cls,
        numbers: Iterable[float],
        *,
        log: bool = False,
        margin: float = 0.0,
        whole: bool = False,
        limits: tuple[float | None, float | None] = (None, None),
    ) -> Axis:
        """The axis on which all finite numbers have a place, with a margin as a part of its length.

        On a logarithmic scale these are the positive ones. `limits` stand instead of the lowest and the highest. With
        `whole`, ticks are at whole numbers if there are two.
        """
        finite = [x for x in numbers if math.isfinite(x) and (x > 0 or not log)]
        low, high = min(finite, default=1.0 if log else 0.0), max(finite, default=1.0)
        low, high = (low if limits[0] is None else limits[0]), (high if limits[1] is None else limits[1])
        if low > high:  # all numbers are beyond the limit
            low, high = (low, low) if limits[0] is not None else (high, high)
        if log:
            start, end = math.log10(low), math.log10(high)
            if end - start < 1e-9:
                start, end = start - 0.5, end + 0.5
            return cls._padded(cls(start, end, log=True), margin, limits)
        # In units of the largest, so that no difference is too large or too small for a float.
        exponent = math.floor(math.log10(max(abs(low), abs(high)) or 1.0))
        start, end = _shifted(low, exponent), _shifted(high, exponent)
        base, span = 0.0, end - start
        if span <= 1e-12:  # one number, but for rounding
            around = (abs(start) or 1.0) / 4
            start, end = start - around, end + around
        elif span < 10.0**-MOST_DIGITS:
            step = 10.0 ** math.ceil(math.log10(high - low))
            base = float(f"{math.floor(low / step) * step:.15g}")
            exponent = math.floor(math.log10(max(abs(low - base), abs(high - base))))
            start, end = _shifted(low - base, exponent), _shifted(high - base, exponent)
        if -4 < exponent < MOST_DIGITS:
            start, end, exponent = start * 10.0**exponent, end * 10.0**exponent, 0
        if not base and not exponent and span > 1e-12:
            start, end = low, high
        return cls._padded(
            cls(start, end, exponent, base, whole=whole and not exponent and end - start >= 1), margin, limits
        )

    @staticmethod
    def _padded(axis: Axis, margin: float, limits: tuple[float | None, float | None]) -> Axis:
        pad = margin * (axis.high - axis.low)
        low, high = axis.low - pad * (limits[0] is None), axis.high + pad * (limits[1] is None)
        return Axis(low, high, axis.exponent, axis.base, axis.log, axis.whole)

    def place(self, number: float) -> float:
        """Where a number is: 0 at the low end, 1 at the high one; nan for what has no place."""
        if not math.isfinite(number) or (self.log and number <= 0):
            return math.nan
        unit = math.log10(number) if self.log else _shifted(number - self.base, self.exponent)
        return max(-_FAR, min((unit - self.low) / (self.high - self.low), _FAR))

    def number(self, place: float) -> float:
        """The number at a place."""
        unit = self.low + place * (self.high - self.low)
        return 10.0**unit if self.log else _shifted(unit, -self.exponent) + self.base

    @property
    def note(self) -> str:
        """What to do with the numbers at the ticks to get those meant: ``×10⁹``; empty for nothing."""
        if self.log:
            inner = self._linear()
            return inner.note if inner else ""
        times = f"×{power(self.exponent)}" if self.exponent else ""
        return f"{times} + {signed(f'{self.base:.15g}')}".strip() if self.base else times

    def ticks(self, length: float, apart: float = 0.0, most: int = 0) -> list[tuple[float, str]]:
        """As many ticks as have room, each with its place and its words.

        Args:
            length: of the axis, in pixels.
            apart: the pixels from tick to tick; 0 for words that stand beside each other.
            most: how many there may be; 0 for as many as look well.
        """
        found: list[tuple[float, str]] = []
        for ticks in self._candidates(dense=most > 0):
            places = [place * length for place, _ in ticks]
            rooms = [
                apart or (text_width(one, SIZE) + text_width(other, SIZE)) / 2 + 8
                for (_, one), (_, other) in pairwise(ticks)
            ]
            if all(b - a >= room for a, b, room in zip(places, places[1:], rooms, strict=False)):
                # Two are too many for a short axis, but one says nothing about the scale.
                if len(ticks) > 1 or not found:
                    found = ticks
                if len(found) <= (most or max(2.0, length / (apart or (34.0 if self.log else 44.0)) + 1)):
                    break
        return found

    def _candidates(self, dense: bool = False) -> Iterator[list[tuple[float, str]]]:
        """Sets of ticks, the densest first."""
        if not self.log:
            yield from self._round_numbers()
            return
        inner = self._linear()
        if inner:
            for ticks in inner._round_numbers():
                numbers = [(inner.number(place), label) for place, label in ticks]
                yield [(self.place(number), label) for number, label in numbers if number > 0]
            return
        first, last = math.floor(self.low), math.ceil(self.high)
        if self.high - self.low < 3 or dense:
            for digits in ((1, 2, 5), (1, 3)):
                yield self._among([(k + math.log10(d), k, d) for k in range(first, last + 1) for d in digits])
        for step in (1, 2, 3, 5, 10, 20, 50, 100, 200):
            yield self._among([(k, k, 1) for k in range(first, last + 1) if k % step == 0])

    def _linear(self) -> Axis | None:
        """The linear axis over the same numbers, if they are so near to each other that powers of ten say nothing."""
        return Axis.around([10.0**self.low, 10.0**self.high]) if self.high - self.low < 0.8 else None

    def _among(self, candidates: list[tuple[float, int, int]]) -> list[tuple[float, str]]:
        kept = [(unit, k, digit) for unit, k, digit in candidates if self.low - 1e-9 <= unit <= self.high + 1e-9]
        plain = all(-4 < k < MOST_DIGITS for _, k, _ in kept)
        ticks = []
        for unit, k, digit in kept:
            words = f"{digit * 10.0**k:.{max(0, -k)}f}" if plain else power(k) if digit == 1 else f"{digit}×{power(k)}"
            ticks.append((min(1.0, max(0.0, (unit - self.low) / (self.high - self.low))), words))
        return ticks

    def _round_numbers(self) -> Iterator[list[tuple[float, str]]]:
        """Multiples of 1, 2 and 5 times a power of ten."""
        span = self.high - self.low
        least = math.floor(math.log10(span)) - 2
        for k in range(max(0, least) if self.whole else least, least + 5):
            for digit in (1, 2, 5):
                step = digit * 10.0**k
                slack = 1e-9 * span / step
                first, last = math.ceil(self.low / step - slack), math.floor(self.high / step + slack)
                if last - first > 60:
                    continue
                ticks = []
                for index in range(first, last + 1):
                    unit = float(f"{index * digit}e{k}")
                    place = min(1.0, max(0.0, (unit - self.low) / span))
                    ticks.append((round(place, 12), signed(f"{unit:.{max(0, -k)}f}")))
                yield ticks
