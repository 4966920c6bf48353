/* What the page says, in each language: messages.json, in the form of the stepper's. An element names its words:
   data-say="key" those in it, data-say-label and data-say-title its label for screen readers and its title. */

import table from "./messages.json";

export const LANGUAGES = ["en", "zh"];
export let language = LANGUAGES.find((one) => navigator.language?.startsWith(one)) ?? LANGUAGES[0];

const namesOn = new WeakMap();

export function say(key, names = {}) {
  return table[key][language].replaceAll(/\{(\w+)\}/g, (_, name) => names[name]);
}

/* Words that stay on an element, and follow the language; `names` are for the text. */
export function sayOn(target, key, names = {}) {
  target.dataset.say = key;
  namesOn.set(target, names);
  target.textContent = say(key, names);
  return target;
}

export function speak(wanted) {
  language = wanted;
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : wanted;
  for (const target of document.querySelectorAll("[data-say]")) {
    target.textContent = say(target.dataset.say, namesOn.get(target));
  }
  for (const target of document.querySelectorAll("[data-say-label]")) {
    target.setAttribute("aria-label", say(target.dataset.sayLabel));
  }
  for (const target of document.querySelectorAll("[data-say-title]")) { target.title = say(target.dataset.sayTitle); }
}

/* A button that changes to the next language, of which it bears the name. */
export function languageButton(button, onChange) {
  const next = () => LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length];
  function show() {
    button.lang = next();
    button.textContent = table["language.name"][next()];
  }
  button.addEventListener("click", () => {
    speak(next());
    show();
    onChange();
  });
  show();
}
