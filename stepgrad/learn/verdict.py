"""What the checker says: a `Verdict` shows itself as a sentence, in a notebook with a mark of its colour."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_MARKS = {True: ("✓", "#1a7f4b"), False: ("✗", "#b3261e"), None: ("…", "#5f6b7a")}


@dataclass(frozen=True, repr=False)
class Verdict:
    """What is said of an answer. Two verdicts are equal if all that they say is.

    Attributes:
        right: whether the answer is right; None if there is none yet.
        code: what was found, in one word, such as ``right``, ``unanswered``, ``assign``.
        message: what was probably done, then one question; never the answer.
        evidence: the smallest case that shows it, such as ``b = a + a: yours 1, right 2``.
        look: where to look.

    >>> Verdict(False, "sign", "The sign is wrong.", evidence="at x = -1 yours is 1")
    ✗ The sign is wrong.
      at x = -1 yours is 1
    """

    right: bool | None
    code: str
    message: str
    evidence: str = ""
    look: str = ""

    def __bool__(self) -> bool:
        """Whether the answer is right."""
        return self.right is True

    def __repr__(self) -> str:
        mark, _ = _MARKS[self.right]
        lines = [f"{mark} {self.message}", *(f"  {line}" for line in (self.evidence, self.look) if line)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        mark, color = _MARKS[self.right]
        more = "".join(
            f'<div style="margin-left:1.6em;font-family:ui-monospace,monospace">{escape(line)}</div>'
            for line in (self.evidence, self.look)
            if line
        )
        return (
            f'<div style="border-left:4px solid {color};padding:2px 0 2px 10px;max-width:44em">'
            f'<b style="color:{color}">{mark}</b> {escape(self.message)}{more}</div>'
        )


@dataclass(frozen=True, repr=False)
class Hint:
    """One of three hints: the rule, the numbers, the answer. It shows itself as its text."""

    level: int
    text: str

    def __repr__(self) -> str:
        return f"({self.level}/3) {self.text}"
