/* The page: the editor and its buttons, the line that says what Python does, and the result. */

import { EXAMPLES } from "./examples.js";
import { makeEditor } from "./editor.js";
import { LinkError, linkOf, programIn } from "./link.js";
import { loadParts } from "./parts.js";
import { Python } from "./python.js";
import { Results } from "./results.js";
import runner from "./runner.py";
import { language, languageButton, say, sayOn, speak } from "./words.js";

const find = (selector) => document.querySelector(selector);
const [runButton, stopButton, stateLine, notice] = [".run", ".stop", ".state", ".notice"].map(find);
const KEPT = "stepgrad.program"; /* the program of this tab, for when the page is loaded again */

let python = null;
let outcome = null; /* of the program that has just ended */
let wasStopped = false;

speak(language);
const editor = makeEditor(find(".editor"), say("editor.label"), { onRun: run, onChange: keep });
const results = new Results(find(".blocks"), (line) => editor.goTo(line));
results.note("result.empty");
fillMenu();
openFirst();
python = new Python(loadParts, runner, {
  state: showState,
  event: (name, detail) => hear(name, detail),
  ended: end,
});

/* ------------------------------------------------------------------ running */

function run() {
  if (python.state === "running") { return; }
  showNotice(null);
  editor.mark(null);
  results.clear();
  python.run(editor.text, language);
  if (python.isWaiting) { showState(python.state); }
}

function hear(name, detail) {
  results.event(name, detail);
  if (name === "failed") { editor.mark(JSON.parse(detail).line); }
}

function end(isWhole, seconds) {
  outcome = { key: isWhole ? "state.done" : "state.error", seconds: seconds.toFixed(seconds < 10 ? 2 : 0) };
  results.settle();
  if (isWhole && results.isEmpty) { results.note("result.none"); }
  const place = find(".result");
  if (place.getBoundingClientRect().top > innerHeight * 0.6) { place.scrollIntoView(); } /* below, on a phone */
}

function showState(state, detail) {
  const isBusy = state === "running" || (python?.isWaiting ?? false);
  if (state !== "running") { results.settle(); }
  document.body.dataset.state = state;
  stopButton.setAttribute("aria-disabled", String(!isBusy));
  runButton.setAttribute("aria-disabled", String(state === "running"));
  if (state === "ready" && outcome) {
    sayOn(stateLine, outcome.key, outcome);
  } else if (state === "ready" && wasStopped) {
    sayOn(stateLine, "state.again");
  } else if (state === "failed" && detail === "file:") {
    sayOn(stateLine, "state.file");
  } else if (state !== "running" && python?.isWaiting) {
    sayOn(stateLine, "state.waiting");
  } else {
    sayOn(stateLine, `state.${state}`, { detail });
  }
  outcome = null;
  wasStopped = state === "stopped";
}

runButton.addEventListener("click", run);
stopButton.addEventListener("click", () => {
  const isWaiting = python.isWaiting;
  python.stop();
  if (isWaiting) { showState(python.state); }
});
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) { run(); }
});

/* ------------------------------------------------------------------ programs */

/* What is in the address, or what this tab had, or the first example. */
async function openFirst() {
  const kept = keptProgram();
  if (kept !== null && kept.hash === location.hash) {
    editor.text = kept.text;
    return;
  }
  editor.text = EXAMPLES.neuron;
  await openLink();
}

async function openLink() {
  try {
    const program = await programIn(location.hash);
    if (program === null) { return; }
    put(program);
    showNotice("link.came");
  } catch (error) {
    if (!(error instanceof LinkError)) { throw error; }
    showNotice(error.key);
  }
}

/* Another program, beside which nothing of the one before is left. */
function put(program) {
  editor.text = program;
  editor.mark(null);
  if (python?.state === "running") { return; }
  results.clear();
  results.note("result.empty");
  if (python?.state === "ready") { sayOn(stateLine, "state.ready", { detail: python.version }); }
}

function keptProgram() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null; /* the browser keeps nothing for this page */
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ hash: location.hash, text: editor.text }));
  } catch { /* the same */ }
}

function fillMenu() {
  const menu = find(".examples");
  for (const name of Object.keys(EXAMPLES)) {
    const option = document.createElement("option");
    option.value = name;
    menu.append(sayOn(option, `example.${name}`));
  }
  menu.addEventListener("change", () => {
    if (!menu.value) { return; }
    put(EXAMPLES[menu.value]);
    showNotice(null);
    menu.value = "";
  });
}

function showNotice(key) {
  notice.hidden = key === null;
  find(".link").hidden = true;
  if (key !== null) {
    sayOn(notice.querySelector("p"), key);
    notice.scrollIntoView({ block: "nearest" });
  }
}

addEventListener("hashchange", openLink);
find(".copy").addEventListener("click", async () => {
  let link;
  try {
    link = await linkOf(editor.text);
  } catch (error) {
    showNotice(error.key ?? "link.damaged");
    return;
  }
  history.replaceState(null, "", link);
  keep();
  try {
    await navigator.clipboard.writeText(location.href);
    showNotice(location.protocol === "file:" ? "copied.file" : "copied");
  } catch {
    showNotice("copy.by.hand");
    const field = find(".link");
    field.hidden = false;
    field.value = location.href;
    field.select();
  }
});

languageButton(find(".language"), () => {
  editor.label(say("editor.label"));
  results.speak(language);
});
