/* A page by itself has its moment in its address, such as #step=5&node=w1&x=2.5, so that a link leads to it: the
   position on the slider, the mode, the node that is chosen, at which number it is held, and each input that was
   changed, by its name. What is as the page opens is left out.

   An address may come from anywhere. A step that is no number, a node that the graph has not and the like are left out
   as well. Nothing of it is shown or run. */

const ADDRESS_WORDS = ["step", "mode", "node", "marked", "held", "bug", "by", "open", "lang"];
const MOST_IN_ADDRESS = 100; /* changed inputs: the address of a network that was trained would be endless */

/* A name for each node: its own, unless that is one of the words above or another node has it. */
function addressNames(model) {
  const positions = new Map();
  const names = model.nodes.map(({ name, position }) => {
    let own = name.startsWith(".") || ADDRESS_WORDS.includes(name) ? "." + name : name;
    while (positions.has(own)) { own += "@" + position; }
    positions.set(own, position);
    return own;
  });
  return { names, positions };
}

const inAddress = (number) => (Object.is(number, -0) ? "-0" : String(number));

/* The address of a state of the page, "" for the one in which it opens. */
function addressOf(state, model, nameOf) {
  const words = new URLSearchParams();
  const put = (word, text) => { if (text) { words.set(word, text); } };
  put("step", state.isOpening ? "" : String(state.at));
  put("mode", state.mode === "watch" ? "" : state.mode);
  put(state.isAsked ? "node" : "marked", state.selected === null ? "" : nameOf(state.selected));
  const isHeld = state.mode === "nudge" && state.nudge && state.nudge.value !== null;
  put("held", isHeld ? inAddress(state.nudge.value) : "");
  put("bug", state.bug);
  put("by", state.byNode ? "node" : "");
  put("open", state.opened.join(" "));
  put("lang", state.lang);
  const { data } = model.original;
  const changed = [...state.leaves].filter(([leaf, number]) => !Object.is(number, data[leaf]));
  if (changed.length <= MOST_IN_ADDRESS) {
    changed.forEach(([leaf, number]) => words.set(nameOf(leaf), inAddress(number)));
  }
  return words.toString();
}

/* The state that an address tells of; `choices` are the modes, bugs, drawers and languages that there are. */
function stateIn(address, model, positions, choices) {
  const words = new URLSearchParams(address.slice(0, 20000));
  const oneOf = (word) => (choices[word].includes(words.get(word)) ? words.get(word) : "");
  const step = words.get("step") || "";
  const isStep = /^\d{1,9}$/.test(step);
  const numberIn = (text) => (text.length <= 40 ? typed(text) : null);
  const leaves = new Map();
  words.forEach((text, name) => {
    const node = ADDRESS_WORDS.includes(name) ? undefined : model.nodes[positions.get(name)];
    const number = numberIn(text);
    const isInput = node && !node.op && !model.fixed[node.position];
    if (isInput && number !== null && leaves.size < MOST_IN_ADDRESS) { leaves.set(node.position, number); }
  });
  return {
    at: isStep ? Math.min(Number(step), lastMoment(model)) : model.forward.length,
    isOpening: !isStep,
    mode: oneOf("mode") || "watch",
    selected: positions.get(words.get("node")) ?? positions.get(words.get("marked")) ?? null,
    isAsked: positions.has(words.get("node")),
    held: numberIn(words.get("held") || ""),
    bug: oneOf("bug"),
    byNode: words.get("by") === "node",
    opened: (words.get("open") || "").split(" ").filter((name) => choices.open.includes(name)),
    lang: oneOf("lang"),
    leaves,
  };
}

/* Keep the address of the page and its state the same. `state()` is how the page is, `restore(state)` makes it so. */
function addressed(root, model, { state, restore }) {
  /* The document of a frame in a notebook has no address, and a page with more in it than one stepper has its own. */
  const isOwn = location.protocol !== "about:" && document.querySelector("head > title[data-say]");
  if (!isOwn) { return () => {}; }
  let known = null; /* a hundred thousand names take a while, and most readers follow no link */
  const named = () => known || (known = addressNames(model));
  const drawers = [...root.querySelectorAll("[data-drawer]")]; /* all are closed as the page opens */
  const opening = { lang: language };
  const values = (list) => [...root.querySelectorAll(list)].filter((option) => !option.disabled);
  const choices = {
    mode: values(".mode").map((tab) => tab.dataset.mode),
    bug: values(".bugs option").map((option) => option.value),
    open: drawers.map((drawer) => drawer.dataset.drawer),
    lang: languages,
  };
  let timer = null;

  function write() {
    timer = null;
    const address = addressOf({
      ...state(),
      opened: drawers.filter((drawer) => drawer.open).map((drawer) => drawer.dataset.drawer),
      lang: language === opening.lang ? "" : language,
    }, model, (position) => named().names[position]);
    if (address === location.hash.slice(1)) { return; }
    /* Browsers refuse more than some hundred a minute, and all of them in a frame without an origin. */
    try {
      history.replaceState(null, "", address ? "#" + address : location.pathname + location.search);
    } catch (error) { /* the address stays as it was */ }
  }

  function read() {
    const told = stateIn(location.hash.slice(1), model, named().positions, choices);
    drawers.forEach((drawer) => { drawer.open = told.opened.includes(drawer.dataset.drawer); });
    restore({ ...told, lang: told.lang || opening.lang });
  }

  const later = () => { timer = timer || setTimeout(write, 400); };
  root.addEventListener("toggle", later, true);
  addEventListener("hashchange", read);
  if (location.hash.length > 1) { read(); }
  return later;
}
