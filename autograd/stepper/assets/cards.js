/* Draw what a layout places: cards with their operations and drawers, constants, boxes, frames and edges, in the shapes,
   ids and classes of svg.py. Each is drawn around its own corner, so that to move it is to set one attribute. */

const SERIF = "STIX Two Text, Georgia, DejaVu Serif, serif"; /* of names, as in formulas */
const CIRCLE = 36; /* the diameter of an operation */
const LIFT = 11; /* how far above its card an operation stands where the graph runs downwards */
const BEHIND = 6; /* how far the second card of a box is seen */
const ARROW = 11;
const LONGEST_NAME = 32;
const POWERS = new Map([[2, "x²"], [3, "x³"], [-1, "1/x"], [0.5, "√x"]]);

/* What stands in the circle of an operation. */
function signOf(node) {
  if (node.symbol === "**") { return POWERS.get(node.operands[1].constant) || "xʸ"; }
  return { "*": "×", "-": MINUS, "/": "÷" }[node.symbol] || cut(node.symbol || node.op);
}

function cut(text) {
  const plain = clean(text);
  return plain.length > LONGEST_NAME ? plain.slice(0, LONGEST_NAME - 1) + "…" : plain;
}

const sizeOfSign = (sign) => [22, 22, 16][sign.length] || 14;
const sizeOfName = (name) => (name.length > 8 ? 15 : 19);
const nameWidth = (name) => widthOf(name, "italic " + sizeOfName(name) + "px " + SERIF);

/* ------------------------------------------------------------------ sizes */

/* The size of an item, {width, height}; where in it its card and its operation are; and its port, see layout.js. */
function measured(item, model, isDown) {
  if (item.kind === "constant") {
    const [width, height] = [Math.max(widthOf(shown(item.constant), "15px system-ui, sans-serif") + 16, 32), 30];
    return { width, height, port: { above: 0, height: isDown ? width : height } };
  }
  const name = nameWidth(item.name);
  if (item.kind === "copy") {
    const [width, height] = [name + 20, 30];
    return { width, height, port: { above: 0, height: isDown ? width : height } };
  }
  const node = model.nodes[item.position];
  const [least, field] = isDown ? [108, 62] : [132, 84];
  if (item.kind === "box") {
    const width = Math.max(12 + name + 8 + field + 12, least);
    const card = { x: 0, y: BEHIND, width, height: CARD };
    const port = isDown ? { above: BEHIND / 2, height: 60 } : { above: (DRAWER - BEHIND) / 2, height: CARD };
    return { width: width + BEHIND, height: BEHIND + CARD + DRAWER, card, port };
  }
  if (!node.op) {
    const pad = isDown ? 14 : 18;
    const card = { x: 0, y: 0, width: Math.max(pad + name + 8 + field + pad, least), height: CARD };
    const port = isDown ? { above: 0, height: card.width } : { above: DRAWER / 2, height: CARD };
    return { width: card.width, height: CARD + DRAWER, card, port };
  }
  const sign = signOf(node);
  const fan = Math.max(CIRCLE, Math.min(10 * node.operands.length + 10, isDown ? 200 : 400));
  const round = Math.max(widthOf(sign, "600 " + sizeOfSign(sign) + "px system-ui, sans-serif") + 14, CIRCLE);
  if (isDown) {
    const op = { width: Math.max(fan, round), height: CIRCLE };
    const wide = Math.max(12 + name + 8 + field + 12, least);
    const width = Math.max(wide, op.width);
    const card = { x: (width - wide) / 2, y: CIRCLE / 2 + LIFT, width: wide, height: CARD };
    return {
      width, height: card.y + CARD + DRAWER, card, op: { ...op, x: (width - op.width) / 2, y: 0 },
      port: { above: 0, height: op.width },
    };
  }
  const tall = Math.max(CARD, fan);
  const card = { x: round / 2, y: (tall - CARD) / 2, width: Math.max(round / 2 + 8 + name + 8 + field + 12, least), height: CARD };
  return {
    width: card.x + card.width, height: tall + DRAWER, card, op: { x: 0, y: (tall - fan) / 2, width: round, height: fan },
    port: { above: DRAWER / 2, height: tall },
  };
}

/* ------------------------------------------------------------------ shapes */

function rectangle(box, attributes) {
  return drawn("rect", { ...box, ...attributes });
}

function lettering(kind, x, y, text, attributes = {}) {
  return drawn("text", { class: kind, x, y, "text-anchor": "middle", ...attributes }, text);
}

/* A group of a kind, such as "node.leaf", with a title: a text, or a message [key, names], which follows the language. */
function titled(kind, id, title, ...parts) {
  const words = drawn("title", {});
  if (typeof title === "string") { words.textContent = title; } else { sayOn(words, { text: title[0] }, title[1]); }
  const names = { class: kind.replace(".", " "), ...(id ? { id } : {}) };
  return drawn("g", names, words, ...parts);
}

/* The drawer: a gradient, and a bar from the middle to the side of its sign. */
function drawerWith(card, left) {
  const [right, top, bottom] = [card.x + card.width - INSET, card.y + CARD - 10, card.y + CARD + DRAWER];
  const path = "M" + left + " " + top + "V" + (bottom - 10) + "q0 10 10 10H" + (right - 10) + "q10 0 10-10V" + top + "z";
  return drawn("g", { class: "drawer" },
    drawn("path", { class: "box", d: path, "stroke-width": 1.5 }),
    drawn("path", { class: "size", d: "M" + (left + right) / 2 + " " + (bottom - 6) + "h0", fill: "none", "stroke-width": 5 }),
    lettering("key", left + 8, card.y + CARD + 19, say("graph.gradient"), { "text-anchor": "start", "font-size": 13 }),
    lettering("grad", right - 8, card.y + CARD + 20, "", { "text-anchor": "end", "font-weight": 600, "font-size": 17 }));
}

/* Short lines at an item that has operands, or consumers, which are not shown. */
function stubs(size, isDown) {
  const { card } = size;
  const to = size.op || card;
  const [x, y] = [to.x + to.width / 2, to.y + to.height / 2];
  const [before, after] = isDown ? ["M" + (x + 34) + " " + (to.y - 16) + "L" + x + " " + y,
    "M" + (card.x + card.width / 2 + 14) + " " + (card.y + CARD) + "v" + (DRAWER + 20)]
    : ["M" + (to.x - 16) + " " + (y + 34) + "L" + x + " " + y,
      "M" + (card.x + card.width) + " " + (card.y + CARD / 2 + 12) + "h20"];
  return [drawn("path", { class: "before", d: before }), drawn("path", { class: "after", d: after })];
}

/* The parts of a card, without its operation. */
function cardParts(item, model, size, isDown) {
  const { card, op } = size;
  const isLeaf = item.kind === "node" && !model.nodes[item.position].op;
  const beside = op && !isDown ? op.width / 2 : 0; /* what the operation takes of the card */
  const pad = isLeaf && !isDown ? 18 : isLeaf ? 14 : 12;
  const left = card.x + (beside ? beside + 8 : pad);
  const free = card.x + Math.max(INSET, op && op.height > CARD ? beside + 2 : 0);
  const behind = "M" + BEHIND + " " + card.y + "V8q0-8 8-8H" + (size.width - 8) + "q8 0 8 8V" + (card.y + CARD - BEHIND - 8)
    + "q0 8-8 8H" + card.width;
  return [
    ...stubs(size, isDown),
    ...(item.kind === "box" ? [drawn("path", { class: "behind", d: behind })] : []),
    drawerWith(card, free),
    rectangle(card, { rx: isLeaf ? CARD / 2 : 8 }),
    lettering("label", left, card.y + CARD / 2 + 6, item.name, {
      "text-anchor": "start", "font-size": sizeOfName(item.name), "font-family": SERIF, "font-style": "italic",
    }),
    lettering("data", card.x + card.width - pad, card.y + CARD / 2 + 7, "", {
      "text-anchor": "end", "font-weight": 600, "font-size": 19,
    }),
  ];
}

/* An item as elements, each with its id: a card and its operation, a constant, or a box. */
function itemDrawn(item, model, size, isDown, id) {
  if (item.kind === "constant") {
    const text = shown(item.constant);
    return [titled("constant", id("constant-" + item.position + "-" + item.slot), ["graph.constant", { number: text }],
      rectangle({ x: 0, y: 0, width: size.width, height: size.height }, { "stroke-dasharray": "4 3" }),
      lettering("number", size.width / 2, size.height / 2 + 5.3, text))];
  }
  if (item.kind === "copy") {
    return [titled("copy", "", item.name, rectangle({ x: 0, y: 0, width: size.width, height: size.height }, { rx: 15 }),
      lettering("name", size.width / 2, size.height / 2 + 5, item.name, {
        "font-size": sizeOfName(item.name), "font-family": SERIF, "font-style": "italic",
      }))];
  }
  const node = model.nodes[item.position];
  const parts = cardParts(item, model, size, isDown);
  if (item.kind === "box") { return [titled("node.box", id("box-" + item.id), item.title, ...parts)]; }
  const name = cut(node.name);
  const title = node.op ? name + " = " + cut(node.expression) : ["graph.leaf", { name }];
  const made = [titled(node.op ? "node.result" : "node.leaf", id("node-" + item.position), title, ...parts)];
  if (node.op) {
    const sign = signOf(node);
    const { x, y, width, height } = size.op;
    const letters = lettering("symbol", x + width / 2, y + height / 2 + sizeOfSign(sign) * 0.34, sign, {
      "font-size": sizeOfSign(sign), "font-weight": 600,
    });
    made.push(titled("op", id("op-" + item.position), ["graph.op", { symbol: cut(node.symbol || node.op), count: node.operands.length }],
      rectangle(size.op, { rx: Math.min(width, height) / 2 }), letters));
  }
  return made;
}

/* The frame of an open box, behind what is in it. */
function frameDrawn(item) {
  const made = titled("cluster", "", item.title, rectangle({ x: 0, y: 0, width: 0, height: 0 }, { rx: 8 }),
    lettering("heading", 10, 17, item.name, { "text-anchor": "start", "font-size": 15 }));
  made.dataset.group = item.id;
  return made;
}

/* ------------------------------------------------------------------ edges */

/* A line through the points of a route, level at each of them, and straight below its arrow. Points are [along, across]
   the direction of the graph: [x, y] where it runs to the right, [y, x] where it runs downwards. */
function lineThrough(route, isDown) {
  const at = (along, across) => (isDown ? across.toFixed(1) + " " + along.toFixed(1) : along.toFixed(1) + " " + across.toFixed(1));
  const go = (along) => (isDown ? "V" : "H") + along.toFixed(1);
  let [x, y] = route[0];
  const last = route[route.length - 1];
  const path = ["M" + at(x, y)];
  const between = route.slice(1, -1).filter((point) => point[0] < last[0] - ARROW - 4 || last[0] < x);
  [...between, [last[0] - ARROW, last[1]]].forEach(([nx, ny]) => {
    const half = nx > x ? (nx - x) / 2 : (x - nx) / 2 + 30;
    path.push(Math.abs(ny - y) < 0.05 && nx >= x ? go(nx)
      : "C" + at(x + half, y) + " " + at(nx - half, ny) + " " + at(nx, ny));
    [x, y] = [nx, ny];
  });
  return path.join("") + go(last[0]);
}

/* An arrow with its tip at a point, `long` back along the graph. */
function arrowAt([along, across], long, wide, isDown) {
  const at = (x, y) => (isDown ? y.toFixed(1) + "," + x.toFixed(1) : x.toFixed(1) + "," + y.toFixed(1));
  return [at(along, across), at(along + long, across - wide), at(along + long, across + wide)].join(" ");
}

function edgeDrawn(names, title, id) {
  const made = titled("edge", names.length === 1 ? id("edge-" + names[0]) : "", title,
    drawn("path", { fill: "none", "stroke-width": 2 }), drawn("polygon", {}), drawn("polygon", { class: "back" }));
  if (names.length > 1) { made.dataset.edges = names.join(" "); }
  return made;
}

/* The line of an edge. Behind the drawer of its operand, `hidden` long, it begins where the card ends. */
function lineOf(route, isDown, hidden) {
  const [along, across] = route[0];
  return lineThrough(hidden ? [[along - hidden, across], ...route] : route, isDown);
}

function setRoute(edge, route, isDown, hidden) {
  const [, path, arrow, back] = edge.children;
  path.setAttribute("d", lineOf(route, isDown, hidden));
  arrow.setAttribute("points", arrowAt(route[route.length - 1], -ARROW, 6, isDown));
  back.setAttribute("points", arrowAt(route[0], 12, 6.5, isDown));
}
