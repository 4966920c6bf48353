/* Repeated structure, the third part: the boxes. Read regions.js and repeats.js before.

    Each run of copies is a box with a box for each copy; the modules that the
   nodes belong to are boxes, too, around the copies or within them. */

/* A tree of boxes {key, label, title, members, children, parent, copy}. `members` are the positions of the nodes that
   lie in the box and in none of its children; `copy` is null or says which of how many copies the box is, {index, of,
   kind}, counted from 1. The root stands for the whole graph. */
function structureOf(model) {
  model.structure = model.structure || madeStructure(model);
  return model.structure;
}

function madeStructure(model) {
  const wiring = wiringOf(model);
  wiring.groups = model.nodes.map((node) => node.group || "");
  const { order, sequences } = sequencesOf(wiring);
  wiring.places = new Int32Array(wiring.length).fill(-1);
  order.forEach((position, place) => { wiring.places[position] = place; });
  const runs = runsOf(wiring, order, sequences);
  const root = new Box(null, { start: 0, end: order.length, depth: 0 });
  const homes = nested(root, runs, order, wiring.length);
  placeLeaves(root, homes, wiring);
  homes.forEach((home, position) => home.members.push(position));
  if (wiring.groups.some((group) => group)) { withModules(root, wiring); }
  withNames(root, model, wiring, order);
  return root;
}

class Box {
  constructor(parent, more) {
    this.key = "";
    this.members = [];
    this.children = [];
    this.parent = parent;
    this.copy = null;
    this.copied = null; /* the run that the box is a copy in */
    this.run = null; /* the run that the box is around */
    this.module = "";
    this.words = null;
    Object.assign(this, more);
  }

  /* In the language of the page. */
  get label() {
    if (this.copy) { return say("box." + this.copy.kind, this.copy); }
    return this.words ? say(...this.words) : this.module;
  }

  get title() { return this.module && this.module !== this.label ? this.module + ": " + this.label : this.label; }
}

/* ------------------------------------------------------------------ boxes of runs */

/* The parts of the order that become boxes: a run as a whole, then its copies. */
function intervalsOf(run, rank) {
  const { start, length, count, adds } = run;
  const firstOf = (copy) => start + copy * length + (adds ? Math.max(copy - 1, 0) : 0);
  const whole = { start, end: firstOf(count - 1) + length + (adds ? 1 : 0), run, rank, copy: null };
  if (length === 1 || count === 1) { return [whole]; }
  const copies = Array.from({ length: count }, (_, copy) => (
    { start: firstOf(copy), end: firstOf(copy) + length, run, rank, copy: { index: copy + 1, of: count, kind: "" } }));
  return [whole, ...copies];
}

/* Put the boxes into each other, and return for each operation the innermost one. Where a copy is nothing but a run of
   smaller copies, one box is both. */
function nested(root, runs, order, length) {
  const intervals = runs.flatMap(intervalsOf);
  intervals.sort((a, b) => a.start - b.start || b.end - a.end || b.rank - a.rank);
  const homes = new Array(length).fill(root);
  let at = root;
  intervals.forEach(({ start, end, run, copy }) => {
    while (start >= at.end) { at = at.parent; }
    if (start === at.start && end === at.end) {
      at.run = at.run || run;
      return;
    }
    const box = new Box(at, { start, end, depth: at.depth + 1, copy, copied: copy ? run : null, run: copy ? null : run });
    at.children.push(box);
    for (let place = start; place < end; place += 1) { homes[order[place]] = box; }
    at = box;
  });
  return homes;
}

/* An input lies in the smallest box around all of its consumers; what every copy uses lies outside of the copies. */
function placeLeaves(root, homes, { length, kinds, consumers, consumed }) {
  for (let position = 0; position < length; position += 1) {
    if (kinds[position]) { continue; }
    let home = null;
    for (let at = consumed[position]; at < consumed[position + 1]; at += 1) {
      let other = homes[consumers[at]];
      if (home === null) { home = other; }
      while (home !== other) {
        if (home.depth >= other.depth) { home = home.parent; } else { other = other.parent; }
      }
    }
    const isRunOnly = home && home.run && !home.copy && home.parent && home.children.length;
    homes[position] = isRunOnly ? home.parent : home || root;
  }
}

/* ------------------------------------------------------------------ boxes of modules */

/* layers.0.neurons.3 as ["layers.0", "neurons.3"]. */
function pathsOf(groups) {
  const known = new Map();
  return groups.map((group) => {
    if (!known.has(group)) { known.set(group, group.match(/[^.]+(?:\.\d+)*/g) || []); }
    return known.get(group);
  });
}

function sharedPath(one, other) {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) { length += 1; }
  return length === one.length ? one : one.slice(0, length);
}

/* Make boxes of modules in a box and in all below it; where a box is all of a module, or as much of it as there is, the
   box gets its name. */
function withModules(root, { kinds, groups, places }) {
  const paths = pathsOf(groups);
  /* The path of a node; null for an input that belongs to no module, and so may lie in any. */
  const pathAt = (position) => (kinds[position] || paths[position].length ? paths[position] : null);
  const pathsIn = new Map();

  function pathOf(box) {
    if (!pathsIn.has(box)) {
      const inside = [...box.members.map(pathAt), ...box.children.map(pathOf)].filter((path) => path);
      pathsIn.set(box, inside.length ? inside.reduce(sharedPath) : null);
    }
    return pathsIn.get(box);
  }

  /* `depth` counts the modules that are around the box already. */
  function visit(box, depth) {
    const own = pathOf(box) || [];
    if (box.parent && own.length > depth) {
      box.module = own.join(".");
      depth = own.length;
    }
    const parts = new Map();
    const add = (kind, item, path) => {
      if (!path || path.length <= depth) { return; }
      if (!parts.has(path[depth])) { parts.set(path[depth], { members: [], children: [] }); }
      parts.get(path[depth])[kind].push(item);
    };
    box.members.forEach((position) => add("members", position, pathAt(position)));
    box.children.forEach((child) => add("children", child, pathOf(child)));
    /* The parameters of a single module in a box need no box of their own. */
    const bare = [...parts].filter(([, { members, children }]) => !children.length && members.every((at) => !kinds[at]));
    if (bare.length === 1) {
      box.module = box.module || paths[bare[0][1].members[0]].join(".");
      parts.delete(bare[0][0]);
    }
    parts.forEach((part) => move(box, part));
    box.children.forEach((child) => visit(child, depth));
    box.children.sort((one, other) => one.start - other.start || one.first - other.first);
  }

  function move(box, { members, children }) {
    if (children.length + members.length < 2 || (children.length && children[0].copied && box.run)) { return; }
    const isOne = children.length === 1 && !members.some((position) => kinds[position]);
    const starting = [...members.filter((at) => kinds[at]).map((at) => places[at]), ...children.map((child) => child.start)];
    const start = Math.min(...starting, places.length);
    const made = isOne ? children[0] : new Box(box, { depth: box.depth + 1, start });
    const [moved, gone] = [new Set(members), new Set(children)];
    box.members = box.members.filter((position) => !moved.has(position));
    made.members.push(...members);
    made.members.sort((a, b) => a - b);
    made.first = made.members[0];
    pathsIn.delete(made);
    if (isOne) { return; }
    box.children.splice(box.children.indexOf(children[0]), 0, made);
    box.children = box.children.filter((child) => !gone.has(child));
    made.children = children;
    children.forEach((child) => { child.parent = made; });
  }

  visit(root, 0);
}

/* ------------------------------------------------------------------ what a box is called */

const MODULE_KINDS = { layers: "layer", neurons: "unit", units: "unit", cells: "cell" };

/* What the copies of a run are, by the numbers that come into one from outside: carried from the copy before, shared
   with it, or its own. */
function kindOf(model, wiring, order, copies) {
  const [before, now] = copies.slice(0, 2).map((box) => inputsOf(model, wiring, order, box));
  const inRun = (position) => wiring.kinds[position] && before.places.has(position);
  const [carried, others] = [[], []];
  now.inputs.forEach((input) => (inRun(input) ? carried : others).push(input));
  const shared = others.filter((input) => before.inputs.has(input)).length;
  const own = others.length - shared;
  const last = order[copies[1].end - 1];
  const isSum = model.nodes[last].op === "add" && carried.length === 1 && carried[0] === order[copies[0].end - 1]
    && model.nodes[last].operands.some((operand) => operand.node === carried[0]);
  if (isSum || copies[0].copied.adds) { return shared > own ? "sample" : "term"; }
  if (!carried.length) { return shared > own ? "sample" : own > shared ? "unit" : "copy"; }
  const isWide = copies[1].children.some((child) => child.run) || copies[1].run;
  return own === 0 ? "iteration" : isWide && shared === 0 ? "layer" : "cell";
}

/* The distinct inputs of a copy, as positions and as texts of constants; and the places of its operations. */
function inputsOf(model, wiring, order, { start, end }) {
  const places = new Set(order.slice(start, end));
  const inputs = new Set();
  places.forEach((position) => model.nodes[position].operands.forEach((operand) => {
    if (!("node" in operand)) { inputs.add("constant " + operand.constant); }
    else if (!places.has(operand.node)) { inputs.add(operand.node); }
  }));
  return { places, inputs };
}

/* How many modules there are of each path without its number: 3 for "layers." */
function siblingsOf(groups) {
  const counts = new Map();
  new Set(groups).forEach((group) => {
    for (const { 0: number, index } of group.matchAll(/(?<=\.)\d+(?=\.|$)/g)) {
      const path = group.slice(0, index);
      counts.set(path, Math.max(counts.get(path) || 0, Number(number) + 1));
    }
  });
  return counts;
}

function withNames(root, model, wiring, order) {
  const siblings = siblingsOf(wiring.groups);

  function visit(box) {
    const copies = box.children.filter((child) => child.copied);
    const kind = copies.length ? kindOf(model, wiring, order, copies) : "";
    copies.forEach((child) => { child.copy.kind = kind; });
    const seen = new Map();
    box.children.forEach((child) => {
      const [, name, index] = /([^.]+)\.(\d+)$/.exec(child.module) || [null, child.module, ""];
      const isModule = !child.copied && child.module && child.module !== box.module;
      const base = isModule ? child.module : child.copied ? String(child.copy.index) : "run";
      seen.set(base, (seen.get(base) || 0) + 1);
      child.key = (box.key ? box.key + "/" : "") + base + (seen.get(base) > 1 ? "-" + seen.get(base) : "");
      if (isModule && index && MODULE_KINDS[name]) {
        const of = siblings.get(child.module.slice(0, -index.length));
        child.copy = { index: Number(index) + 1, of, kind: MODULE_KINDS[name] };
      }
      visit(child);
    });
    const isNamed = box.module && !(box.run && box.parent.module === box.module);
    if (box.run && !isNamed) { box.words = kind ? ["boxes." + kind, { count: box.run.count }] : operationsOf(box); }
  }

  /* Such as 50 × +, where single operations follow each other. */
  function operationsOf({ start, end }) {
    const { op, symbol } = model.nodes[order[end - 1]];
    const count = order.slice(start, end).filter((position) => model.nodes[position].op === op).length;
    return ["boxes.operation", { count, operation: clean(symbol || op) }];
  }

  visit(root);
}
