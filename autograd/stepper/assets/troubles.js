/* Where a zero, a nan or an infinity arises, and why: what the sentence about a step adds. */

const isSick = (number) => number !== null && !Number.isFinite(number);

/* What is to be said of the value of a node, in parts; null of a healthy one. */
function troubleOfValue(model, data, position) {
  const node = model.nodes[position];
  const value = data[position];
  const inputs = argumentsOf(node, data);
  const names = { op: node.op, value: shown(value), number: inputs.slice(0, 3).map((x) => shown(x)).join(", ") };
  if (Number.isFinite(value)) {
    return node.op === "relu" && inputs[0] <= 0 ? sayParts("trouble.off", names) : null;
  }
  /* It was there before: the same nan, or any infinity where an infinity comes out. */
  const source = node.operands.find((operand, slot) => "node" in operand
    && (Number.isNaN(value) ? Number.isNaN(inputs[slot]) : Math.abs(inputs[slot]) === Infinity));
  if (source) { return sayParts("trouble.from", { ...names, name: { name: model.nodes[source.node].name } }); }
  const isInfinite = inputs.some((input) => Math.abs(input) === Infinity);
  if (Number.isNaN(value)) {
    if (isInfinite && node.op === "mul") { return sayParts("trouble.product"); }
    if (isInfinite && ["add", "sub"].includes(node.op)) { return sayParts("trouble.difference"); }
    return sayParts(node.op === "div" && !isInfinite ? "trouble.zero" : "trouble.domain", names);
  }
  if (node.op === "div" && inputs[1] === 0) { return sayParts("trouble.pole", { ...names, number: shown(inputs[0]) }); }
  return sayParts(inputs.every((input) => Math.abs(input) <= 1) ? "trouble.limit" : "trouble.large", names);
}

/* The same of a step of the backward phase. */
function troubleOfStep(model, data, event) {
  const { step, upstream, local, product, before, after } = event;
  const node = model.nodes[step.node];
  const names = {
    op: node.op, giver: { name: node.name }, receiver: { name: model.nodes[step.operand].name }, value: shown(upstream),
    number: shown(data[step.operand]),
  };
  const key = troubleKey(node, upstream, local, product);
  const source = [...node.operands.map((operand) => operand.node), step.node].find((at) => at !== undefined && isSick(data[at]));
  if ((key === "slope" || key === "undefined") && source !== undefined) {
    return sayParts("trouble.value", { name: { name: model.nodes[source].name }, value: shown(data[source]) });
  }
  if (key) { return sayParts("trouble." + key, names); }
  return isSick(after) && !isSick(product) && !isSick(before) ? sayParts("trouble.large", { value: shown(after) })
    : Number.isNaN(after) && !Number.isNaN(before) ? sayParts("trouble.sum") : null;
}

function troubleKey({ op, operands }, upstream, local, product) {
  if (isSick(upstream) && Number.isNaN(product) === Number.isNaN(upstream) && product !== 0) { return "kept"; }
  if (Number.isNaN(local)) { return "undefined"; }
  if (Number.isNaN(product)) { return "product"; }
  if (isSick(local)) { return "slope"; }
  if (isSick(product)) { return "overflow"; }
  if (product !== 0) { return null; }
  if (upstream === 0) { return "still"; }
  if (local !== 0) { return "small"; }
  return op === "mul" ? "factor" : op === "relu" ? "cut" : operands.length === 1 ? "flat" : "nothing";
}
