/* Mark the graph and write its numbers. What is drawn is the lens's matter, lens.js. Read graphView first. */

/* One of seven colors for a gradient, from −3 to 3, by its ratio to the largest one. */
function tintOf(gradient, largest) {
  if (gradient === null || Number.isNaN(gradient)) { return ""; }
  if (gradient === 0 || largest === 0) { return "tint-0"; }
  const share = Math.abs(gradient) / largest;
  const level = share > 0.5 || largest === Infinity ? 3 : share > 0.1 ? 2 : 1;
  return "tint-" + (gradient < 0 ? "n" : "p") + level;
}

function graphView(root, model, prefix, onSelect) {
  const viewport = root.querySelector(".viewport");
  const svg = viewport.querySelector("svg");
  const camera = cameraOf(root, viewport, svg);
  const lens = lensOf(root, svg, model, prefix, camera);
  const map = mapOf(root, model, lens, camera, lookAt);
  const passing = passingOf(svg, model, lens);
  const slots = new Map(); /* of each operation the index of the step along each of its edges */
  let marked = new Map();
  let cards = new Map(); /* of each card that is shown what is written on it, see cardFor */
  let edges = new Map();
  let tagPlaces = null; /* of each edge where its local derivative is written */
  let shownScene = null;
  let last = null;
  let spoken = language;

  /* Set the classes of each element in `wanted`, and remove those that the last call set and this one does not. */
  function mark(wanted) {
    marked.forEach((classes, target) => {
      classes.forEach((name) => {
        if (!wanted.has(target) || !wanted.get(target).has(name)) { target.classList.remove(name); }
      });
    });
    wanted.forEach((classes, target) => { target.classList.add(...classes); });
    marked = wanted;
  }

  /* ---------------------------------------------------------------- what is shown */

  /* The elements of a card, and what is written on them. */
  function cardFor(item) {
    const box = lens.element(item);
    const [data, grad, key, size, label] = [".data", ".grad", ".key", ".size", ".label"].map((part) => box.querySelector(part));
    return {
      at: item.position, box, op: lens.part("op-" + item.position), data, grad, key, size,
      leaves: item.kind === "box" ? leavesIn(item.box) : 0,
      rooms: { data: roomOf(data, label), ...halfOf(size) },
      written: {}, stage: "", tint: "",
    };
  }

  /* How many leaves a box has, if it has nothing else: then no number of one of them speaks for it. */
  function leavesIn(box) {
    const inside = lens.boxes.inside(box);
    return inside.some((position) => model.nodes[position].op) ? 0 : inside.length;
  }

  /* The steps along the edges of an operation: for each slot its index. */
  function stepsOf(position) {
    if (!slots.has(position)) {
      slots.set(position, new Map(model.leaving[position].map((index) => [model.steps[index].slot, index])));
    }
    return slots.get(position);
  }

  function edgeFor(name, target) {
    const [position, slot] = name.split("-").map(Number);
    return { name, target, step: stepsOf(position).get(slot), stage: "", tag: null, local: null };
  }

  /* Take over a new scene: what stays keeps what is written on it. */
  function takeScene() {
    const scene = lens.scene();
    if (scene === shownScene) { return; }
    shownScene = scene;
    const items = [...scene.items.values()].filter((item) => item.size.card);
    const before = { cards, edges };
    cards = new Map(items.map((item) => {
      const known = before.cards.get(item.key);
      return [item.key, known && known.box === lens.element(item) ? known : cardFor(item)];
    }));
    edges = new Map(lens.edgeNames().map((name) => {
      const [known, target] = [before.edges.get(name), lens.edge(name)];
      if (!known || known.target !== target) { return [name, edgeFor(name, target)]; }
      if (known.tag) { known.tag.remove(); }
      return [name, Object.assign(known, { tag: null, local: null })];
    }));
    tagPlaces = null;
    markSlots();
    markGaps();
  }

  /* ---------------------------------------------------------------- numbers */

  /* A number, in smaller letters if it is too wide for its place. */
  function write(target, number, room, size) {
    const text = number === null ? "–" : shown(number);
    target.textContent = text;
    const width = widthOf(text, "600 " + size + "px system-ui, DejaVu Sans, sans-serif");
    target.setAttribute("font-size", width <= room ? size : ((size * room) / width).toFixed(1));
  }

  /* The bar in a drawer: from the middle to the side of the sign. */
  function writeSize(card, gradient, largest) {
    const { half, start } = card.rooms;
    const share = gradient && largest && !Number.isNaN(gradient) ? Math.min(Math.abs(gradient) / largest, 1) || 1 : 0;
    const end = share ? Math.sign(gradient) * Math.max(share * half, 2) : 0;
    card.size.setAttribute("d", start + "h" + end.toFixed(1));
  }

  /* How many contributions to the gradient of a node there are so far. */
  function arrivedAt(view, position, taken) {
    return model.entering[position].filter((index) => view.replay.eventOf[index] < taken).length;
  }

  function renderCard(card, view, taken) {
    if (card.leaves) {
      card.box.classList.add("unreached");
      setText(card.data, say("graph.leaves", { count: card.leaves }));
      card.data.setAttribute("font-size", 15);
      return;
    }
    const { at } = card;
    const [data, grad] = [view.shot.data[at], view.shot.grad[at]];
    const { consumers } = model.nodes[at];
    const count = consumers > 1 ? arrivedAt(view, at, taken) : 0;
    const isOpen = count > 0 && count < consumers;
    const key = !isOpen ? say("graph.gradient")
      : consumers < 10 ? say("graph.counted", { count, total: consumers }) : count + "/" + consumers;
    const { written } = card;
    if (written.key !== key) { setText(card.key, key); }
    if (!Object.is(written.data, data)) { write(card.data, data, card.rooms.data, 19); }
    if (!Object.is(written.grad, grad) || written.key !== key) { write(card.grad, grad, roomOf(card.grad, card.key), 17); }
    if (!Object.is(written.grad, grad) || written.largest !== view.largest) { writeSize(card, grad, view.largest); }
    card.written = { data, grad, key, largest: view.largest };
    card.box.classList.toggle("open", isOpen);
    card.box.classList.toggle("unreached", grad === null);
    const isWaiting = view.shot.moment.phase === "backward" && grad === null;
    const health = isSick(data) || isSick(grad) ? " sick" : "";
    const stage = (data === null ? "pending" : isWaiting ? "waiting" : "") + health;
    if (stage !== card.stage) {
      [card.box, card.op].filter((part) => part).forEach((part) => marks(part, ["pending", "waiting", "sick"], stage.split(" ")));
      card.stage = stage;
    }
    const tint = tintOf(grad, view.largest);
    if (tint !== card.tint) {
      if (card.tint) { card.box.classList.remove(card.tint); }
      if (tint) { card.box.classList.add(tint); }
      card.tint = tint;
    }
  }

  /* ---------------------------------------------------------------- edges */

  /* The turned arrow and the local derivative of an edge that has passed a gradient on. */
  function turned(edge, local) {
    const path = edge.target.querySelector("path");
    if (!edge.target.querySelector(".back")) {
      const [x, y] = path.getAttribute("d").slice(1).split(/[HC]/)[0].split(" ").map(Number);
      const points = x + "," + y + " " + (x + 12) + "," + (y - 6.5) + " " + (x + 12) + "," + (y + 6.5);
      edge.target.append(drawn("polygon", { class: "back", points }));
    }
    tagPlaces = tagPlaces || placesOfTags([...edges.keys()].map((name) => [name, lens.curve(name)]), lens.allPlaces());
    const at = tagPlaces.get(edge.name);
    if (!at || edge.target.dataset.edges) { return; } /* of several edges in one, no number speaks for all */
    if (!edge.tag) {
      edge.tag = drawn("g", { class: "tag", transform: "translate(" + at.x + " " + at.y + ")" },
        drawn("rect", { y: -12, height: 24, rx: 5 }), drawn("text", { y: 5.3, "text-anchor": "middle" }));
      edge.target.append(edge.tag);
    }
    if (Object.is(edge.local, local)) { return; }
    edge.local = local;
    const text = "×" + (shown(local, 3).startsWith(MINUS) ? "(" + shown(local, 3) + ")" : shown(local, 3));
    const width = widthOf(text) * 0.84 + 10;
    edge.tag.querySelector("text").textContent = text;
    edge.tag.querySelector("rect").setAttribute("x", -width / 2);
    edge.tag.querySelector("rect").setAttribute("width", width);
  }

  function renderEdge(edge, view, taken) {
    const isBackward = view.shot.moment.phase === "backward";
    const turn = edge.step === undefined ? Infinity : view.replay.eventOf[edge.step];
    const event = turn < taken ? view.replay.events[turn] : null;
    const stage = event ? (event.product === 0 ? "passed nothing" : isSick(event.product) ? "passed sick" : "passed") : isBackward ? "idle" : "";
    if (event) { turned(edge, event.local); }
    if (stage !== edge.stage) {
      marks(edge.target, ["passed", "nothing", "sick", "idle"], stage.split(" "));
      edge.stage = stage;
    }
  }

  /* A 1 and a 2 at the operands of an operation such as a − b, if they are drawn in another order. */
  function markSlots() {
    svg.querySelectorAll(".slot").forEach((part) => part.remove());
    const { isDown, items } = lens.scene();
    items.forEach(({ kind, position }) => {
      const node = kind === "node" ? model.nodes[position] : null;
      if (!node || node.operands.length < 2 || node.operands.length > 3) { return; }
      if (COMMUTES.has(node.op) || (node.symbol === "**" && "constant" in node.operands[1])) { return; }
      const names = node.operands.map((_, slot) => position + "-" + slot).filter((name) => lens.edge(name));
      const ends = names.map((name) => {
        const curve = lens.curve(name);
        return { edge: lens.edge(name), across: curve.at(0)[isDown ? "x" : "y"], curve };
      });
      if (ends.every(({ across }, index) => !index || across >= ends[index - 1].across)) { return; }
      ends.forEach(({ edge, curve }, slot) => {
        const at = curve.at(curve.length - 18);
        const side = (slot === 0 ? -1 : 1) * 13;
        const [x, y] = isDown ? [at.x + side, at.y] : [at.x, at.y + side + 5];
        edge.append(drawn("text", { class: "slot", x, y, "text-anchor": "middle" }, String(slot + 1)));
      });
    });
  }

  /* Two waves across an edge that skips many layers. */
  function markGaps() {
    svg.querySelectorAll(".gap").forEach((part) => part.remove());
    edges.forEach(({ name, target }) => {
      if (!target.classList.contains("broken")) { return; }
      const curve = lens.curve(name);
      const [at, next] = [curve.at(curve.length * 0.4), curve.at(curve.length * 0.4 + 1)];
      const angle = (Math.atan2(next.y - at.y, next.x - at.x) * 180) / Math.PI;
      target.append(drawn("g", { class: "gap", transform: "translate(" + at.x + " " + at.y + ") rotate(" + angle + ")" },
        drawn("rect", { x: -5, y: -7, width: 10, height: 14 }),
        drawn("path", { d: "M-5-10q5 5 0 10t0 10M5-10q5 5 0 10t0 10" })));
    });
  }

  function wantedMarks(view) {
    const wanted = new Map();
    const add = (target, ...names) => {
      if (!target) { return; }
      if (!wanted.has(target)) { wanted.set(target, new Set()); }
      names.forEach((name) => wanted.get(target).add(name));
    };
    const boxOf = (position) => lens.element(lens.itemOf(position));
    view.edges.forEach((id) => add(lens.edge(id), "active"));
    view.givers.forEach((position) => add(boxOf(position), "giver"));
    view.receivers.forEach((position) => add(boxOf(position), "receiver"));
    (view.shot.moment.phase === "forward" ? view.receivers : view.givers).forEach((at) => add(lens.part("op-" + at), "working"));
    if (view.selected !== null) { add(boxOf(view.selected), "selected"); }
    if (view.firstWrong !== null) { add(boxOf(view.firstWrong), "wrong"); }
    view.pathEdges.forEach((id) => add(lens.edge(id), "path"));
    return wanted;
  }

  /* ---------------------------------------------------------------- what the reader does */

  lens.onCard((box, position) => {
    box.addEventListener("click", () => { if (!camera.moved()) { onSelect(position); } });
  });

  /* Draw other nodes than those of the step. */
  function lookAt(...positions) {
    lens.look(positions, { isNew: true });
    drawAgain();
    map(endsOf(last));
  }
  lens.onChange((positions) => lookAt(...positions));
  camera.onResize(() => {
    if (!last) { return; }
    lens.look(focusOf(last), { isOpening: last.isOpening });
    follow(last, false);
    drawAgain();
    map(endsOf(last));
  });

  /* Keep what the view is about in sight. */
  function follow(view, isGliding = true) {
    camera.follow(lens.places(focusOf(view).slice(0, 2)), isGliding);
  }

  function drawAgain() {
    paint(last);
    redrawn();
  }
  let redrawn = () => {}; /* what else is drawn on the picture */

  /* One button for all boxes; each opens and closes by itself, too. */
  const fold = root.querySelector(".fold");
  fold.hidden = !lens.boxes.all.length;
  fold.addEventListener("click", () => {
    const areClosed = fold.getAttribute("aria-pressed") !== "true";
    fold.setAttribute("aria-pressed", String(areClosed));
    sayOn(fold, { text: areClosed ? "boxes.open" : "boxes.close" });
    lens.close(areClosed);
    lookAt(...focusOf(last));
  });

  const heldIn = (view) => (view.change && view.change.focus) || [];

  /* The nodes of a moment, its two ends first. */
  function focusOf(view) {
    const held = heldIn(view);
    if (held.length) { return held; }
    const focus = [...view.receivers.slice(0, 1), ...view.givers, ...view.receivers.slice(1)].slice(0, 12);
    if (focus.length) { return focus; }
    return view.isOpening || !model.forward.length ? [model.result] : [model.forward[0]];
  }

  const endsOf = (view) => [...view.receivers.slice(0, 1), ...view.givers.slice(0, 1)];

  /* The marks and numbers of what is shown. */
  function paint(view) {
    takeScene();
    mark(wantedMarks(view));
    const taken = Math.max(stepsTaken(view.shot.moment) - (view.quiz && view.quiz.hides ? 1 : 0), 0);
    cards.forEach((card) => renderCard(card, view, taken));
    edges.forEach((edge) => renderEdge(edge, view, taken));
  }

  return {
    camera,
    lookAt,
    cardOf: (position) => lens.element(lens.itemOf(position)),
    onRedrawn(action) { redrawn = action; },
    render(view) {
      last = view;
      const nowHeld = heldIn(view);
      if (view.isNewMoment || view.isNewMode || language !== spoken) { lens.look(focusOf(view), { nowHeld, isOpening: view.isOpening }); }
      spoken = language;
      if (view.isNewChoice) { lens.look([view.selected], { nowHeld }); }
      paint(view);
      if (view.isNewMoment || view.isNewMode) { view.afterwards.push(() => follow(view)); }
      if (view.isNewChoice) { view.afterwards.push(() => camera.show(lens.places([view.selected]))); }
      view.afterwards.push(() => map(endsOf(view)));
    },
    /* How long the picture still travels, in milliseconds. */
    travelling: () => Math.max(glidingFor(svg), glidingFor(viewport)),
    passing,
  };
}

/* Where on each edge its local derivative is written, by the names of the edges: near the arrow, farther back where that
   would cover others or cards, and nowhere where it would hide another. */
function placesOfTags(curves, cards) {
  const [width, height] = [68, 26];
  const taken = [];
  const overlap = (low, from, size, own) => Math.max(0, Math.min(low + own, from + size) - Math.max(low, from)) / own;
  const covered = ({ x, y }, boxes) => boxes.reduce((sum, box) => sum
    + overlap(x - width / 2, box.x, box.width, width) * overlap(y - height / 2, box.y, box.height, height), 0);
  return new Map(curves.map(([name, curve]) => {
    let best = { bad: Infinity };
    for (let along = Math.max(curve.length - 52, curve.length / 2); along >= curve.length / 4 && best.bad > 0.05; along -= 13) {
      const at = curve.at(along);
      const hidden = covered(at, taken);
      const bad = 4 * hidden + covered(at, cards);
      if (bad < best.bad - 0.01) { best = { bad, hidden, at }; }
    }
    if (best.hidden > 0.2) { return [name, null]; }
    taken.push({ x: best.at.x - width / 2, y: best.at.y - height / 2, width, height });
    return [name, best.at];
  }));
}

/* Operations whose operands may change places. */
const COMMUTES = new Set(["add", "mul", "hypot", "maximum", "minimum", "sum", "mean", "prod", "max", "min", "logsumexp", "norm", "dot"]);

/* The room between the end of one text and the end of another to its right. */
function roomOf(number, before) {
  const start = Number(before.getAttribute("x"));
  const size = Number(before.getAttribute("font-size")) || 15;
  const italic = before.classList.contains("label");
  const font = (italic ? "italic " : "") + size + "px " + (italic ? "STIX Two Text, Georgia, DejaVu Serif, serif" : "system-ui, sans-serif");
  return Number(number.getAttribute("x")) - start - widthOf(before.textContent, font) - 8;
}

/* Where the bar of a drawer starts, and how long it may be to either side. */
function halfOf(size) {
  const start = size.getAttribute("d").split("h")[0];
  const drawer = size.parentElement.querySelector(".box").getAttribute("d");
  return { start, half: Number(start.slice(1).split(" ")[0]) - Number(drawer.slice(1).split(" ")[0]) - 10 };
}
