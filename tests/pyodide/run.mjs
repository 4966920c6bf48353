/* Runs the tests of the engine in Pyodide, CPython as WebAssembly, in Node: the Python of a page, and the newest one.

     node tests/pyodide/run.mjs PYODIDE WHEELS [arguments of pytest]

   PYODIDE is the folder of the npm package `pyodide`; WHEELS one with wheels in pure Python of pytest, hypothesis,
   mpmath and graphviz. `.ci/in_pyodide` makes both. The last line printed is pytest's.

   There are no processes, threads or compiled packages here. Tests that need one bear the marker `native`; those below
   import one at the top. */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const TESTS = ["core", "symbols", "arrays", "transforms", "text", "program", "trace", "stepper", "diagnostics"];
/* Of the drawings those without Graphviz, which is no package in pure Python; of the checker what may differ here. */
const FILES = [
  "tests/drawing/test_sketch.py",
  ...["engines", "kinds", "running"].map((name) => `tests/stepgrad/learn/test_${name}.py`),
];
const DOCTESTS = ["core", "symbols", "arrays", "transforms", "text"];
const LEFT_OUT = {
  "tests/core/test_numpy.py": "NumPy is a compiled package",
  "tests/symbols/test_javascript.py": "node runs the printed JavaScript, in a process of its own",
};

const [pyodide, wheels, ...options] = process.argv.slice(2);
if (!wheels) {
  console.error("usage: node tests/pyodide/run.mjs PYODIDE WHEELS [arguments of pytest]");
  process.exit(2);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { loadPyodide } = await import(pathToFileURL(path.resolve(pyodide, "pyodide.mjs")));
const python = await loadPyodide({
  env: {
    HYPOTHESIS_PROFILE: process.env.HYPOTHESIS_PROFILE ?? "dev",
    HYPOTHESIS_STORAGE_DIRECTORY: "/tmp/hypothesis",
    PYTHONDONTWRITEBYTECODE: "1",
  },
});
for (const name of fs.readdirSync(wheels).filter((name) => name.endsWith(".whl"))) {
  python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(wheels, name))), "wheel", { extractDir: "/wheels" });
}
python.mountNodeFS("/stepgrad", root);

const given = [
  ...TESTS.map((room) => `tests/${room}`),
  ...FILES,
  ...DOCTESTS.map((room) => `autograd/${room}`),
  ...Object.keys(LEFT_OUT).map((file) => `--ignore=${file}`),
];
python.globals.set("arguments", python.toPy(["-m", "not native", "-p", "no:cacheprovider", ...given, ...options]));
let failed;
try {
  failed = python.runPython(`
import os, sys
os.chdir("/stepgrad")
sys.path[:0] = ["/stepgrad", "/wheels"]
import pytest
print("Python", sys.version.split()[0], "on", sys.platform)
int(pytest.main(list(arguments)))
`);
} catch (error) {
  /* Left to Node, an error comes with the line of Pyodide that it was raised in, which is a megabyte long. */
  console.error(error.message);
  failed = 1;
}
process.exit(failed);
