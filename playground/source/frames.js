/* What a program shows stands in frames without an origin of their own: nothing in them can read or change the page, or
   the site that it is on. A frame has the policy of the page and, beside it, a narrower one. */

/* inframe.js and its hash, which the policy of the page names: build.py puts both here. */
const HELPER = INFRAME;

const WIDEST = "width=device-width, initial-scale=1";
const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; color: #1b1f24; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.shown { padding: 2px; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 14px 3px 0; text-align: left; border-bottom: 1px solid #cfd5dc; }
@media (prefers-color-scheme: dark) { body { background: #15181c; color: #e8eaed; } th, td { border-color: #3a424c; } }`;

/* A stepper, from what runner.py says of it. Its script has the operations of the program in it, so its hash is not
   known beforehand: the helper makes a script of the text. */
export function stepperFrame({ title, lang, style, words, section, script }) {
  const json = JSON.stringify(script).replaceAll("<", "\\u003c");
  const inert = `<script type="application/json" id="program">${json}</script>`;
  return frame(title, `script-src 'sha256-${HELPER.hash}' blob:`, lang, `<style>${style}</style>`,
    `<style>.stepgrad .language { display: none; }</style><main>${section}</main>${words}${inert}`, true);
}

/* HTML that a program made: it is shown, and no script in it runs. */
export function htmlFrame(title, html) {
  return frame(title, `script-src 'sha256-${HELPER.hash}'; img-src data:`, "", "", `<div class="shown">${html}</div>`);
}

function frame(title, policy, lang, head, body, isStepper = false) {
  const element = document.createElement("iframe");
  element.title = title;
  element.className = isStepper ? "stepper" : "html";
  element.sandbox = "allow-scripts";
  element.allow = "fullscreen";
  element.referrerPolicy = "no-referrer";
  element.srcdoc = `<!DOCTYPE html><html lang="${lang === "zh" ? "zh" : "en"}"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; ${policy}">
<meta name="viewport" content="${WIDEST}"><meta name="color-scheme" content="light dark">
<title></title><style>${STYLE}</style>${head}<script>${HELPER.code}</script><body>${body}</body></html>`;
  return element;
}

/* The steppers change to another language. */
export function speakInFrames(place, lang) {
  for (const one of place.querySelectorAll("iframe.stepper")) { one.contentWindow.postMessage({ lang }, "*"); }
}

/* Each frame is as high as what is in it. */
export function letFramesGrow(place) {
  addEventListener("message", ({ source, data }) => {
    const height = Number(data?.stepgradHeight);
    if (!(height > 0)) { return; }
    for (const one of place.querySelectorAll("iframe")) {
      if (one.contentWindow === source) { one.style.height = `${Math.min(Math.ceil(height), 4000)}px`; }
    }
  });
}
