/* What a step does on the picture, as a function of the view and of t from 0 to 1: t = 1 is rest. In the backward phase
   the edge turns round, the upstream gradient goes from its drawer to the operation and is multiplied there, and the
   product drops into the sum of the receiver. In the forward phase the operands run to the operation. At rest all that
   has moved can still be read. Read passingOf first. */

const SVG = "http://www.w3.org/2000/svg";
const [CARD, DRAWER, INSET] = [46, 34, 6]; /* as in svg.py */
const BOLD = "650 18px system-ui, DejaVu Sans, sans-serif";

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

/* The width of a text. Kept, as asking the browser in every frame takes long. That of a number is the sum of its signs,
   since each number is new. */
function widthOf(text, font = BOLD) {
  if (text.length > 1 && /^[-\d.e+\u2212]+$/.test(text)) {
    let width = 0;
    for (const sign of text) { width += widthOf(sign, font); }
    return width;
  }
  const key = font + text;
  if (!widths.has(key)) {
    if (widths.size > 5000) { widths.clear(); }
    pen.font = font;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

/* From 0 to 1 while t goes from a to b, slowly at both ends. */
function between(t, a, b) {
  const x = Math.min(Math.max((t - a) / (b - a), 0), 1);
  return x * x * (3 - 2 * x);
}

function mixed(from, to, share) {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function cardOf(box) {
  const rect = box.querySelector(":scope > rect");
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return { x, y, width, height, middle: { x: x + width / 2, y: y + height / 2 } };
}

function passingOf(svg, model, lens) {
  const layer = drawn("g", { class: "passing", "aria-hidden": "true" });
  svg.append(layer);
  const within = (at, low, size, half) => Math.min(Math.max(at, low + half + 3), low + size - half - 3);
  let parked = {}; /* where the last pill came to rest, of what text beside which curve */
  let late = null; /* the box whose drawer is not open yet */
  let turning = null;

  const drawerOf = (position) => {
    const card = lens.cardOf(position);
    return { x: card.middle.x, y: card.y + CARD + DRAWER / 2 };
  };

  const opOf = (position) => lens.opOf(position) || lens.cardOf(position).middle;

  /* A pill with parts of a line in it, each a text and a class. */
  function pill(at, runs, kind = "") {
    const text = drawn("text", { y: 6.5, "text-anchor": "middle", style: "white-space:pre" });
    runs.forEach(([part, name]) => text.append(drawn("tspan", name ? { class: name } : {}, part)));
    const width = widthOf(runs.map(([part]) => part).join("")) + 28;
    const box = drawn("rect", { x: -width / 2, y: -17, width, height: 34, rx: 17 });
    const { left, top, width: wide, height: high } = lens.bounds();
    const place = within(at.x, left, wide, width / 2) + " " + within(at.y, top, high, 20);
    layer.append(drawn("g", { class: "pill " + kind, transform: "translate(" + place + ")" }, box, text));
  }

  /* A place for a pill near the middle of an edge that covers as little as possible of the cards and of the edge. */
  function besides(curve, text) {
    if (parked.curve === curve && parked.text === text) { return parked.at; }
    const width = widthOf(text) + 28;
    const line = Array.from({ length: 17 }, (_, index) => curve.at((curve.length * index) / 16));
    const middle = line[8];
    const { x: left, y: top, width: wide, height: high } = lens.window();
    const near = lens.allPlaces().filter(({ x, y, width: across, height: down }) => (
      Math.abs(x + across / 2 - middle.x) < 420 && Math.abs(y + down / 2 - middle.y) < 280));
    const covered = (low, high, from, size) => Math.max(0, Math.min(high, from + size) - Math.max(low, from));
    let best = { bad: Infinity, at: middle };
    for (let dx = -130; dx <= 130; dx += 13) {
      for (let dy = -117; dy <= 117; dy += 9) {
        const [x, y] = [middle.x + dx, middle.y + dy];
        const [x0, x1, y0, y1] = [x - width / 2 - 6, x + width / 2 + 6, y - 23, y + 23];
        let bad = Math.hypot(dx, dy * 1.2) * 14;
        if (x0 < left || x1 > left + wide || y0 < top || y1 > top + high) { bad += 6000; }
        near.forEach((card) => {
          bad += covered(x0, x1, card.x, card.width) * covered(y0, y1, card.y, card.height);
        });
        line.forEach((point) => {
          if (point.x > x0 && point.x < x1 && point.y > y0 && point.y < y1) { bad += 260; }
        });
        if (bad < best.bad) { best = { bad, at: { x, y } }; }
      }
    }
    parked = { curve, text, at: best.at };
    return best.at;
  }

  /* The drawer of the receiver while it adds: as wide as its sum. */
  function sum(position, text, widest, tint) {
    const card = lens.cardOf(position);
    const { x: left, width: wide } = lens.window();
    const width = Math.max(card.width, widthOf(widest, "600 17px system-ui, DejaVu Sans, sans-serif") + 24);
    const box = drawn("rect", { x: -width / 2, y: -DRAWER / 2 - 1, width, height: DRAWER + 2, rx: 10 });
    const label = drawn("text", { y: 6, "text-anchor": "middle" }, text);
    const at = drawerOf(position);
    const place = within(at.x, left, wide, width / 2) + " " + (at.y + 2);
    layer.append(drawn("g", { class: "sum " + tint, transform: "translate(" + place + ")" }, box, label));
  }

  function backward(view, event, t) {
    const { step } = event;
    const name = step.node + "-" + step.slot;
    const edge = lens.edge(name);
    if (!edge) { return; }
    const curve = lens.curve(name);
    const asked = view.quiz && view.quiz.hides ? view.quiz : null;
    const hides = asked !== null && asked.stage === "product";
    const up = [shown(event.upstream), "upstream"];
    const times = [[" × ", ""], [hides && asked.hints < 2 ? "?" : bracketed(event.local), "local"]];
    const product = shown(event.product + 0);
    const all = [up, ...times, [" = " + (hides ? "?" : product), ""]];
    const text = all.map(([part]) => part).join("");
    const op = opOf(step.node);
    const park = besides(curve, text);
    if (asked) {
      pill(park, all);
      if (!hides) { sum(step.operand, shown(event.before) + " + " + bracketed(event.product + 0) + " = ?", "", ""); }
      return;
    }
    turn(edge, curve.length, between(t, 0, 0.14));
    const isFirst = model.entering[step.operand].every((index) => view.replay.eventOf[index] >= view.replay.eventOf[event.index]);
    const before = view.replay.leftovers[step.operand] !== null || !isFirst;
    if (!before && t < 0.5) {
      late = lens.element(lens.itemOf(step.operand));
      late.classList.add("late");
    }
    const tint = tintOf(event.after, view.largest);
    const plus = shown(event.before) + " + " + bracketed(event.product + 0);
    const written = view.replay.bug === "assign" ? ":= " + product : plus + " = " + shown(event.after);
    if (t >= 0.95 || (t >= 0.5 && view.replay.bug === "assign")) { sum(step.operand, written, written, tint); }
    else if (t >= 0.86) { sum(step.operand, plus, written, tint); }
    else if (t >= 0.5) { sum(step.operand, shown(event.before) + " + …", written, tintOf(event.before, view.largest)); }
    else if (before) { sum(step.operand, shown(event.before), "", tintOf(event.before, view.largest)); }
    if (t > 0.06) {
      const at = t < 0.24 ? mixed(drawerOf(step.node), op, between(t, 0.06, 0.24)) : mixed(op, park, between(t, 0.3, 0.5));
      pill(at, t < 0.26 ? [up] : t < 0.44 ? [up, ...times] : all);
    }
    if (t > 0.6 && t < 0.86) {
      const share = between(t, 0.6, 0.86);
      const along = curve.at(curve.length * 0.45 * (1 - Math.min(1, share / 0.7)));
      pill(share < 0.7 ? mixed(park, along, Math.min(1, share / 0.25))
        : mixed(along, drawerOf(step.operand), (share - 0.7) / 0.3), [[product, ""]], "drop");
    }
  }

  function forward(view, position, t) {
    if (!lens.part("node-" + position)) { return; }
    const node = model.nodes[position];
    if (t < 0.42) {
      node.operands.forEach((operand, slot) => {
        const name = position + "-" + slot;
        if (!lens.edge(name) || node.operands.length > 12) { return; }
        const curve = lens.curve(name);
        const number = "node" in operand ? view.run.data[operand.node] : operand.constant;
        pill(curve.at(curve.length * between(t, 0, 0.4)), [[shown(number), ""]], "drop");
      });
      return;
    }
    const text = withNumbers(model, view.run.data, position);
    const whole = text + " = " + shown(view.run.data[position]);
    if (text.length > 40) { return; }
    const card = lens.cardOf(position);
    const isBelow = card.y < 60;
    pill({ x: card.middle.x - 10, y: isBelow ? card.y + CARD + 26 : card.y - 26 }, [[t > 0.6 ? whole : text, ""]]);
  }

  /* The active edge is drawn from the giver, where its path ends, to the receiver. */
  function turn(edge, length, share) {
    const path = edge.querySelector("path");
    if (share >= 1) { return; }
    path.style.strokeDasharray = "0 " + length * (1 - share) + " " + length;
    edge.classList.add("turning");
    turning = edge;
  }

  return {
    draw(view, t) {
      layer.replaceChildren();
      if (late) { late.classList.remove("late"); late = null; }
      if (turning) {
        turning.classList.remove("turning");
        turning.querySelector("path").style.strokeDasharray = "";
        turning = null;
      }
      if (view.events.length === 1) { backward(view, view.events[0], t); }
      const { moment } = view.shot;
      if (moment.phase === "forward" && moment.index > 0 && !view.isOpening) {
        forward(view, model.forward[moment.index - 1], t);
      }
      svg.append(layer);
    },
    /* How long a step takes, in milliseconds at speed 1: its motion, then the rest while playing. */
    durations(view) {
      const isPassing = view.events.length === 1;
      return { motion: isPassing ? 2400 : view.shot.moment.phase === "forward" ? 1300 : 0, rest: 1400 };
    },
  };
}
