/* Repeated structure, the first part: an order of the operations in which the copies of a structure stand side by side.

   The order of a trace is that of a walk through the operands: what a loop computes in its first turn may stand far from the
   rest of that turn. Here the operations are ordered anew. The gate of a node is the first operation that all its paths
   to the result go through (its immediate post-dominator), and a region is a node with all that has to pass it: a
   neuron, a sample, the whole. Regions lie in each other and have one way out. A region is written as a sequence along
   its longest part, say the states of a recurrence, with each smaller region, such as w * x, in one piece where it
   is needed. Read sequencesOf. */

/* The graph in typed arrays: the kind of each node (0 for a leaf), its operands (below 0 for constants), its consumers. */
function wiringOf({ nodes, edges: { starts, node, operand } }) {
  const kinds = new Int32Array(nodes.length);
  const names = new Map();
  nodes.forEach(({ op, groups }, position) => {
    if (!op) { return; }
    const name = op + ":" + groups.join();
    if (!names.has(name)) { names.set(name, names.size + 1); }
    kinds[position] = names.get(name);
  });
  const consumed = new Int32Array(nodes.length + 1);
  operand.forEach((at) => { if (at >= 0) { consumed[at + 1] += 1; } });
  for (let position = 0; position < nodes.length; position += 1) { consumed[position + 1] += consumed[position]; }
  const consumers = new Int32Array(consumed[nodes.length]);
  const filled = consumed.slice();
  operand.forEach((at, edge) => {
    if (at < 0) { return; }
    consumers[filled[at]] = node[edge];
    filled[at] += 1;
  });
  return { length: nodes.length, kinds, starts, operands: operand, consumers, consumed };
}

/* The gate of each operation. Two nodes are compared by walks towards the result that jump, as in E. W. Myers, "An
   applicative random-access stack" (1983): log n jumps, where single steps would take n. */
function gatesOf({ length, kinds, consumers, consumed }) {
  const gates = new Int32Array(length).fill(-1);
  const depths = new Int32Array(length);
  const jumps = new Int32Array(length);
  jumps[length - 1] = length - 1;
  const common = (one, other) => {
    let [a, b] = depths[one] >= depths[other] ? [one, other] : [other, one];
    while (depths[a] > depths[b]) { a = depths[jumps[a]] >= depths[b] ? jumps[a] : gates[a]; }
    while (a !== b) { [a, b] = jumps[a] !== jumps[b] ? [jumps[a], jumps[b]] : [gates[a], gates[b]]; }
    return a;
  };
  for (let position = length - 2; position >= 0; position -= 1) {
    if (!kinds[position]) { continue; }
    let gate = consumers[consumed[position]];
    for (let at = consumed[position] + 1; at < consumed[position + 1]; at += 1) { gate = common(gate, consumers[at]); }
    gates[position] = gate;
    depths[position] = depths[gate] + 1;
    const [near, far] = [jumps[gate], jumps[jumps[gate]]];
    jumps[position] = depths[gate] - depths[near] === depths[near] - depths[far] ? far : gate;
  }
  return gates;
}

/* The operations in the new order, and the sequences in it, inner ones first. The items of a sequence are
   {start, end, level}: a part of the order, and how far it is from the end of its sequence. */
function sequencesOf(wiring) {
  const { length, kinds, consumers, consumed } = wiring;
  const gates = gatesOf(wiring);
  const sizes = new Int32Array(length).fill(1);
  const sums = new Int32Array(length);
  const inner = new Array(length).fill(NONE);
  for (let position = 0; position < length; position += 1) {
    if (!kinds[position]) { continue; }
    sums[position] += Math.imul(kinds[position], 0x9e3779b1) ^ (kinds[position] << 7);
    if (gates[position] < 0) { continue; }
    sizes[gates[position]] += sizes[position];
    sums[gates[position]] += sums[position];
    added(inner, gates[position], position);
  }
  /* What regions that are copies of each other have in common. */
  const sign = (position) => (Math.imul(sizes[position], 0x85ebca6b) ^ Math.imul(sums[position], 31) ^ kinds[position]) >> 1;
  const order = [];
  const sequences = [];
  const itemAt = new Int32Array(length);

  /* The way down through the largest regions, and the heads of the regions beside it. The way ends where the largest is
     only the first of many of its kind. */
  function wayTo(last) {
    const [way, beside] = [[last], []];
    const signs = new Set();
    for (let at = last; ;) {
      const own = inner[at];
      const largest = own.reduce((best, head) => (best < 0 || sizes[head] > sizes[best] ? head : best), -1);
      own.forEach((head) => {
        if (head === largest) { return; }
        signs.add(sign(head));
        beside.push(head);
      });
      if (largest < 0) { return { way, beside }; }
      if (signs.has(sign(largest))) {
        beside.push(largest);
        return { way, beside };
      }
      way.push(largest);
      at = largest;
    }
  }

  function markRegion(head, item) {
    const waiting = [head];
    while (waiting.length) {
      const at = waiting.pop();
      itemAt[at] = item;
      for (const below of inner[at]) { waiting.push(below); }
    }
  }

  function write(last) {
    const { way, beside } = wayTo(last);
    const alone = new Set(way);
    const heads = [...way, ...beside].sort((one, other) => other - one);
    heads.forEach((head, item) => { if (alone.has(head)) { itemAt[head] = item; } else { markRegion(head, item); } });
    const levels = new Int32Array(heads.length);
    heads.forEach((head, item) => {
      for (let at = consumed[head]; at < consumed[head + 1]; at += 1) {
        if (head !== last) { levels[item] = Math.max(levels[item], levels[itemAt[consumers[at]]] + 1); }
      }
    });
    const places = heads.map((head, item) => item).sort((a, b) => levels[b] - levels[a] || heads[a] - heads[b]);
    const items = places.map((item) => {
      const start = order.length;
      if (alone.has(heads[item]) || sizes[heads[item]] === 1) { order.push(heads[item]); } else { write(heads[item]); }
      return { start, end: order.length, level: levels[item], token: 0 };
    });
    sequences.push(items);
  }

  if (length && kinds[length - 1]) { write(length - 1); }
  return { order, sequences };
}
