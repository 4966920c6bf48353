"""What `make playground` writes: how large it is, what its policy allows, and that it is the same every time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "playground" / "source"

pytestmark = pytest.mark.browser  # it makes what a browser runs, with tools that come for that


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "npm" not in path.parts
    }


def test_without_npm_it_is_one_clear_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "playground" / "build.py", tmp_path],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert done.returncode == 1 and done.stdout == "" and list(tmp_path.iterdir()) == []
    assert re.fullmatch(r"playground/build\.py: npm was not found; it comes with Node, .*\n", done.stderr)


def test_sizes(built):
    assert (built / "stepgrad-playground.html").stat().st_size <= 10_000_000
    assert sum(path.stat().st_size for path in (built / "playground").iterdir()) <= 16_000_000
    (wheel,) = built.glob("stepgrad_playground-*.whl")
    assert wheel.stat().st_size <= 8_000_000


def test_the_same_files_give_the_same_playground(built, builder, tmp_path):
    (tmp_path / "npm").symlink_to(built / "npm")
    builder.build(tmp_path)
    before, now = digests(built), digests(tmp_path)
    assert len(now) > 10 and now == before


def test_a_build_that_fails_leaves_the_earlier_one(built, builder, monkeypatch):
    before = digests(built)
    monkeypatch.setattr(builder, "wheels", lambda folder: {})  # which takes long
    monkeypatch.setattr(builder, "data_wheel", lambda *_: (_ for _ in ()).throw(builder.BuildError("no")))
    with pytest.raises(builder.BuildError):
        builder.build(built)
    assert digests(built) == before and not [*built.glob("unfinished-*")]


@pytest.mark.parametrize("name", ["playground/index.html", "stepgrad-playground.html"])
def test_the_policy_allows_no_inline_script_and_no_other_host(built, name):
    text = (built / name).read_text(encoding="utf-8")
    policy = dict(rule.split(" ", 1) for rule in re.search(r'Security-Policy" content="([^"]*)"', text)[1].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == ("'self'" if "/" in name else "'none'") and policy["worker-src"] == "blob:"
    assert policy["img-src"] == "data:"
    scripts = policy["script-src"].split()
    assert all(re.fullmatch(r"'self'|blob:|'wasm-unsafe-eval'|'sha256-[\w+/]+='", one) for one in scripts), scripts
    assert ("'self'" in scripts) == ("/" in name)
    assert not re.search(r'(src|href)="(https?:)?//', text[:20_000])


def test_the_wheel_has_the_folder(built):
    (wheel,) = built.glob("stepgrad_playground-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name.removeprefix("stepgrad_playground/site/"): archive.read(name) for name in archive.namelist()}
    for path in (built / "playground").iterdir():
        assert held[path.name] == path.read_bytes()
    assert b"Version: " in held[next(name for name in held if name.endswith("/METADATA"))]


def test_the_lock_file_names_no_host_to_download_from():
    lock = json.loads((ROOT / "playground" / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        if name:
            assert "integrity" in package
            assert package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")


def test_the_version_of_python_is_that_of_the_tests_in_webassembly():
    tested = json.loads((ROOT / "tests" / "pyodide" / "package.json").read_text())
    used = json.loads((ROOT / "playground" / "package.json").read_text())
    assert used["dependencies"]["pyodide"] == tested["dependencies"]["pyodide"]


def test_every_message_is_there_in_each_language_and_said():
    table = json.loads((SOURCE / "messages.json").read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in [*SOURCE.glob("*.js"), SOURCE / "index.html"])
    for key, message in table.items():
        assert list(message) == ["en", "zh"] and all(message.values())
        assert {*re.findall(r"\{\w+\}", message["en"])} == {*re.findall(r"\{\w+\}", message["zh"])}
        is_made = key.startswith(("example.", "state.", "left."))  # from a name and the rest
        assert is_made or f'"{key}"' in code, f"nothing says {key}"
    for key in re.findall(r'(?:\bsay|sayOn|showNotice|note|LinkError)\((?:\w+(?:\.\w+)*, )?"([\w.]+)"', code):
        assert key in table
    page = (SOURCE / "index.html").read_text(encoding="utf-8")
    for key in re.findall(r'data-say(?:-label|-title)?="([\w.]+)"', page):
        assert key in table
