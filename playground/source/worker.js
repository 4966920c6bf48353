/* Python, in a thread of its own, which Stop ends. It is told what to do by python.js, and tells what happens:

     told:  { parts, runner }           the files of Python, by name, and the module that runs programs
            { program, lang }           a program to run
     tells: { ready }                   the version of Python
            { event, detail }           what the program writes and shows, see runner.py
            { ended }                   whether the program ended without an error
            { failed }                  why Python is of no more use */

import { loadPyodide } from "pyodide/pyodide.mjs";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

const BASE = "https://parts.invalid/"; /* no address: what Python asks for is among the parts */
const FOLDER = "/playground";
let python = null;

async function start({ parts, runner }) {
  const asked = (address) => parts[String(address?.url ?? address).slice(BASE.length)];
  self.fetch = async (address) => {
    const part = asked(address);
    return part && !(part instanceof WebAssembly.Module) ? new Response(part) : new Response(null, { status: 404 });
  };
  /* The page has compiled it already, and does so once for all threads. */
  WebAssembly.instantiateStreaming = async (response, imports) => {
    const module = parts["pyodide.asm.wasm"];
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  python = await loadPyodide({
    indexURL: BASE,
    packageBaseUrl: BASE,
    createPyodideModule,
    lockFileContents: JSON.stringify({ info: parts["pyodide-lock.json"], packages: {} }),
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: () => null,
  });
  for (const name of Object.keys(parts).filter((one) => one.endsWith(".whl"))) {
    python.unpackArchive(parts[name], "wheel");
  }
  python.FS.mkdirTree(FOLDER);
  python.FS.writeFile(`${FOLDER}/runner.py`, runner);
  python.runPython(`import sys; sys.path.append("${FOLDER}"); import runner; runner.prepare()`);
  self.postMessage({ ready: python.runPython("sys.version.split()[0]") });
}

function run({ program, lang }) {
  const tell = (event, detail) => self.postMessage({ event, detail });
  const runner = python.pyimport("runner");
  self.postMessage({ ended: runner.run(program, tell, lang) });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.parts) {
      await start(data);
    } else {
      run(data);
    }
  } catch (error) {
    self.postMessage({ failed: String(error?.message ?? error) });
  }
};
