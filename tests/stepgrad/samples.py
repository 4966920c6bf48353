"""Tables to learn from."""

from __future__ import annotations

import random

ROWS = [("red", 1.5, "yes"), ("blue", -0.5, "no"), ("red", 2.5, "yes"), ("blue", -1.5, "no")]


def colors(count=40, header="color,size,ripe"):
    """The text of a table whose color alone says whether something is ripe."""
    generator = random.Random(0)
    lines = [f"{c},{s + generator.gauss(0, 0.1):.4f},{r}" for c, s, r in ROWS * (count // 4)]
    return "\n".join([header, *lines]) + "\n"


ENOUGH = colors()

# Tables from which 'ripe' cannot be learned, each with what is said of it.
WRONG = {
    "empty": ("", "is empty"),
    "blank": ("\n\n", "is empty"),
    "header only": ("color,size,ripe\n", "has a header but no rows"),
    "no header": ("1,2,3\n4,5,6\n", "line 1 holds numbers only"),
    "no such target": (ENOUGH.replace("ripe", "rype"), "has no column 'ripe'; did you mean 'rype'"),
    "ragged": (ENOUGH + "red,1.0\n", "line 42 has 2 fields, but the header has 3"),
    "too long": (ENOUGH + "red,1.0,yes,7\n", "line 42 has 4 fields"),
    "unnamed column": (ENOUGH.replace("size", " "), "column 2 has no name"),
    "two of one name": (ENOUGH.replace("size", "color"), "columns 1 and 2 are both called 'color'"),
    "text among numbers": (ENOUGH + "red,big,yes\n", "line 42, column 'size' is 'big', which is not a number"),
    "nan": (ENOUGH + "red,nan,yes\n", "line 42, column 'size' is 'nan': the value is missing"),
    "infinity": (ENOUGH + "red,inf,yes\n", "line 42, column 'size' is 'inf', which is not a number"),
    "empty text": (ENOUGH + ",1.0,yes\n", "line 42, column 'color' is '': the value is missing"),
    "no target in a row": (ENOUGH + "red,1.0,\n", "line 42, column 'ripe' is '': the value is missing"),
    "empty column": ("x,size,ripe\n" + ",1,yes\n,2,no\n" * 20, "column 'x' of"),
    "one class": (ENOUGH.replace("no", "yes"), "one class only, 'yes'"),
    "a class of one": (ENOUGH + "red,1.0,maybe\n", "class 'maybe' of column 'ripe' occurs in 1 of 41 rows"),
    "a constant number": ("x,ripe\n" + "\n".join(f"{k},0.5" for k in range(40)), "'ripe' of"),
    "few rows": (colors(8), "has 8 rows to learn from; at least 10"),
    "names": (
        "id,ripe\n" + "\n".join(f"n{k},{'yes' if k % 2 else 'no'}" for k in range(40)),
        "leave it out with --ignore",
    ),
    "a text target of many": ("x,ripe\n" + "\n".join(f"{k},n{k}" for k in range(40)), "too many to be classes"),
    "target alone": ("ripe\n" + "yes\nno\n" * 20, "has no column but 'ripe' left"),
    "open quote": (
        ENOUGH + '"red,1.0,yes\n',
        "line 42: a quote opens in the row that begins there and is never closed",
    ),
    "open quote above": (ENOUGH.replace("\nred", '\n"red', 1), "line 2: a quote opens in the row that begins there"),
    "quote closed late": ("\n" + ENOUGH.replace("\nred", '\n"red', 1) + 'red"x,1.0,yes\n', "row begins on line 3"),
    "a quote over lines": (ENOUGH + '"re\nd",1.0\n', "line 43, with which a row ends that begins on line 42, has 2"),
    "a huge number": (ENOUGH + "red,1e308,yes\n", "line 42, column 'size' is '1e308', which is too large to compute"),
    "huge numbers": (ENOUGH + "red,1e308,yes\nred,-1e308,yes\n", "line 42, column 'size' is '1e308', which is too"),
    "overflow": (ENOUGH + "red,3e308,yes\n", "line 42, column 'size' is '3e308', which is too large"),
    "a target that overflows": (
        "x,ripe\n" + "\n".join(f"{k},{k}e307" for k in range(1, 40)),
        "line 2, column 'ripe' is '1e307', which is too large",
    ),
    "decimal commas": (
        "x;ripe\n" + "\n".join(f"{k},{k % 3};{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '0,0', which looks like a number with a decimal comma, as 40 of 40 fields in this "
        "column do; write decimal points, or pass --text 'x'",
    ),
    "decimal commas in the target": (
        "x;ripe\n" + "\n".join(f"{k};{k % 5},{k % 3}" for k in range(40)),
        "line 2, column 'ripe' is '0,0', which looks like a number with a decimal comma, as 40 of 40 fields in this "
        "column do; write decimal points, or pass --task classification",
    ),
    "percent signs": (
        "x,ripe\n" + "\n".join(f"{k % 9}%,{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '0%', which looks like a number with a percent sign",
    ),
    "thousands separators": (
        "x,ripe\n" + "\n".join(f"{k % 9 + 1} 000,{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '1 000', which looks like a number with a thousands separator",
    ),
    "numbers but for some": (
        "x,ripe\n" + "\n".join(f"{k if k % 5 else 'abc'},{'yes' if k % 2 else 'no'}" for k in range(1, 41)),
        "line 6, column 'x' is 'abc', but 32 of 40 fields in this column are numbers; mend the 8 others, or pass "
        "--text 'x' to read the column as text",
    ),
    "NUL": (ENOUGH + "re\0d,1.0,yes\n", "line 42 holds a NUL character"),
}
