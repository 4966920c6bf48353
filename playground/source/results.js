/* What a program writes and shows, block by block, in its order. Nothing of it is ever HTML of this page. */

import { htmlFrame, letFramesGrow, speakInFrames, stepperFrame } from "./frames.js";
import { say, sayOn } from "./words.js";

/* A line of a table: words with more than a space between them, twice. */
const COLUMNS = /\S {2,}\S.* {2,}\S/;

/* `place` is the element for the blocks, `goTo` goes to a line of the program. */
export class Results {
  #place;
  #goTo;
  #texts = []; /* what is to be added to the last text, once the screen is drawn */

  constructor(place, goTo) {
    this.#place = place;
    this.#goTo = goTo;
    letFramesGrow(place);
  }

  clear() {
    this.#texts = [];
    this.#place.replaceChildren();
  }

  note(key) {
    this.#add("p", "note", (block) => sayOn(block, key));
  }

  /* A program is at its end: all that it wrote is to be seen, also where the screen is not being drawn. */
  settle() {
    this.#write();
  }

  speak(lang) {
    speakInFrames(this.#place, lang);
  }

  get isEmpty() {
    return !this.#place.hasChildNodes() && !this.#texts.length;
  }

  event(name, detail) {
    if (name === "text" || name === "error") {
      if (!this.#texts.length) { requestAnimationFrame(() => this.#write()); }
      this.#texts.push([name, detail]);
      return;
    }
    this.#write();
    if (name === "plain") {
      this.#add("pre", "value", (block) => { block.textContent = detail; });
    } else if (name === "image") {
      this.#add("img", "", (block) => {
        block.alt = titleOf(detail) || say("result.image");
        block.src = `data:image/svg+xml,${encodeURIComponent(detail)}`;
      });
    } else if (name === "html") {
      this.#place.append(htmlFrame(say("result.html"), detail));
    } else if (name === "stepper") {
      this.#place.append(stepperFrame(JSON.parse(detail)));
    } else if (name === "left") {
      const { of, most } = JSON.parse(detail);
      this.#add("p", "left", (block) => sayOn(block, `left.${of}`, { most: Number(most).toLocaleString("en") }));
    } else if (name === "failed") {
      this.#fail(JSON.parse(detail));
    }
  }

  #add(tag, kind, fill) {
    const block = document.createElement(tag);
    block.className = kind;
    fill(block);
    this.#place.append(block);
    return block;
  }

  /* A program may write faster than the screen is drawn. */
  #write() {
    const texts = this.#texts;
    this.#texts = [];
    for (let at = 0; at < texts.length;) {
      const [name] = texts[at];
      let text = "";
      for (; at < texts.length && texts[at][0] === name; at += 1) { text += texts[at][1]; }
      const kind = name === "error" ? "stderr" : "text";
      const last = this.#place.lastElementChild;
      const block = last?.classList.contains(kind) ? last : this.#add("pre", kind, () => {});
      block.append(text);
      if (COLUMNS.test(text)) {
        block.classList.add("columns");
        block.tabIndex = 0; /* it may have to be scrolled */
      }
    }
  }

  #fail({ text, line, module }) {
    const block = this.#add("section", "failure", () => {});
    const heading = document.createElement("h2");
    const detail = document.createElement("pre");
    sayOn(heading, line ? "error.line" : "error", { line });
    detail.textContent = text;
    block.append(heading, detail);
    if (module) { block.append(sayOn(document.createElement("p"), "error.module", { module })); }
    if (line) {
      const button = document.createElement("button");
      button.type = "button";
      sayOn(button, "error.go", { line });
      button.addEventListener("click", () => this.#goTo(line));
      block.append(button);
    }
  }
}

function titleOf(svg) {
  return new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("svg > title")?.textContent ?? "";
}
