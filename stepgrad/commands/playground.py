"""``stepgrad playground``: write Python in the browser, run it there, and step through it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from stepgrad.argument_types import port
from stepgrad.commands import Command
from stepgrad.errors import UsageError, reason
from stepgrad.printing import echo

PACKAGE = "stepgrad_playground"
CHECKOUT = Path(__file__).resolve().parents[2]


def add_arguments(parser: ArgumentParser) -> None:
    """The port, and whether the browser opens."""
    parser.add_argument("--port", type=port, default=0, help="of this machine to serve at (default: one that is free)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")


def run(options: Namespace) -> None:
    """Serve the playground to this machine until Ctrl-C."""
    from autograd.trace.browser import somebody_looks
    from stepgrad.serving import Server

    folder = site()
    try:
        server = Server(folder, options.port)
    except OSError as error:
        raise UsageError(f"cannot serve at port {options.port}: {reason(error)}; choose another --port") from None
    with server:
        try:
            echo(f"The playground is at {server.address}  (Ctrl-C ends it)")
            sys.stdout.flush()  # a program that reads this waits for it
            if not options.no_browser and somebody_looks():
                _open(server.address)
            server.serve_forever()
        except KeyboardInterrupt:
            echo("", "The playground has ended.")


def site() -> Path:
    """The folder of the playground: of a checkout the one that was built, else that of the installed package.

    Raises:
        UsageError: if there is neither.
    """
    from importlib.util import find_spec

    built = CHECKOUT / "build" / "playground"
    if (CHECKOUT / "playground" / "build.py").is_file() and (built / "index.html").is_file():
        return built
    spec = find_spec(PACKAGE)
    if spec and spec.origin and (Path(spec.origin).parent / "site" / "index.html").is_file():
        return Path(spec.origin).parent / "site"
    raise UsageError(
        "the playground is not here: in a checkout of Stepgrad `make playground` builds it, and a wheel beside it, "
        "build/stepgrad_playground-*.whl, that pip installs"
    )


def _open(address: str) -> None:
    import webbrowser

    try:
        webbrowser.open(address, new=2)
    except (webbrowser.Error, OSError):
        echo("There is no browser here: open the address in one.")


COMMAND = Command(
    add_arguments,
    run,
    help="write Python in the browser, run it there and step through it",
    example="stepgrad playground",
    order=4,
)
