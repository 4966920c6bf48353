/* Search: nodes by name, operations, lines of the program, boxes of repeated structure; a combobox with a list of hits.
   Read hitsFor first. */

const LISTED_HITS = 40;
const ALL_IN_SIGHT = 30; /* nodes; a page of no more shows the field only while it has the focus */

/* How an operation may be typed. */
const TYPED_SIGNS = { "×": "*", "·": "*", "−": "-", "÷": "/", "^": "**" };

/* What there is to be found, made at the first search. */
function indexOf(model) {
  const boxes = [];
  const visit = (box) => {
    boxes.push(box);
    box.children.forEach(visit);
  };
  structureOf(model).children.forEach(visit);
  const lines = (model.source ? model.source.lines : []).map((text, index) => ({ text, number: model.source.first + index }));
  const made = new Map(); /* the first node of each line */
  model.nodes.forEach(({ line, position }) => { if (line !== null && !made.has(line)) { made.set(line, position); } });
  return {
    names: model.nodes.map(({ name }) => name.toLowerCase()),
    boxes: boxes.filter((box) => box.title),
    lines: lines.filter(({ number }) => made.has(number)).map((line) => ({ ...line, position: made.get(line.number) })),
  };
}

/* The first operation in a box, or its first input if it has none. */
function firstIn(model, box) {
  const all = [...box.members, ...box.children.map((child) => firstIn(model, child))];
  const operations = all.filter((position) => model.nodes[position].op);
  return (operations.length ? operations : all).reduce((first, position) => Math.min(first, position));
}

/* The hits for what is typed, the best first: {hits: [{position, name, more}], count}. A name that is the text, names that
   start with it, boxes, other names, operations, lines of the program. */
function hitsFor(model, index, typed) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) { return { hits: [], count: 0 }; }
  const sign = TYPED_SIGNS[wanted] || wanted;
  const ranks = [[], [], [], [], [], []];
  let count = 0;
  const add = (rank, make) => {
    count += 1;
    if (ranks[rank].length < LISTED_HITS) { ranks[rank].push(make()); }
  };
  const isOf = ({ op, symbol }) => symbol === sign || op === wanted || (wanted.length > 2 && op.startsWith(wanted));
  model.nodes.forEach((node, position) => {
    const at = index.names[position].indexOf(wanted);
    const rank = at < 0 ? -1 : at > 0 ? 3 : index.names[position] === wanted ? 0 : 1;
    if (rank < 0 && !(node.op && isOf(node))) { return; }
    add(rank < 0 ? 4 : rank, () => ({ position, name: node.name, more: node.expression || say("table.input") }));
  });
  index.boxes.forEach((box) => {
    const title = box.title.toLowerCase();
    if (title.includes(wanted)) { add(2, () => ({ position: firstIn(model, box), name: box.label, more: box.module })); }
  });
  index.lines.forEach(({ text, number, position }) => {
    if (String(number) === wanted || (wanted.length > 1 && text.toLowerCase().includes(wanted))) {
      add(5, () => ({ position, name: say("search.line", { number: String(number) }), more: clean(text.trim()) }));
    }
  });
  return { hits: ranks.flat().slice(0, LISTED_HITS), count };
}

/* The field and its list, as the pattern of a combobox has it: the focus stays in the field, and the arrows go through
   the hits. `onJump` gets the position of the node that is chosen. */
function searchField(root, model, onJump) {
  const field = root.querySelector(".search input");
  const list = root.querySelector(".search ul");
  const status = root.querySelector(".search .said");
  root.querySelector(".search").classList.toggle("quiet", model.nodes.length <= ALL_IN_SIGHT);
  let index = null;
  let found = [];
  let active = -1;

  function activate(next) {
    const before = list.children[active];
    if (before) { before.setAttribute("aria-selected", "false"); }
    active = next;
    const now = list.children[active];
    field.setAttribute("aria-activedescendant", now ? now.id : "");
    if (!now) { return; }
    now.setAttribute("aria-selected", "true");
    reveal(list, now);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) { activate(-1); }
  }

  function jump(hit) {
    open(false);
    field.value = hit.name;
    field.select();
    onJump(hit.position);
  }

  function option(hit, at) {
    const made = element("li", "", element("b", "", hit.name), element("span", "", hit.more));
    made.id = field.id + "-" + at;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    /* Before the field loses the focus, which closes the list. */
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    made.addEventListener("click", () => jump(hit));
    return made;
  }

  function search() {
    index = index || indexOf(model);
    const { hits, count } = hitsFor(model, index, field.value);
    found = hits;
    active = -1;
    list.replaceChildren(...hits.map(option));
    const isAsked = field.value.trim() !== "";
    setText(status, isAsked ? say("search.hits", { count }) : "");
    const words = !count ? "search.none" : count > hits.length ? "search.more" : "";
    if (isAsked && words) {
      const note = element("li", "note", say(words, { count: count - hits.length }));
      note.setAttribute("role", "presentation");
      list.append(note);
    }
    open(isAsked);
    if (hits.length) { activate(0); }
  }

  field.addEventListener("input", search);
  field.addEventListener("focus", () => { field.select(); });
  field.addEventListener("blur", () => open(false));
  /* Another hit, or the list again. */
  function turn(way) {
    if (list.hidden) { search(); } else if (found.length) { activate((active + way + found.length) % found.length); }
  }

  field.addEventListener("keydown", (event) => {
    const isChosen = !list.hidden && found[active];
    const action = {
      ArrowDown: () => turn(1),
      ArrowUp: () => turn(-1),
      Enter: isChosen ? () => jump(found[active]) : null,
      Escape: () => {
        if (list.hidden) { field.value = ""; root.focus(); }
        open(false);
      },
    }[event.key];
    if (!action || event.isComposing) { return; }
    action();
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    focus: () => field.focus(),
    render() { field.placeholder = say("search.place"); },
  };
}
