/* Values that change, on the picture: what moved is written above the cards, the edges on its way are marked, and the
   numbers travel. A function of the view and of t from 0 to 1, as passing.js; t = 1 is rest.

   A change is { from, to, moved, notes, ticks, motion }: the values before and after, the positions that differ, texts
   above cards by their positions, which leaves have a tick (a map from position to whether it is set), and the
   milliseconds of the motion. */

const MOST_MARKED = 400; /* nodes that are written at, of thousands that may move */

function changesOf(root, model, prefix) {
  const part = (id) => root.querySelector("#" + prefix + id);
  let added = [];
  let carrying = [];
  let travelling = [];
  let last = null;

  /* In the group of the card, so that they are where the card is. */
  function add(box, made) {
    made.setAttribute("aria-hidden", "true");
    added.push(made);
    box.append(made);
  }

  function note(box, text) {
    const card = cardOf(box);
    const width = widthOf(text, "600 14px system-ui, DejaVu Sans, sans-serif");
    const size = Math.min(14, (14 * (card.width + 20)) / width).toFixed(1);
    const place = { x: card.x + card.width - 2, y: card.y - 7 };
    add(box, drawn("text", { class: "change", ...place, "text-anchor": "end", "font-size": size }, text));
  }

  function tick(box, isSet) {
    const card = cardOf(box);
    const [x, y] = [card.x - 9, card.y - 9];
    add(box, drawn("g", { class: isSet ? "tick set" : "tick" },
      drawn("rect", { x, y, width: 22, height: 22, rx: 5 }),
      drawn("path", { d: "M" + (x + 5) + " " + (y + 11.5) + "l4.5 4.5l8 -9" })));
  }

  /* What is at rest: texts, ticks, and the edges along which the change goes. */
  function begin(view) {
    const { change } = view;
    added.forEach((made) => made.remove());
    carrying.forEach((edge) => edge.classList.remove("carries"));
    [added, carrying, travelling, last] = [[], [], [], view];
    if (!change) { return; }
    const cardAt = (position) => {
      const box = part("node-" + position);
      return box && box.querySelector(":scope > rect") ? box : null;
    };
    const marked = new Set(change.moved.slice(0, MOST_MARKED).concat(change.moved.slice(-1)));
    marked.forEach((position) => {
      const box = cardAt(position);
      if (!box) { return; }
      const [from, to] = [change.from[position], change.to[position]];
      if (change.motion) { travelling.push({ target: box.querySelector(".data"), from, to }); }
      if (!change.carries) { return; }
      model.nodes[position].operands.forEach((operand, slot) => {
        const edge = marked.has(operand.node) ? part("edge-" + position + "-" + slot) : null;
        if (edge) { edge.classList.add("carries"); carrying.push(edge); }
      });
    });
    change.notes.forEach((text, position) => {
      const box = cardAt(position);
      if (box) { note(box, text); }
    });
    change.ticks.forEach((isSet, position) => {
      const box = cardAt(position);
      if (box) { tick(box, isSet); }
    });
  }

  return (view, t) => {
    if (view !== last) { begin(view); }
    const share = between(t, 0, 1);
    travelling.forEach(({ target, from, to }) => {
      const isOnItsWay = share < 1 && Number.isFinite(from) && Number.isFinite(to);
      setText(target, shown(isOnItsWay ? from + (to - from) * share : to));
    });
  };
}
