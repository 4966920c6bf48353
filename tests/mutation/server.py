"""Runs pytest again and again, each time in a fork of a process that has done the slow imports already.

Reads one line for each run, a JSON object with the options of pytest and the arguments of `plugin.Chosen` or
`plugin.Measuring`; writes two, the process and then its exit code. What pytest prints goes to the file output.txt.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from contextlib import suppress

# Used by the tests and never broken.
SLOW_IMPORTS = [
    "hypothesis.stateful",
    "numpy",
    "matplotlib.figure",
    "torch",
    "sklearn",
    "sklearn.linear_model",
    "mpmath",
]


def serve() -> None:
    import pytest
    from plugin import Chosen, Measuring

    for name in SLOW_IMPORTS:
        with suppress(ImportError):
            importlib.import_module(name)
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
                request = json.loads(line)
                plugin = Measuring(**request["measured"]) if "measured" in request else Chosen(**request["chosen"])
                if "measured" in request:  # what is marked is compiled for this run alone
                    sys.dont_write_bytecode, sys.pycache_prefix = True, "nowhere"
                code = int(pytest.main(request["options"], plugins=[plugin]))
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
