/* What is to be seen: the items around a focus, and where a layout puts them. An item is a node, a constant operand, or a
   closed box, which stands for all nodes in it. Read sceneOf last: the others choose. */

const MOST_ITEMS = 80; /* items at once */
const NEAREST = 12; /* operands or consumers of one item that are looked at */
const MOST_NEAR = 400; /* of those of a box, in which many may lie */
const REACH = 2; /* layers that an edge from a leaf may span in a large graph */

/* The graph of the items. `isOpen` says of each box whether its content is shown. */
function itemsOf(model, boxes, isOpen) {
  const known = new Map();

  function itemOf(position) {
    const closed = boxes.around(position).find((box) => !isOpen(box));
    const key = closed ? "b" + closed.key : "n" + position;
    if (!known.has(key)) { known.set(key, closed ? boxItem(key, closed) : nodeItem(key, position)); }
    return known.get(key);
  }

  function boxItem(key, box) {
    return { key, kind: "box", box, id: box.key, position: boxes.output(box) };
  }

  function nodeItem(key, position) {
    return { key, kind: "node", position, name: brief(cut(model.nodes[position].name)) };
  }

  /* The edges into an item, as [result, slot, operand]. */
  function edgesInto(item) {
    if (item.kind === "box") { return boxes.crossing(item.box).edges; }
    return model.nodes[item.position].operands.flatMap((operand, slot) => (
      "node" in operand ? [[item.position, slot, operand.node]] : []));
  }

  function consumersOf(item) {
    if (item.kind === "box") { return boxes.crossing(item.box).consumers; }
    return [...new Set(model.entering[item.position].map((index) => model.steps[index].node))];
  }

  return { itemOf, edgesInto, consumersOf };
}

/* The layer of each node: as far from the result as its longest path to it. */
function depthsOf(model) {
  const depths = model.nodes.map(() => 0);
  for (let position = model.nodes.length - 1; position >= 0; position -= 1) {
    model.leaving[position].forEach((index) => {
      const { operand } = model.steps[index];
      depths[operand] = Math.max(depths[operand], depths[position] + 1);
    });
  }
  const last = depths.reduce((most, depth) => Math.max(most, depth), 0);
  return depths.map((depth) => last - depth);
}

/* The items nearest to the focus, at most `most`: what uses and makes it first. A step along an edge is longer the more
   layers it spans and the more other consumers its operand has. */
function nearestItems(model, graph, depths, focus, most) {
  const [middle] = focus;
  const found = new Map();
  const layers = focus.map((position) => depths[position]); /* a leaf is near where it is used beside the focus */
  const waiting = new Map(focus.map((position) => {
    const item = graph.itemOf(position);
    return [item.key, { item, cost: 0, near: Math.max(...layers) }];
  }));
  /* Of many positions the nearest ones, one for each item that shows them. */
  const closest = (positions) => {
    if (positions.length <= NEAREST) { return positions; }
    const shownBy = new Map();
    positions.slice().sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle) || one - other).slice(0, MOST_NEAR)
      .forEach((position) => {
        const { key } = graph.itemOf(position);
        if (!shownBy.has(key)) { shownBy.set(key, position); }
      });
    return [...shownBy.values()].slice(0, NEAREST);
  };
  while (waiting.size && found.size < most) {
    let next = null;
    waiting.forEach((candidate) => { if (!next || candidate.cost < next.cost) { next = candidate; } });
    const { item, cost, near } = next;
    waiting.delete(item.key);
    found.set(item.key, item);
    const reach = (position, more) => {
      const other = graph.itemOf(position);
      if (found.has(other.key)) { return; }
      const far = Math.log2(1 + Math.abs(depths[position] - depths[item.position])) / 2;
      const known = waiting.get(other.key);
      const total = cost + 1 + far + more;
      if (!known || total < known.cost) { waiting.set(other.key, { item: other, cost: total, near: depths[item.position] }); }
    };
    const operands = [...new Set(graph.edgesInto(item).map(([, , operand]) => operand))];
    closest(operands).forEach((position) => reach(position, 0));
    const isLeaf = item.kind === "node" && !model.nodes[item.position].op;
    const consumers = graph.consumersOf(item).filter((by) => !isLeaf || Math.abs(depths[by] - near) <= REACH);
    closest(consumers).forEach((position) => reach(position, Math.log2(consumers.length)));
  }
  return [...found.values()].sort((one, other) => one.position - other.position);
}

/* The edges among items, {tail, head, names}: one for each operand, and one for all of those from or into a box. */
function edgesAmong(graph, items) {
  const shown = new Set(items.map((item) => item.key));
  const merged = new Map();
  const edges = [];
  items.forEach((item) => graph.edgesInto(item).forEach(([result, slot, operand]) => {
    const tail = graph.itemOf(operand);
    if (!shown.has(tail.key) || tail === item) { return; }
    const key = item.kind === "box" || tail.kind === "box" ? tail.key + "\n" + item.key : "";
    if (key && merged.has(key)) {
      merged.get(key).names.push(result + "-" + slot);
      return;
    }
    const edge = { tail: tail.key, head: item.key, names: [result + "-" + slot], ends: [operand, result] };
    edges.push(edge);
    if (key) { merged.set(key, edge); }
  }));
  return edges;
}

/* A leaf that is used in layers far apart, as the weights of a recurrence are, would draw long lines across all that is
   between. It stands beside the step, or else where it is used first; its other uses get copies of its name. */
function copyFarLeaves(model, depths, focus, edges) {
  const isLeaf = (edge) => edge.tail[0] === "n" && !model.nodes[edge.ends[0]].op;
  const homes = new Map();
  edges.filter(isLeaf).forEach(({ ends: [leaf, result] }) => {
    const isNow = focus.includes(leaf) && focus.includes(result);
    const known = homes.get(leaf);
    if (!known || isNow || (!known.isNow && depths[result] < known.depth)) { homes.set(leaf, { depth: depths[result], isNow }); }
  });
  const copies = [];
  edges.filter(isLeaf).forEach((edge) => {
    const [leaf, result] = edge.ends;
    if (Math.abs(depths[result] - homes.get(leaf).depth) <= REACH) { return; }
    const [name] = edge.names;
    const copy = { key: "g" + name, kind: "copy", position: result, of: leaf, name: brief(cut(model.nodes[leaf].name)) };
    copies.push(copy);
    edge.tail = copy.key;
  });
  return copies;
}

/* The constants beside the operations that have few, each with its edge. */
function constantsOf(model, items) {
  return items.filter((item) => item.kind === "node" && model.nodes[item.position].operands.length <= NEAREST)
    .flatMap(({ key, position }) => model.nodes[position].operands.flatMap((operand, slot) => {
      if ("node" in operand) { return []; }
      const item = { key: "k" + position + "-" + slot, kind: "constant", position, slot, constant: operand.constant, head: key };
      return [item];
    }));
}

/* A scene: {items, frames, edges, width, height, isDown}. Every item has its `size` and its place, `x` and `y`, every
   frame `x`, `y`, `width` and `height`, every edge its `route`. */
function sceneOf(model, boxes, depths, { focus, most, isOpen, isDown }) {
  const graph = itemsOf(model, boxes, isOpen);
  const cards = nearestItems(model, graph, depths, focus, most);
  const constants = constantsOf(model, cards);
  const edges = edgesAmong(graph, cards);
  const isAll = cards.length === model.nodes.length;
  const copies = isAll ? [] : copyFarLeaves(model, depths, focus, edges);
  constants.forEach(({ key, head, position, slot }) => (
    edges.push({ tail: key, head, names: [position + "-" + slot], ends: [position, position], slot })));
  const kinds = ["constant", "copy", "node", "box"];
  const items = new Map([...constants, ...copies, ...cards]
    .sort((one, other) => one.position - other.position || kinds.indexOf(one.kind) - kinds.indexOf(other.kind))
    .map((item) => (item.kind === "box" ? { ...item, name: cut(item.box.label), title: cut(item.box.title) } : item))
    .map((item) => [item.key, { ...item, size: measured(item, model, isDown) }]));
  edges.sort((one, other) => one.ends[1] - other.ends[1] || slotOf(one) - slotOf(other));
  const { parents, frames } = framesOf(boxes, items, isOpen);
  const place = isDown ? stacked : layered;
  const layout = place(new Map([...items].map(([key, { size }]) => [key, [size.width, size.height]])),
    edges.map(({ tail, head }) => [tail, head]), {
      parents,
      headings: new Map([...frames].map(([key, frame]) => [key, widthOf(frame.name, "15px system-ui, sans-serif")])),
      ports: new Map([...items].map(([key, { size }]) => [key, size.port])),
      ranks: gapOf(items.size, isDown),
      isClose: true,
      boxes: isDown ? 14 : 20,
    });
  items.forEach((item, key) => Object.assign(item, layout.boxes.get(key), stubsOf(graph, items, item)));
  frames.forEach((frame, key) => Object.assign(frame, layout.boxes.get(key)));
  edges.forEach((edge, index) => Object.assign(edge, routed(edge, layout.routes[index], items, depths, isDown)));
  return { items, frames, edges, width: layout.width, height: layout.height, isDown };
}

const slotOf = (edge) => Number(edge.names[0].split("-")[1]);

function gapOf(count, isDown) {
  if (isDown) { return count <= 9 ? 50 : 46; }
  return count <= 20 ? 104 : 78;
}

/* The open boxes around the items: the frame in which each item and each frame lies. */
function framesOf(boxes, items, isOpen) {
  const parents = new Map();
  const frames = new Map();
  items.forEach((item, key) => {
    const around = boxes.around(item.position);
    const closed = around.findIndex((box) => !isOpen(box));
    const open = closed < 0 ? around : around.slice(0, closed);
    open.reverse().reduce((inner, box) => {
      const frame = "c" + box.key;
      parents.set(inner, frame);
      frames.set(frame, { key: frame, position: item.position, box, id: box.key, name: cut(box.label), title: cut(box.title || box.label) });
      return frame;
    }, key);
  });
  return { parents, frames };
}

/* Whether an item has operands, or consumers, that are not shown. */
function stubsOf(graph, items, item) {
  if (!item.size.card) { return {}; }
  const isHidden = (position) => !items.has(graph.itemOf(position).key);
  return {
    hasOperands: graph.edgesInto(item).some(([, , operand]) => isHidden(operand)),
    hasConsumers: graph.consumersOf(item).some(isHidden),
  };
}

/* The route of an edge in [along, across], its end on the round side of an operation, and whether it is broken: far
   longer in the graph than it is drawn. */
function routed(edge, points, items, depths, isDown) {
  const route = points.map(([x, y]) => (isDown ? [y, x] : [x, y]));
  const [tail, head] = [items.get(edge.tail), items.get(edge.head)];
  if (head.size.op) {
    const { op } = head.size;
    const radius = Math.min(op.width, op.height) / 2;
    const [end, across] = route[route.length - 1];
    const middle = isDown ? head.x + op.x + op.width / 2 : head.y + op.y + op.height / 2;
    const off = Math.abs(across - middle) - (isDown ? op.width : op.height) / 2 + radius;
    route[route.length - 1] = [end + radius - Math.sqrt(Math.max(radius ** 2 - Math.max(off, 0) ** 2, 0)), across];
  }
  const drawnLength = route[route.length - 1][0] - route[0][0];
  const layers = depths[edge.ends[1]] - depths[edge.ends[0]];
  return { route, hidden: isDown && tail.size.card ? DRAWER : 0, isBroken: layers > 8 + drawnLength / 80 };
}
