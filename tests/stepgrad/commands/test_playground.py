"""``stepgrad playground``: it serves the files of one folder to this machine, or says how to get them."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from terminal import refused, typed

from stepgrad.commands import playground
from stepgrad.serving import Server

ROOT = Path(__file__).resolve().parents[3]
FILES = {"index.html": "text/html; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
FILES |= {"pyodide.asm.wasm": "application/wasm", "a-1-py3-none-any.whl": "application/octet-stream"}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "playground"
    (made / "inner").mkdir(parents=True)
    for name in FILES:
        (made / name).write_text(f"in {name}")
    (made / "inner" / "file.txt").write_text("inner")
    (made / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("secret")
    return made


@pytest.fixture
def server(folder):
    with Server(folder) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def asked(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("name", FILES)
def test_files_have_the_types_that_a_browser_asks_for(server, name):
    assert asked(server, f"/{name}") == (200, FILES[name], f"in {name}")


@pytest.mark.parametrize("path", ["/", "/index.html?a=b", "/index%2Ehtml"])
def test_the_page_is_what_one_gets_first(server, path):
    assert asked(server, path)[::2] == (200, "in index.html")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "//secret.txt",
        "/link.txt",
        "/inner/file.txt",
        "/inner",
        "/no.html",
        "/.",
    ],
)
def test_nothing_else_is_served(server, path):
    status, _, text = asked(server, path)
    assert status == 404 and "secret" not in text.replace(path, "") and "inner" not in text.replace(path, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_it_answers_get_alone(server, method):
    assert asked(server, "/index.html", method)[0] == 501


def test_a_page_of_another_host_gets_nothing(server):
    assert asked(server, "/index.html", Host=f"localhost:{server.server_port}")[0] == 200
    assert asked(server, "/index.html", Host=f"evil.example:{server.server_port}")[0] == 404


def test_it_listens_to_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1" and server.address == f"http://127.0.0.1:{server.server_port}/"


def test_a_port_that_is_taken_is_one_clear_sentence(capsys, monkeypatch, folder, server):
    monkeypatch.setattr(playground, "site", lambda: folder)
    said = refused(capsys, "playground", "--port", server.server_port)
    assert f"cannot serve at port {server.server_port}: address already in use; choose another --port" in said


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_what_is_no_port_is_one_clear_sentence(capsys, port):
    assert "expected a port" in refused(capsys, "playground", f"--port={port}")


def test_without_a_playground_it_says_how_to_get_one(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(playground, "CHECKOUT", tmp_path)
    monkeypatch.setattr(playground, "PACKAGE", "no_such_package")
    said = refused(capsys, "playground")
    assert "`make playground` builds it" in said and "pip installs" in said


def test_it_finds_that_of_the_checkout_and_that_of_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(playground, "CHECKOUT", tmp_path / "checkout")
    monkeypatch.setattr(playground, "PACKAGE", "some_playground")
    monkeypatch.syspath_prepend(tmp_path)
    installed, built = tmp_path / "some_playground" / "site", tmp_path / "checkout" / "build" / "playground"
    for page in (installed, built):
        page.mkdir(parents=True)
        (page / "index.html").touch()
    (installed.parent / "__init__.py").touch()
    assert playground.site() == installed
    (tmp_path / "checkout" / "playground").mkdir()
    (tmp_path / "checkout" / "playground" / "build.py").touch()
    assert playground.site() == built


@pytest.mark.parametrize("looks", [True, False])
def test_it_opens_the_browser_if_somebody_looks(capsys, monkeypatch, folder, looks):
    opened = []
    monkeypatch.setattr(playground, "site", lambda: folder)
    monkeypatch.setattr("autograd.trace.browser.somebody_looks", lambda: looks)
    monkeypatch.setattr("webbrowser.open", lambda address, new=0: opened.append(address) or True)
    monkeypatch.setattr(Server, "serve_forever", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    code, out, err = typed(capsys, "playground")
    assert (code, err) == (0, "") and out.endswith("\nThe playground has ended.\n")
    assert opened == ([re.search(r"http://\S+", out)[0]] if looks else [])
    assert typed(capsys, "playground", "--no-browser")[0] == 0 and len(opened) == looks


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_ends_it_without_a_traceback(folder):
    program = (
        "import pathlib, sys\nfrom stepgrad.commands import playground\nfrom stepgrad.cli import main\n"
        f"playground.site = lambda: pathlib.Path({str(folder)!r})\nsys.exit(main(['playground', '--no-browser']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "The playground is at http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "") and "The playground has ended." in out
