"""Runs pytest again and again, each time in a fork of a process that has done the slow imports already.

Reads one line for each run, a JSON list of arguments; writes two, the process and then its exit code. What pytest
prints goes to the file output.txt.
"""

import json
import os
import sys
import traceback


def serve() -> None:
    import hypothesis.stateful  # noqa: F401
    import numpy  # noqa: F401
    import pytest

    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            os.setsid()
            output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            code = 3
            try:
                code = int(pytest.main(json.loads(line)))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                sys.stdout.flush()
                os._exit(code)
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
