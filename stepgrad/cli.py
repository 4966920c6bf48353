"""`main` is the command ``stepgrad``. It imports nothing before it is ready to answer Ctrl-C in one line."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for wrong input, or 130 after Ctrl-C.

    SIGTERM ends the process with 143, after unfinished files have been removed.
    """
    try:
        from stepgrad.running import run

        return run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        sys.stderr.write("stepgrad: interrupted\n")
        return 130
