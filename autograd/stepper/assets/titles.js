/* The titles of the parts of the picture that the page comes with, in the language of the page: they follow it. */

function sayTitles(svg, model, part) {
  const name = (operand) => ("node" in operand ? model.nodes[operand.node].name : shown(operand.constant));
  const titled = (target, text, names) => {
    if (target) { sayOn(target.querySelector("title"), { text }, names); }
  };
  titled(svg, "graph.title", { result: model.nodes[model.result].name, count: model.nodes.length });
  model.nodes.forEach((node) => {
    const count = node.operands.length;
    if (!node.op) { titled(part("node-" + node.position), "graph.leaf", { name: node.name }); }
    titled(part("op-" + node.position), "graph.op", { symbol: clean(node.symbol), count });
    node.operands.forEach((operand, slot) => {
      const names = { operand: name(operand), name: node.name, slot: slot + 1 };
      titled(part("edge-" + node.position + "-" + slot), count > 1 ? "graph.edge.slot" : "graph.edge", names);
      if (!("node" in operand)) {
        titled(part("constant-" + node.position + "-" + slot), "graph.constant", { number: name(operand) });
      }
    });
  });
}
