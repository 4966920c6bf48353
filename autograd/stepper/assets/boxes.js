/* The boxes of a graph, module groups and repeats: what lies in each, what crosses its border, and whose numbers stand
   on it while it is closed. */

/* For a tree as `structureOf` returns it: {around, inside, crossing, output}; positions are those of the trace. */
function boxesOf(model, tree) {
  const home = Array(model.nodes.length).fill(null);
  const outer = new Map();
  const all = [];
  const visit = (box, parent) => {
    outer.set(box, parent);
    all.push(box);
    box.members.forEach((position) => { home[position] = box; });
    box.children.forEach((child) => visit(child, box));
  };
  tree.children.forEach((box) => visit(box, null));
  const contents = new Map();
  const borders = new Map();

  const insideOf = (box) => box.members.concat(box.children.flatMap(insideOf));

  function inside(box) {
    if (!contents.has(box)) { contents.set(box, insideOf(box).sort((one, other) => one - other)); }
    return contents.get(box);
  }

  /* The boxes around a node, the outermost first. */
  function around(position) {
    const found = [];
    for (let box = home[position]; box; box = outer.get(box)) { found.unshift(box); }
    return found;
  }

  const isIn = (box, position) => around(position).includes(box);

  /* The edges into a box, as [result, slot, operand], and the nodes outside that use what is in it. */
  function crossing(box) {
    if (!borders.has(box)) {
      const edges = [];
      const consumers = new Set();
      let output = inside(box)[inside(box).length - 1];
      inside(box).forEach((position) => {
        model.nodes[position].operands.forEach((operand, slot) => {
          if ("node" in operand && !isIn(box, operand.node)) { edges.push([position, slot, operand.node]); }
        });
        const used = model.entering[position].map((index) => model.steps[index].node).filter((by) => !isIn(box, by));
        if (used.length) { output = position; }
        used.forEach((by) => consumers.add(by));
      });
      borders.set(box, { edges, consumers: [...consumers].sort((one, other) => one - other), output });
    }
    return borders.get(box);
  }

  return { all, around, inside, outer: (box) => outer.get(box), crossing, output: (box) => crossing(box).output };
}
