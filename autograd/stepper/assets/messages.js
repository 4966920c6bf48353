/* What the page says. Every sentence stands in messages.json, in each language, with places for what it names: {name},
   and {count|node|nodes}, the first form for a count of 1. The page has them in `table`: in each line a key and the
   message in each of the `languages`, with tabs between. */

const messages = new Map(table.split("\n").map((line) => line.split("\t")).map(([key, ...told]) => [key, told]));

let language = languages[0]; /* of this section */

/* A message as a text. */
function say(key, names = {}) {
  return sayParts(key, names).join("");
}

/* A message in parts: texts, and whatever stands in its places, such as objects, or lists of parts. A number has
   commas: 20,000. */
function sayParts(key, names = {}) {
  const parts = [];
  let end = 0;
  const text = messages.get(key)[languages.indexOf(language)];
  const named = (name) => (typeof names[name] === "number" ? names[name].toLocaleString("en") : names[name]);
  for (const { 0: place, 1: name, 2: one, 3: many, index } of text.matchAll(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g)) {
    parts.push(text.slice(end, index), one === undefined ? named(name) : names[name] === 1 ? one : many);
    end = index + place.length;
  }
  return [...parts, text.slice(end)].flat().filter((part) => part !== "");
}

/* Words that stay on an element, and follow the language: { text: key, title: key, label: key }. */
const namesOn = new WeakMap();

function sayOn(target, { text, title, label }, names = {}) {
  if (text) { target.dataset.say = text; }
  if (title) { target.dataset.sayTitle = title; }
  if (label) { target.dataset.sayLabel = label; }
  namesOn.set(target, names);
  sayAgain(target, names);
  return target;
}

function sayAgain(target, names) {
  const { say: text, sayTitle: title, sayLabel: label } = target.dataset;
  if (text) { target.textContent = say(text, names); }
  if (title) { target.title = say(title, names); }
  if (label) { target.setAttribute("aria-label", say(label, names)); }
}

/* ------------------------------------------------------------------ the language */

/* The language to begin with: the one that the page was asked to have, or else the browser's if the table has it. */
function firstLanguage(root) {
  if (root.dataset.language !== "browser") { return root.lang; }
  const [wanted] = (navigator.language || "").split("-");
  return languages.includes(wanted) ? wanted : languages[0];
}

/* From now on the section, and the page if it has no other, are in a language. `names` are those of the template. */
function speak(root, wanted, names) {
  language = wanted;
  const pageTitle = document.querySelector("head > title[data-say]");
  const targets = [root, ...root.querySelectorAll("[data-say], [data-say-title], [data-say-label]")];
  if (pageTitle) {
    targets.push(pageTitle);
    document.documentElement.lang = wanted;
  }
  root.lang = wanted;
  targets.forEach((target) => sayAgain(target, namesOn.get(target) || names));
}

/* A button that changes to the next language, of which it bears the name. Returns a function that changes to any. */
function languageButton(button, root, names, onChange) {
  const next = () => languages[(languages.indexOf(language) + 1) % languages.length];
  function show() {
    button.lang = next();
    button.textContent = messages.get("language.name")[languages.indexOf(next())];
  }
  function change(wanted) {
    if (wanted === language) { return; }
    speak(root, wanted, names);
    show();
    onChange();
  }
  button.addEventListener("click", () => change(next()));
  show();
  return change;
}
