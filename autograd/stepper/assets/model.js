/* The model: the trace, and what the page computes from it when an input is edited or a bug is chosen.

   A run is one forward pass: a value for every node and a local derivative for every edge. A replay is one
   backward pass over a run: for every step the numbers of the chain rule, with or without a bug. Read modelOf,
   recomputed, replayed and snapshot in this order. */

/* The columns of the trace as an object for each node and for each step; docs/trace.md describes the columns. What
   follows from them, as the formulas of thousands of nodes, is made when it is asked for. */
function modelOf(json, programs) {
  const { node: results, slot: slots, order } = edgesOf(json);
  const nodes = json.nodes.name.map((name, position) => {
    const operation = operationOf(json, position);
    return {
      position,
      name: clean(name),
      op: operation ? operation.op : "",
      symbol: operation ? operation.symbol : "",
      get expression() { return operation ? clean(model.formulas[position].forward.text) : ""; },
      operands: [],
      groups: operation ? operation.groups : [],
      consumers: 0,
      group: json.modules[json.nodes.module[position]],
      line: json.nodes.line ? json.nodes.line[position] : null,
      program: operation ? programs[operation.op + ":" + operation.groups.join(",")] : null,
    };
  });
  json.edges.operand.forEach((operand, edge) => {
    nodes[results[edge]].operands.push(
      operand < 0 ? { constant: decoded(json.constants[-1 - operand]) } : { node: operand },
    );
  });
  const steps = order.map((edge) => {
    const [node, operand, slot] = [results[edge], json.edges.operand[edge], slots[edge]];
    nodes[operand].consumers += 1;
    return {
      node,
      operand,
      slot,
      contribution: nodes[operand].consumers,
      get rule() { return clean(model.formulas[node].partials[slot].text); },
    };
  });
  const model = {
    nodes,
    steps,
    result: nodes.length - 1,
    forward: nodes.filter((node) => node.op).map((node) => node.position),
    seed: { node: nodes.length - 1, gradient: 1 },
    source: json.source,
    leaves: nodes.filter((node) => !node.op).map((node) => node.position),
    fixed: fixedNodes(nodes),
    entering: nodes.map(() => []),
    leaving: nodes.map(() => []),
  };
  steps.forEach((step, index) => {
    model.entering[step.operand].push(index);
    model.leaving[step.node].push(index);
  });
  /* The run with the numbers of the engine, exact to the last bit. A branch not taken passes on 0 even of an infinite
     gradient: its local derivative is null. */
  const local = order.map((edge) => (json.edges.local[edge] === null ? null : decoded(json.edges.local[edge])));
  model.original = { data: json.nodes.data.map(decoded), local, changed: false };
  model.formulas = formulasOf(json, model);
  return model;
}

function operationOf(json, position) {
  const index = json.nodes.operation[position];
  return index === null ? null : json.operations[index];
}

/* For each edge the position of its result and its place among the operands of the result; and the order of the edges
   in the backward pass: those of the last node first, unless the trace has an order of its own. */
function edgesOf(json) {
  const edges = { node: [], slot: [], order: json.order || [] };
  const starts = json.nodes.name.map((name, position) => {
    const start = edges.node.length;
    const operation = operationOf(json, position);
    const count = operation ? operation.partials.length : 0;
    for (let slot = 0; slot < count; slot += 1) {
      edges.node.push(position);
      edges.slot.push(slot);
    }
    return start;
  });
  for (let position = starts.length - 1; position >= 0 && !json.order; position -= 1) {
    for (let edge = starts[position]; edges.node[edge] === position; edge += 1) {
      if (json.edges.operand[edge] >= 0) { edges.order.push(edge); }
    }
  }
  return edges;
}

/* For every node whether an operation without a program depends on it, one that the page cannot compute. Such a node
   keeps its number, and so does the operation. */
function fixedNodes(nodes) {
  const fixed = nodes.map(() => false);
  for (let position = nodes.length - 1; position >= 0; position -= 1) {
    const node = nodes[position];
    if (node.op && (!node.program || fixed[position])) {
      node.operands.forEach((operand) => { if ("node" in operand) { fixed[operand.node] = true; } });
    }
  }
  return fixed;
}

function argumentsOf(node, data) {
  return node.operands.map((operand) => ("node" in operand ? data[operand.node] : operand.constant));
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
  const local = model.steps.map((step, index) => {
    const node = model.nodes[step.node];
    if (!node.program) { return model.original.local[index]; }
    return node.program.partials[step.slot](data[step.node], ...argumentsOf(node, data));
  });
  return { data, local, changed: true };
}

/* ------------------------------------------------------------------ the backward pass */

const BUGS = ["assign", "order", "leftover"];

/* One backward pass. Each event is one step with its numbers:
   {step, upstream, local, product, before, after, wrong}; `firstWrong` is the index of the first wrong event. */
function replayed(model, run, bug = "", early = null) {
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
  const replay = { events: [], gradients, bug, early, leftovers: before, right, firstWrong: -1, eventOf: [] };
  order.forEach((index) => {
    const step = model.steps[index];
    const upstream = gradients[step.node];
    const product = elementary.product(upstream, run.local[index]);
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
    const local = elementary.slope(run.local[index]);
    replay.events.push({ step, index, upstream, local, product, before: sum, after, wrong });
  });
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
  const isInner = ({ position }) => model.leaving[position].length && model.entering[position].length;
  const inner = model.nodes.filter(isInner);
  inner.sort((a, b) => (b.consumers > 1) - (a.consumers > 1) || b.position - a.position);
  const found = inner.slice(0, 50).find((node) => replayed(model, run, "order", node.position).firstWrong >= 0);
  return found ? found.position : null;
}

/* ------------------------------------------------------------------ checks and paths */

/* The derivative of the result with respect to the value of one node, by differences; null where the page cannot
   compute f. */
function finiteDifference(model, run, position) {
  if (model.fixed[position]) { return null; }
  return slopeOf((moved) => {
    const data = run.data.slice();
    data[position] = moved;
    return position === model.result ? moved : propagate(model, data, position + 1);
  }, run.data[position], run.data[model.result]);
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

/* The same for all nodes, in slices of 25 ms, so that the page stays responsive: thousands of nodes take seconds. */
function finiteDifferences(model, run, onProgress) {
  const found = model.nodes.map(() => null);
  let position = 0;
  let timer = null;
  function slice() {
    const end = performance.now() + 25;
    while (position < model.nodes.length && performance.now() < end) {
      found[position] = finiteDifference(model, run, position);
      position += 1;
    }
    timer = position < model.nodes.length ? setTimeout(() => { slice(); onProgress(); }, 0) : null;
  }
  slice();
  return { found, stop: () => clearTimeout(timer) };
}

/* The paths from the result to a node: {count, paths: [{steps, product}]}, no more than `most` of them listed. */
function pathsTo(model, run, target, most = 12) {
  const ways = model.nodes.map(() => 0);
  ways[target] = 1;
  for (let position = target + 1; position < model.nodes.length; position += 1) {
    model.leaving[position].forEach((index) => { ways[position] += ways[model.steps[index].operand]; });
  }
  const paths = [];
  const walk = (position, steps, product) => {
    if (position === target) { paths.push({ steps, product }); return; }
    model.leaving[position].forEach((index) => {
      const step = model.steps[index];
      if (paths.length < most && ways[step.operand] > 0) {
        walk(step.operand, steps.concat(index), elementary.product(product, run.local[index]));
      }
    });
  };
  if (ways[model.result] > 0) { walk(model.result, [], model.seed.gradient); }
  return { count: ways[model.result], paths };
}

/* ------------------------------------------------------------------ moments */

/* A moment is a position on the slider: 0 with only the leaves known, then the results of the forward phase one
   by one, then the seed, then the steps of the backward phase. */
function momentOf(model, at) {
  const results = model.forward.length;
  return at <= results ? { phase: "forward", index: at } : { phase: "backward", index: at - results - 1 };
}

/* How many steps of the backward phase have been taken. */
function stepsTaken(moment) {
  return moment.phase === "backward" ? moment.index : 0;
}

function lastMoment(model) {
  return model.forward.length + 1 + model.steps.length;
}

/* Where "next" and "previous" stop: everywhere, or at the last edge of every node. */
function stopsOf(model, replay, byNode) {
  const stops = [];
  for (let at = 0; at <= model.forward.length + 1; at += 1) { stops.push(at); }
  replay.events.forEach((event, index) => {
    const next = replay.events[index + 1];
    if (!byNode || !next || next.step.node !== event.step.node) { stops.push(model.forward.length + 2 + index); }
  });
  return stops;
}

/* What is known at a moment: for every node its value and gradient, null until they are computed. */
function snapshot(model, run, replay, at) {
  const moment = momentOf(model, at);
  const backward = moment.phase === "backward";
  const data = model.nodes.map((node) => (node.op && !backward ? null : run.data[node.position]));
  const grad = replay.leftovers.slice();
  const finished = model.nodes.map(() => 0);
  if (!backward) {
    for (let index = 0; index < moment.index; index += 1) {
      const position = model.forward[index];
      data[position] = run.data[position];
    }
  } else {
    grad[model.seed.node] = (grad[model.seed.node] || 0) + model.seed.gradient;
    for (let index = 0; index < moment.index; index += 1) {
      const event = replay.events[index];
      grad[event.step.operand] = event.after;
      finished[event.step.node] += 1;
    }
  }
  return { moment, data, grad, finished };
}

/* The events shown together at a moment: one, or all of one node when going node by node. */
function eventsAt(replay, moment, byNode) {
  const last = moment.phase === "backward" ? moment.index - 1 : -1;
  if (last < 0) { return []; }
  let first = last;
  while (byNode && first > 0 && replay.events[first - 1].step.node === replay.events[last].step.node) { first -= 1; }
  return replay.events.slice(first, last + 1);
}
