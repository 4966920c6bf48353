/* Values that change, on the picture: what moved is written above the cards, the edges on its way are marked, and the
   numbers travel. A function of the view and of t from 0 to 1, as passing.js; t = 1 is rest.

   A change is { from, to, moved, carries, notes, ticks, focus, motion }: the values before and after, the positions that
   differ, whether the edges between them are marked, texts above cards by their positions, for each leaf that may have a
   tick whether it is set, the nodes to keep in sight, if not those of the step, and the milliseconds of the motion. */

const MOST_MARKED = 400; /* nodes that are written at, of thousands that may move */

function changesOf(root, prefix, model) {
  const known = new Map();
  let notes = new Map(); /* what is added to the cards, by their positions */
  let ticks = new Map();
  let carrying = [];
  let travelling = [];
  let last = null;

  /* A part of the picture; looked for again if it is not there any more, as when boxes are opened. */
  function part(id) {
    const before = known.get(id);
    if (before && before.isConnected && before.id) { return before; } /* one that travels away has no id any more */
    const found = root.querySelector("#" + prefix + id);
    if (found) { known.set(id, found); }
    return found;
  }

  /* Update what was added to the cards, in the group of each card, so that it is where the card is. */
  function update(before, wanted, make, write) {
    const after = new Map();
    wanted.forEach((what, position) => {
      const box = part("node-" + position);
      if (!box || !box.querySelector(":scope > rect")) { return; }
      const old = before.get(position);
      const made = old && old.parentNode === box ? old : make(cardOf(box));
      if (made !== old) {
        made.setAttribute("aria-hidden", "true");
        box.append(made);
      }
      write(made, what, box);
      after.set(position, made);
    });
    before.forEach((made, position) => { if (after.get(position) !== made) { made.remove(); } });
    return after;
  }

  function note(card) {
    const place = { x: card.x + card.width - 2, y: card.y - 7 };
    return drawn("text", { class: "change", ...place, "text-anchor": "end" });
  }

  function tick({ x, y }) {
    return drawn("g", { class: "tick" }, drawn("rect", { x: x - 9, y: y - 9, width: 22, height: 22, rx: 5 }),
      drawn("path", { d: "M" + (x - 4) + " " + (y + 2.5) + "l4.5 4.5l8 -9" }));
  }

  function arrive({ target, to }) {
    setText(target, shown(to));
  }

  /* What is at rest: texts, ticks, and the edges along which the change goes. */
  function begin(view) {
    const { change } = view;
    const none = new Map();
    notes = update(notes, change ? change.notes : none, note, setText);
    ticks = update(ticks, change ? change.ticks : none, tick, (made, isSet) => made.classList.toggle("set", isSet));
    carrying.forEach((edge) => edge.classList.remove("carries"));
    /* A number that was still on its way, and has not got another one since, is there. */
    travelling.filter(({ target, text }) => target.textContent === text).forEach(arrive);
    [carrying, travelling, last] = [[], [], view];
    if (!change) { return; }
    const moved = new Set(change.moved.slice(0, MOST_MARKED).concat(change.moved.slice(-1)));
    moved.forEach((position) => {
      const box = change.motion ? part("node-" + position) : null;
      if (box) { travelling.push({ target: box.querySelector(".data"), from: change.from[position], to: change.to[position] }); }
      if (!change.carries) { return; }
      model.nodes[position].operands.forEach((operand, slot) => {
        const edge = moved.has(operand.node) ? part("edge-" + position + "-" + slot) : null;
        if (edge) {
          edge.classList.add("carries");
          carrying.push(edge);
        }
      });
    });
  }

  function draw(view, t) {
    if (view !== last) { begin(view); }
    const share = between(t, 0, 1);
    travelling.forEach((one) => {
      if (share === 1 || !Number.isFinite(one.to - one.from)) { arrive(one); return; }
      one.text = shown(one.from + (one.to - one.from) * share);
      setText(one.target, one.text);
    });
  }

  return {
    draw,
    /* At rest, on a picture of other cards. */
    again() {
      if (!last) { return; }
      begin(last);
      draw(last, 1);
    },
  };
}
