"""Build the playground: a folder for any web server, the same page as one file, and a wheel with the folder.

    python playground/build.py [FOLDER]

In FOLDER, `build` if none is given, it writes `playground/`, `stepgrad-playground.html` and
`stepgrad_playground-VERSION-py3-none-any.whl`: all three or, if anything fails, none.

Python in WebAssembly, the editor and the tool that joins the scripts come from npm, at the versions of
`package-lock.json`; what npm brings is kept in `FOLDER/npm`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
FOLDER, ONE_FILE = "playground", "stepgrad-playground.html"
PYODIDE = ("pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
LICENSES = "licenses.txt"
# Pyodide refuses threads that can load scripts the old way, since it loads one itself; here it is in the same script.
# The other kind of thread does not start from a file.
NO_IMPORTS = "self.importScripts = undefined;"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
STAMP = {"SOURCE_DATE_EPOCH": "315532800"}  # the same files give the same wheel


class BuildError(Exception):
    """Why the playground cannot be built, in one sentence."""


def build(target: Path) -> dict[str, Path]:
    """Build all three in a folder; returns where they are."""
    target.mkdir(parents=True, exist_ok=True)
    modules = packages_of_npm(target / "npm")
    with TemporaryDirectory(prefix="unfinished-", dir=target) as unfinished:
        new = Path(unfinished)
        files = {**wheels(new / "wheels"), **pyodide(modules), "worker.js": bundle("worker.js", modules, NO_IMPORTS)}
        page = bundle("page.js", modules)
        files[LICENSES] = licenses(modules)
        info = json.loads((modules / "pyodide" / LOCK).read_text())["info"]
        write_folder(new / FOLDER, page, files, info)
        (new / ONE_FILE).write_text(one_file(page, files, info), encoding="utf-8")
        wheel = data_wheel(new, new / FOLDER)
        return {path.name: moved(path, target / path.name) for path in (new / FOLDER, new / ONE_FILE, wheel)}


def moved(path: Path, target: Path) -> Path:
    """Move a file or a folder to where one of an earlier build may be."""
    if target.is_dir():
        before = path.with_name(f"{path.name}.before")
        target.rename(before)  # a folder is no target of a rename
        shutil.rmtree(before)
    path.replace(target)
    return target


# ---------------------------------------------------------------------- what it is made of


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """The output of a command; what it complains of, if it fails."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env={**os.environ, **(environment or {})}
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildError(f"{Path(command[0]).name} failed:\n{said}")
    return done.stdout


def packages_of_npm(folder: Path) -> Path:
    """The packages of the lock file, installed in a folder; their scripts do not run."""
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm was not found; it comes with Node, and has Python in WebAssembly, the editor and esbuild")
    wanted = (HERE / "package-lock.json").read_bytes()
    kept = folder / "package-lock.json"
    modules = folder / "node_modules"
    if not (kept.is_file() and kept.read_bytes() == wanted and (modules / "installed").is_file()):
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
        run(npm, "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund")
        (modules / "installed").touch()
    return modules


def pyodide(modules: Path) -> dict[str, bytes]:
    """Python in WebAssembly and its standard library."""
    return {name: (modules / "pyodide" / name).read_bytes() for name in PYODIDE}


def wheels(folder: Path) -> dict[str, bytes]:
    """The wheel of the project, and of what it needs in the browser."""
    run(*PIP, "wheel", "--no-deps", "--wheel-dir", folder, HERE.parent, environment=STAMP)
    needed = HERE / "requirements.txt"
    run(*PIP, "download", "--no-deps", "--only-binary", ":all:", "--dest", folder, "--require-hashes", "-r", needed)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.whl"))}


def bundle(entry: str, modules: Path, before: str = "") -> bytes:
    """A script and all that it imports, as one, after some code."""
    inframe = (SOURCE / "inframe.js").read_text(encoding="utf-8")
    known = json.dumps({"code": inframe, "hash": digest(inframe)})
    esbuild = modules / ".bin" / "esbuild"
    options = (
        "--bundle",
        "--format=iife",
        "--minify",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=error",
        "--target=es2022",
    )
    loaders = ("--loader:.py=text", "--external:node:*", "--external:ws")
    names = {"NODE_PATH": str(modules)}
    script = run(esbuild, SOURCE / entry, f"--define:INFRAME={known}", *options, *loaders, environment=names)
    return f"{before}{script}".encode()


def licenses(modules: Path) -> bytes:
    """Under which the packages may be passed on, from the packages themselves."""
    texts = ["pyodide has CPython and its standard library in it: PSF-2.0, https://docs.python.org/3/license.html"]
    for name, package in sorted(json.loads((HERE / "package-lock.json").read_text())["packages"].items()):
        if name and not package.get("dev") and not package.get("optional"):
            folder = modules / name.removeprefix("node_modules/")
            text = next((file.read_text(encoding="utf-8") for file in sorted(folder.glob("LICENSE*"))), "")
            texts.append(f"{name.removeprefix('node_modules/')} {package['version']}: {package['license']}\n\n{text}")
    return "\n\n".join(texts).encode()


# ---------------------------------------------------------------------- the page


def digest(text: str | bytes) -> str:
    """The hash by which a policy knows a script."""
    data = text.encode() if isinstance(text, str) else text
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def policy(*, scripts: str, connections: str, styles: str = "") -> str:
    """What the page may load and run.

    Beside its own script that is: the script of a frame, by its hash; the script of a stepper, which the frame makes
    from a text (blob:); WebAssembly, and the thread that it runs in. The frames inherit all that, and are written with
    style attributes, so styles are not told apart. Pictures are in the page.
    """
    inframe = digest((SOURCE / "inframe.js").read_text(encoding="utf-8"))
    rules = {
        "default-src": "'none'",
        "script-src": f"{scripts} 'sha256-{inframe}' blob: 'wasm-unsafe-eval'",
        "style-src": f"{styles} 'unsafe-inline'".strip(),
        "img-src": "data:",
        "worker-src": "blob:",
        "connect-src": connections,
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def page_of(**parts: Any) -> str:
    """The page, with what its two forms have each for themselves."""
    return Template((SOURCE / "index.html").read_text(encoding="utf-8")).substitute(parts)


def in_page(value: Any) -> str:
    """JSON that cannot end its script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def write_folder(folder: Path, page: bytes, files: Mapping[str, bytes], info: Mapping[str, str]) -> None:
    """The page with its files beside it."""
    folder.mkdir()
    style = (SOURCE / "style.css").read_bytes()
    for name, data in {**files, "page.js": page, "style.css": style}.items():
        (folder / name).write_bytes(data)
    text = page_of(
        policy=policy(scripts="'self'", styles="'self'", connections="'self'"),
        style='<link rel="stylesheet" href="style.css">',
        parts=in_page({**dict.fromkeys(name for name in files if name != LICENSES), LOCK: info}),
        scripts='<script src="page.js"></script>',
    )
    (folder / "index.html").write_text(text, encoding="utf-8")


def one_file(page: bytes, files: Mapping[str, bytes], info: Mapping[str, str]) -> str:
    """The page with its files in it, each compressed, in base64."""
    script = page.decode().replace("</script", "<\\/script")
    parts = "\n".join(
        f'<script type="text/plain" data-part="{name}">{base64.b64encode(packed(name, data)).decode()}</script>'
        for name, data in files.items()
    )
    return page_of(
        policy=policy(scripts=f"'sha256-{digest(script)}'", connections="'none'"),
        style=f"<style>{(SOURCE / 'style.css').read_text(encoding='utf-8')}</style>",
        parts=in_page({**dict.fromkeys(name for name in files if name != LICENSES), LOCK: info}),
        scripts=f"{parts}\n<script>{script}</script>",
    )


def packed(name: str, data: bytes) -> bytes:
    """A file compressed. The files in an archive are compressed together, which is a tenth smaller than one by one."""
    if name.endswith((".zip", ".whl")):
        data = stored(data)
    return gzip.compress(data, 9, mtime=0)


def stored(archive: bytes) -> bytes:
    """The same archive with its files as they are, those of a kind beside each other."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda name: (re.sub(r".*\.", "", name), name)):
            new.writestr(zipfile.ZipInfo(name), old.read(name))
    return result.getvalue()


def data_wheel(folder: Path, site: Path) -> Path:
    """The wheel of the package `stepgrad_playground`, with the folder in it."""
    project = folder / "package"
    package = project / "stepgrad_playground"
    shutil.copytree(site, package / "site")
    version = re.search(r'^__version__ = ".+"', (HERE.parent / "autograd" / "__init__.py").read_text(), re.MULTILINE)
    assert version
    about = (HERE / "stepgrad_playground" / "__init__.py").read_text(encoding="utf-8")
    (package / "__init__.py").write_text(f"{about}\n{version[0]}\n", encoding="utf-8")
    for name in ("pyproject.toml", "README.md"):
        shutil.copyfile(HERE / name, project / name)
    shutil.copyfile(HERE.parent / "LICENSE", project / "LICENSE")
    run(*PIP, "wheel", "--no-deps", "--wheel-dir", folder, project, environment=STAMP)
    (wheel,) = folder.glob("*.whl")
    return wheel


if __name__ == "__main__":
    try:
        built = build(Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build").resolve())
    except BuildError as error:
        sys.exit(f"playground/build.py: {error}")
    for name, path in built.items():
        size = sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())
        print(f"{name}: {size / 1e6:.2f} MB")
