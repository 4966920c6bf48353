/* The files that Python needs: those beside the page, or, where the page is one file, those in it, compressed and
   written in base64. */

const WASM = "pyodide.asm.wasm";

/* The largest may take a while, so all are asked for at once. */
export async function loadParts() {
  const names = JSON.parse(document.querySelector("#parts").textContent);
  const loaded = await Promise.all(Object.keys(names).map(async (name) => [name, await load(name)]));
  const parts = Object.fromEntries(loaded);
  forbidConnections();
  parts["pyodide-lock.json"] = names["pyodide-lock.json"];
  return parts;
}

/* Nothing else has to be fetched. So from here on the page, and Python's thread, which has its policy, cannot ask even
   the site that the page is on, as whoever is logged in there. */
function forbidConnections() {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "connect-src 'none'";
  document.head.append(policy);
}

async function load(name) {
  if (name === "pyodide-lock.json") { return null; }
  const inside = document.querySelector(`script[data-part="${name}"]`);
  if (!inside && location.protocol === "file:") { throw new Error("file:"); }
  const response = inside ? unpacked(inside.textContent) : await fetch(name);
  if (!response.ok) { throw new Error(`${name}: ${response.status}`); }
  if (name === WASM) { return WebAssembly.compileStreaming(asWasm(response)); }
  return name.endsWith(".js") ? response.text() : response.arrayBuffer();
}

/* Some hosts do not say what it is. */
function asWasm(response) {
  return new Response(response.body, { headers: { "content-type": "application/wasm" } });
}

function unpacked(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
}
