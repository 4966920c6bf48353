"""Serve one folder of files to the browser of this machine, and nothing else to nobody else."""

from __future__ import annotations

import http.server
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADDRESS = "127.0.0.1"
"""The loopback interface: other machines cannot connect to it."""

# What Python's own table lacks, or takes from the registry of the system, where it may be anything.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers GET with a file of the folder itself, and everything else with an error."""

    folder: Path
    names: frozenset[str]
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a file, if the folder has one of that name."""
        name = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
        # A page of another host, whose name leads here, could read what is served.
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        if name not in self.names or host not in (ADDRESS, "localhost"):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            data = (self.folder / name).read_bytes()
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", TYPES.get(Path(name).suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the terminal is the user's."""


class Server(http.server.ThreadingHTTPServer):
    """Serves the files of a folder, but not of folders in it, at a port of this machine.

    Args:
        folder: with the files; those that are there now are served.
        port: of the address; 0 for one that is free.

    Raises:
        OSError: if the port is taken or not allowed, or the folder cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
    ...     server.address.rstrip("0123456789/")
    'http://127.0.0.1:'
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        names = frozenset(file.name for file in folder.iterdir() if file.is_file() and not file.is_symlink())
        handler = type("_Handler", (_Handler,), {"folder": folder, "names": names})
        super().__init__((ADDRESS, port), handler)

    @property
    def address(self) -> str:
        """Where the folder is."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def handle_error(self, *_: object) -> None:
        """A browser that has gone before its answer is nobody's mistake."""
