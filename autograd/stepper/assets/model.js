/* The model: the trace, and what the page computes from it when an input is edited or a bug is chosen.

   A run is one forward pass: a value for every node and a local derivative for every edge. A replay is one
   backward pass over a run: for every step the numbers of the chain rule, with or without a bug. Read modelOf,
   recomputed, replayed and snapshot in this order. */

/* The columns of the trace as an object for each node and for each step; docs/trace.md describes the columns. What
   follows from them, as the formulas of thousands of nodes, is made when it is asked for. */
function modelOf(json, programs) {
  const edges = edgesOf(json);
  const nodes = json.nodes.name.map((name, position) => new GraphNode(position, clean(name)));
  const steps = Array.from(edges.order, (edge) => new Step(edges.node[edge], json.edges.operand[edge], edges.slot[edge]));
  const model = {
    nodes,
    steps,
    edges,
    result: nodes.length - 1,
    forward: [],
    seed: { node: nodes.length - 1, gradient: 1 },
    source: json.source,
    leaves: [],
    parameters: json.parameters || [],
    entering: nodes.map(() => NONE),
    leaving: nodes.map(() => NONE),
  };
  const programOf = json.operations.map(({ op, groups }) => programs[op + ":" + groups.join(",")] || null);
  nodes.forEach((node, position) => {
    const index = json.nodes.operation[position];
    node.model = model;
    node.operation = index === null ? LEAF : json.operations[index];
    node.program = index === null ? null : programOf[index];
    node.group = json.modules[json.nodes.module[position]];
    node.line = json.nodes.line ? json.nodes.line[position] : null;
    (index === null ? model.leaves : model.forward).push(position);
  });
  steps.forEach((step, index) => {
    step.model = model;
    added(model.leaving, step.node, index);
    step.contribution = added(model.entering, step.operand, index);
  });
  model.fixed = fixedNodes(model);
  /* The run with the numbers of the engine, exact to the last bit. A branch not taken passes on 0 even of an infinite
     gradient: its local derivative is null. */
  const local = Array.from(edges.order, (edge) => (json.edges.local[edge] === null ? null : decoded(json.edges.local[edge])));
  model.original = { data: json.nodes.data.map(decoded), local, changed: false };
  model.formulas = formulasOf(json, model);
  return model;
}

const LEAF = { op: "", symbol: "", groups: [] };
const NONE = Object.freeze([]); /* for the many nodes that nothing enters, or leaves */

/* Add an index to the list at a place; the length of the list. */
function added(lists, place, index) {
  if (lists[place] === NONE) { lists[place] = []; }
  return lists[place].push(index);
}

class GraphNode {
  constructor(position, name) {
    this.position = position;
    this.name = name;
  }

  get op() { return this.operation.op; }

  get symbol() { return this.operation.symbol; }

  get groups() { return this.operation.groups; }

  get consumers() { return this.model.entering[this.position].length; }

  get expression() { return this.op ? clean(this.model.formulas[this.position].forward.text) : ""; }

  /* Each operand as {node}, its position, or {constant}. */
  get operands() {
    const { starts, operand, constants } = this.model.edges;
    return Array.from(operand.subarray(starts[this.position], starts[this.position + 1]),
      (at) => (at < 0 ? { constant: constants[-1 - at] } : { node: at }));
  }
}

class Step {
  constructor(node, operand, slot) {
    this.node = node;
    this.operand = operand;
    this.slot = slot;
  }

  get rule() { return clean(this.model.formulas[this.node].partials[this.slot].text); }
}

function operationOf(json, position) {
  const index = json.nodes.operation[position];
  return index === null ? null : json.operations[index];
}

/* The edges, those of a node from `starts` on: the position of the result, the place among its operands, and the operand,
   a position or -1 for the first of the constants. And the order of the edges in the backward pass: those of the last node
   first, unless the trace has an order of its own. */
function edgesOf(json) {
  const { length } = json.nodes.name;
  const starts = new Int32Array(length + 1);
  const operand = Int32Array.from(json.edges.operand);
  const [node, slot] = [new Int32Array(operand.length), new Int32Array(operand.length)];
  for (let position = 0; position < length; position += 1) {
    const operation = operationOf(json, position);
    const count = operation ? operation.partials.length : 0;
    starts[position + 1] = starts[position] + count;
    for (let at = 0; at < count; at += 1) {
      node[starts[position] + at] = position;
      slot[starts[position] + at] = at;
    }
  }
  const order = json.order || [];
  for (let position = length - 1; position >= 0 && !json.order; position -= 1) {
    for (let edge = starts[position]; edge < starts[position + 1]; edge += 1) {
      if (operand[edge] >= 0) { order.push(edge); }
    }
  }
  return { starts, node, slot, operand, order, constants: json.constants.map(decoded) };
}

/* For every node whether an operation without a program depends on it, one that the page cannot compute. Such a node
   keeps its number, and so does the operation. */
function fixedNodes({ nodes, edges }) {
  const fixed = nodes.map(() => false);
  for (let position = nodes.length - 1; position >= 0; position -= 1) {
    if (!nodes[position].op || (nodes[position].program && !fixed[position])) { continue; }
    for (let edge = edges.starts[position]; edge < edges.starts[position + 1]; edge += 1) {
      if (edges.operand[edge] >= 0) { fixed[edges.operand[edge]] = true; }
    }
  }
  return fixed;
}

function argumentsOf({ model: { edges }, position }, data) {
  const values = [];
  for (let edge = edges.starts[position]; edge < edges.starts[position + 1]; edge += 1) {
    const operand = edges.operand[edge];
    values.push(operand < 0 ? edges.constants[-1 - operand] : data[operand]);
  }
  return values;
}

/* The forward pass from node `first` on; the values of earlier nodes are given. */
function propagate(model, data, first) {
  for (let position = first; position < model.nodes.length; position += 1) {
    const node = model.nodes[position];
    if (node.program) { data[position] = node.program.forward(...argumentsOf(node, data)); }
  }
  return data[model.result];
}

/* A new run, from other values of the leaves: a map from position to number. */
function recomputed(model, leaves) {
  const data = model.original.data.slice();
  leaves.forEach((number, position) => { data[position] = number; });
  propagate(model, data, 0);
  let [values, of] = [[], -1];
  const local = model.steps.map((step, index) => {
    const node = model.nodes[step.node];
    if (!node.program) { return model.original.local[index]; }
    if (of !== step.node) { [values, of] = [argumentsOf(node, data), step.node]; }
    return node.program.partials[step.slot](data[step.node], ...values);
  });
  return { data, local, changed: true };
}

/* ------------------------------------------------------------------ the backward pass */

/* One backward pass. Each event is one step with its numbers:
   {step, upstream, local, product, before, after, wrong}; `firstWrong` is the index of the first wrong event. A bug may
   be in the local derivatives. */
function replayed(model, run, bug = "", early = null, slopes = run.local) {
  const right = bug ? replayed(model, run) : null;
  const order = bug === "order" ? orderWith(model, early) : model.steps.map((step, index) => index);
  const gradients = model.nodes.map(() => 0);
  const expected = model.nodes.map(() => 0);
  const before = model.nodes.map(() => null);
  if (bug === "leftover") {
    model.leaves.forEach((leaf) => { gradients[leaf] = before[leaf] = right.gradients[leaf]; });
  }
  gradients[model.seed.node] += model.seed.gradient;
  expected[model.seed.node] = model.seed.gradient;
  const replay = {
    events: [], gradients, bug, early, leftovers: before, right, firstWrong: -1, eventOf: [], largest: 0,
    reached: new Int32Array(model.nodes.length).fill(-1), /* for each node its first event */
  };
  order.forEach((index) => {
    const step = model.steps[index];
    const upstream = gradients[step.node];
    const product = elementary.product(upstream, slopes[index]);
    const sum = gradients[step.operand];
    const after = bug === "assign" ? product : sum + product;
    gradients[step.operand] = after;
    let wrong = false;
    if (bug) {
      /* The gradient as it would be if this edge and the ones before had passed on the right numbers. */
      expected[step.operand] += right.events[right.eventOf[index]].product;
      wrong = !isClose(after, expected[step.operand]);
      if (wrong && replay.firstWrong < 0) { replay.firstWrong = replay.events.length; }
    }
    replay.eventOf[index] = replay.events.length;
    if (replay.reached[step.operand] < 0) { replay.reached[step.operand] = replay.events.length; }
    const local = elementary.slope(slopes[index]);
    replay.events.push({ step, index, upstream, local, product, before: sum, after, wrong });
  });
  gradients.forEach((gradient) => { if (Math.abs(gradient) > replay.largest) { replay.largest = Math.abs(gradient); } });
  return replay;
}

/* The steps with the turn of node `early` moved to just before its last consumer: a wrong topological order. */
function orderWith(model, early) {
  const order = model.steps.map((step, index) => index);
  const own = new Set(model.leaving[early]);
  const last = model.entering[early][model.entering[early].length - 1];
  const start = model.leaving[model.steps[last].node][0];
  const rest = order.filter((index) => !own.has(index));
  rest.splice(rest.indexOf(start), 0, ...model.leaving[early]);
  return rest;
}

/* The node to take too early for the bug "order": one with several consumers, if there is one that shows the bug. */
function earlyNode(model, run) {
  const right = replayed(model, run);
  const inner = model.forward.filter((position) => model.leaving[position].length && model.entering[position].length);
  const isShared = (position) => model.nodes[position].consumers > 1;
  const found = [...inner.filter(isShared).reverse(), ...inner.filter((position) => !isShared(position)).reverse()]
    .filter((position) => isLessBefore(model, right, position)).slice(0, 5)
    .find((position) => replayed(model, run, "order", position).firstWrong >= 0);
  return found === undefined ? null : found;
}

/* Whether a node would pass on other numbers before its last consumer is done. */
function isLessBefore(model, right, position) {
  const last = model.steps[model.entering[position][model.entering[position].length - 1]].node;
  const first = model.entering[position].find((index) => model.steps[index].node === last);
  const upstream = right.events[right.eventOf[first]].before;
  return model.leaving[position].some((index) => {
    const { local, product } = right.events[right.eventOf[index]];
    return !isClose(elementary.product(upstream, local), product);
  });
}

/* ------------------------------------------------------------------ checks and paths */

/* The derivative of the result with respect to the value of one node, by differences; null where the page cannot
   compute f. */
function finiteDifference(model, run, position) {
  if (model.fixed[position]) { return null; }
  const moving = dependentOn(model, position);
  const data = run.data.slice();
  return slopeOf((moved) => {
    data[position] = moved;
    moving.forEach((node) => { data[node.position] = node.program.forward(...argumentsOf(node, data)); });
    return data[model.result];
  }, run.data[position], run.data[model.result]);
}

/* The nodes whose values follow from the value of one, in their order. */
function dependentOn(model, position) {
  const { starts, operand } = model.edges;
  const isMoving = new Uint8Array(model.nodes.length);
  isMoving[position] = 1;
  const moving = [];
  for (let at = position + 1; at < model.nodes.length; at += 1) {
    for (let edge = starts[at]; edge < starts[at + 1] && !isMoving[at]; edge += 1) {
      if (operand[edge] >= 0 && isMoving[operand[edge]]) { isMoving[at] = 1; }
    }
    if (isMoving[at]) { moving.push(model.nodes[at]); }
  }
  return moving;
}

/* The central difference (f(x+h) − f(x−h)) / 2h at two steps, extrapolated to h = 0 (L. F. Richardson, 1911), which is
   right to about ten digits. Where it disagrees with one at a small step, as beside a kink, the small step is right. `value` is f(x). */
function slopeOf(f, x, value) {
  const size = Math.max(1, Math.abs(x));
  const central = (step) => {
    const [above, below] = [x + step * size, x - step * size];
    return (f(above) - f(below)) / (above - below);
  };
  const near = central(6e-6);
  const [wide, half] = [central(1e-3), central(5e-4)];
  const extrapolated = half + (half - wide) / 3;
  const rounding = Math.abs(value) * 1e-9 / size;
  return Math.abs(extrapolated - near) <= 1e-6 * Math.abs(near) + rounding ? extrapolated : near;
}

/* The same for the nodes that are wanted, in slices of 25 ms, so that the page stays responsive: thousands of nodes take
   seconds. */
function finiteDifferences(model, run, onProgress) {
  const found = model.nodes.map(() => null);
  const wanted = [];
  const isWanted = new Uint8Array(model.nodes.length);
  let done = 0;
  let timer = null;
  function slice() {
    const end = performance.now() + 25;
    for (; done < wanted.length && performance.now() < end; done += 1) {
      found[wanted[done]] = finiteDifference(model, run, wanted[done]);
    }
    timer = done < wanted.length ? setTimeout(slice, 0) : null;
    onProgress();
  }
  return {
    found,
    want(position) {
      if (!isWanted[position]) { wanted.push(position); }
      isWanted[position] = 1;
      if (done < wanted.length && timer === null) { timer = setTimeout(slice, 0); }
    },
    stop: () => clearTimeout(timer),
  };
}

/* The paths from the result to a node: {count, paths: [{steps, product}]}, no more than `most` of them listed. */
function pathsTo(model, run, target, most = 12) {
  const ways = model.nodes.map(() => 0);
  ways[target] = 1;
  for (let position = target + 1; position < model.nodes.length; position += 1) {
    model.leaving[position].forEach((index) => { ways[position] += ways[model.steps[index].operand]; });
  }
  const paths = [];
  /* Each way to go on, with the one that led to it; a path may be longer than functions can call each other. */
  const waiting = ways[model.result] > 0 ? [{ position: model.result, index: null, before: null, product: model.seed.gradient }] : [];
  while (waiting.length && paths.length < most) {
    const way = waiting.pop();
    if (way.position === target) {
      const steps = [];
      for (let at = way; at.before; at = at.before) { steps.push(at.index); }
      paths.push({ steps: steps.reverse(), product: way.product });
      continue;
    }
    const onward = model.leaving[way.position].filter((index) => ways[model.steps[index].operand] > 0);
    onward.reverse().forEach((index) => waiting.push({
      position: model.steps[index].operand, index, before: way, product: elementary.product(way.product, run.local[index]),
    }));
  }
  return { count: ways[model.result], paths };
}

/* ------------------------------------------------------------------ moments */

/* A moment is a position on the slider: 0 with only the leaves known, then the results of the forward phase one
   by one, then the seed, then the steps of the backward phase. */
function momentOf(model, at) {
  const results = model.forward.length;
  return at <= results ? { phase: "forward", index: at } : { phase: "backward", index: at - results - 1 };
}

/* The moment of a node in a phase: where it is computed, or where the last contribution to its gradient arrives. */
function momentOfNode(model, replay, phase, position) {
  if (phase === "forward") { return model.forward.indexOf(position) + 1; }
  const taken = model.entering[position].reduce((last, index) => Math.max(last, replay.eventOf[index] + 1), 0);
  return model.forward.length + 1 + taken;
}

/* How many steps of the backward phase have been taken. */
function stepsTaken(moment) {
  return moment.phase === "backward" ? moment.index : 0;
}

function lastMoment(model) {
  return model.forward.length + 1 + model.steps.length;
}

/* Where "next" (1) and "previous" (-1) stop: everywhere, or at the last edge of every node. */
function nextStop(model, replay, byNode, from, direction) {
  const seed = model.forward.length + 1;
  for (let at = from + direction; at >= 0 && at <= lastMoment(model); at += direction) {
    const [event, following] = [replay.events[at - seed - 1], replay.events[at - seed]];
    if (!byNode || !event || !following || event.step.node !== following.step.node) { return at; }
  }
  return from;
}

/* What is known at a moment: for every node its value and gradient, null until they are computed. Made from what was
   known at another moment, `near`, if that is of the same replay. */
function snapshot(model, run, replay, at, near = null) {
  const moment = momentOf(model, at);
  const isBackward = moment.phase === "backward";
  const shot = {
    run,
    replay,
    moment,
    computed: isBackward ? model.forward.length : moment.index, /* results that are known */
    taken: isBackward ? moment.index : -1, /* steps of the backward phase, -1 before the seed */
  };
  const isNear = near && near.run === run && near.replay === replay;
  const from = isNear ? near : { data: run.data.slice(), grad: replay.leftovers, computed: model.forward.length, taken: -1 };
  [shot.data, shot.grad] = [isNear ? from.data.slice() : from.data, from.grad.slice()];
  for (let index = from.computed; index < shot.computed; index += 1) { shot.data[model.forward[index]] = run.data[model.forward[index]]; }
  for (let index = from.computed - 1; index >= shot.computed; index -= 1) { shot.data[model.forward[index]] = null; }
  const { events, leftovers, reached } = replay;
  for (let index = from.taken - 1; index >= Math.max(shot.taken, 0); index -= 1) {
    const { step, before } = events[index];
    shot.grad[step.operand] = reached[step.operand] === index ? leftovers[step.operand] : before;
  }
  if ((from.taken < 0) !== (shot.taken < 0)) {
    const { node, gradient } = model.seed;
    shot.grad[node] = shot.taken < 0 ? leftovers[node] : (leftovers[node] || 0) + gradient;
  }
  for (let index = Math.max(from.taken, 0); index < shot.taken; index += 1) { shot.grad[events[index].step.operand] = events[index].after; }
  return shot;
}

/* The events shown together at a moment: one, or all of one node when going node by node. */
function eventsAt(replay, moment, byNode) {
  const last = moment.phase === "backward" ? moment.index - 1 : -1;
  if (last < 0) { return []; }
  let first = last;
  while (byNode && first > 0 && replay.events[first - 1].step.node === replay.events[last].step.node) { first -= 1; }
  return replay.events.slice(first, last + 1);
}
