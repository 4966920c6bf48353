/* The lens: what of the graph is drawn, and how it travels when that changes. A small graph is drawn whole, in the picture
   that the page comes with. Of a larger one the lens draws the step and what is around it; it stays where it is as long
   as a step is in it. */

const FEW = 20; /* nodes of a graph that is always drawn whole */
const OVERVIEW = [5, 14]; /* items of a picture of the whole graph, at least and at most */
const MOST_OPENED = 12; /* of what is in a box that opens */
const SIZES = [32, 20, 12, 7, 4, 2]; /* items to try: the most that leave both ends of a step in sight */

function lensOf(root, svg, model, prefix, camera) {
  const boxes = boxesOf(model, structureOf(model));
  const depths = depthsOf(model);
  const id = (name) => prefix + name;
  const isSmall = model.nodes.length <= MOST_ITEMS;
  const choices = new Map(); /* boxes that the reader has opened or closed */
  let areClosed = false; /* whether all boxes are, but for the choices */
  let anchor = []; /* the nodes around which it was drawn */
  let opening = []; /* those of the step, whose boxes are open */
  let held = []; /* the nodes that are to be seen themselves, whatever boxes are around them */
  let isToggling = false;
  let scene = adopted(svg, model, id);
  if (scene.items.size) { sayTitles(svg, model, (name) => svg.querySelector("#" + id(name))); }
  let elements = new Map(); /* of each item, frame and edge */
  let ids = new Map();
  let merged = new Map();
  let edgesByName = new Map();
  const layers = ["frames", "edges", "cards"].map((name) => drawn("g", { class: name }));
  const made = []; /* what to do with a new card */
  index();

  function index() {
    ids = new Map([...svg.querySelectorAll("[id]")].map((part) => [part.id.slice(prefix.length), part]));
    merged = new Map();
    svg.querySelectorAll(".edge[data-edges]").forEach((edge) => {
      edge.dataset.edges.split(" ").forEach((name) => merged.set(name, edge));
    });
    edgesByName = new Map(scene.edges.flatMap((edge) => edge.names.map((name) => [name, edge])));
  }

  /* ---------------------------------------------------------------- what is seen */

  function isOpen(box) {
    if (choices.has(box.key)) { return choices.get(box.key); }
    if (held.some((position) => boxes.around(position).includes(box))) { return true; }
    return !areClosed && (isSmall || opening.some((position) => boxes.around(position).includes(box)));
  }

  /* The item that shows a node, by itself or as the box around it. */
  function itemOf(position) {
    const own = scene.items.get("n" + position);
    if (own) { return own; }
    const around = boxes.around(position).map((box) => scene.items.get("b" + box.key)).filter((item) => item);
    return around[0] || null;
  }

  /* A node that is seen: by itself, or in a box that the reader has closed. */
  function isSeen(position) {
    const item = itemOf(position);
    return item !== null && (item.kind === "node" || (areClosed && !held.includes(position)) || choices.get(item.box.key) === false);
  }

  const placeOf = (item) => ({ x: item.x, y: item.y, width: item.size.width, height: item.size.height });
  const placesOf = (positions) => positions.map(itemOf).filter((item) => item).map(placeOf);

  /* Whether a scene of a large graph with its boxes closed shows all of it at once, and enough to tell something. */
  function isClear(closed) {
    const { length } = [...closed.items.values()].filter((item) => item.size.card);
    return length >= OVERVIEW[0] && length <= OVERVIEW[1] && hasAll(closed) && camera.holdsWhole(closed.width, closed.height);
  }

  /* Whether all nodes are in a scene, by themselves or in boxes. */
  function hasAll({ items }) {
    const countOf = (item) => (item.kind === "box" ? boxes.inside(item.box).length : item.kind === "node" ? 1 : 0);
    return [...items.values()].reduce((sum, item) => sum + countOf(item), 0) === model.nodes.length;
  }

  /* Show nodes: the first two are to be in sight at once. Those that are `nowHeld` are not hidden in closed boxes. Of a
     page that opens, `isOpening`, the whole of a large graph is shown if that is clear. */
  function look(positions, { isNew = false, nowHeld = held, isOpening = false } = {}) {
    held = nowHeld;
    const isWhole = isOpening && !isSmall;
    const ends = positions.slice(0, 2);
    const isDown = isUpright();
    const isSaid = scene.isAdopted || scene.language === language; /* boxes have names */
    const isHeld = model.nodes.length <= FEW || camera.holds(placesOf(ends));
    if (!isNew && !isWhole && isSaid && scene.isDown === isDown && ends.every(isSeen) && isHeld) { return; }
    anchor = positions;
    const sizes = model.nodes.length <= FEW ? [MOST_ITEMS] : isSmall ? [MOST_ITEMS, ...SIZES] : SIZES;
    const sceneFor = (most) => ({ ...sceneOf(model, boxes, depths, { focus: positions, most, isOpen, isDown }), language });
    if (isWhole) {
      opening = [];
      const closed = sceneFor(OVERVIEW[1] + 1);
      if (isClear(closed)) { draw(closed); return; }
    }
    if (!isToggling) { opening = positions; }
    for (const most of sizes) {
      const next = sceneFor(most);
      const before = scene;
      scene = next;
      const isFit = camera.holds(placesOf(ends)) || most === sizes[sizes.length - 1];
      scene = before;
      if (isFit) { draw(next); return; }
    }
  }

  /* ---------------------------------------------------------------- how it is drawn */

  function draw(next) {
    endGlide(svg);
    const [before, from, old] = [scene, camera.screen(), elements];
    const isKept = before.isDown === next.isDown && !before.isAdopted && before.language === next.language;
    scene = next;
    if (before.isAdopted) {
      [...svg.children].forEach((part) => { if (!part.matches("title, .passing")) { part.remove(); } });
      svg.prepend(...layers);
    }
    elements = new Map();
    const last = new Map(); /* in each layer, new parts follow the one before, and those that stay keep their place */
    const take = (key, layer, make) => {
      const isOld = isKept && old.has(key);
      const parts = isOld ? old.get(key) : make();
      if (isOld) { old.delete(key); }
      elements.set(key, parts);
      parts.forEach((part) => {
        if (!isOld && last.has(layer)) { last.get(layer).after(part); } else if (!isOld) { layer.prepend(part); }
        last.set(layer, part);
      });
    };
    const depthOf = (frame) => boxes.around(frame.position).indexOf(frame.box);
    [...next.frames.values()].sort((one, other) => depthOf(one) - depthOf(other))
      .forEach((frame) => take(frame.key, layers[0], () => [frameMade(frame)]));
    next.edges.forEach((edge) => take(edgeKey(edge), layers[1], () => [edgeMade(edge)]));
    next.items.forEach((item, key) => take(key, layers[2], () => itemMade(item)));
    next.edges.forEach((edge) => elements.get(edgeKey(edge))[0].classList.toggle("broken", edge.isBroken));
    next.items.forEach((item, key) => {
      elements.get(key)[0].classList.toggle("has-operands", Boolean(item.hasOperands));
      elements.get(key)[0].classList.toggle("has-consumers", Boolean(item.hasConsumers));
    });
    camera.frame(next.width, next.height);
    camera.follow(placesOf(anchor.slice(0, 2)), false);
    travel(before, from, old);
    index();
  }

  const edgeKey = (edge) => "e" + edge.tail + "\n" + edge.head + "\n" + edge.names[0];

  function frameMade(frame) {
    const part = frameDrawn(frame);
    asButton(part, true, () => toggle(frame.box));
    return part;
  }

  function itemMade(item) {
    const parts = itemDrawn(item, model, item.size, scene.isDown, id);
    if (item.kind === "box") { asButton(parts[0], false, () => toggle(item.box)); }
    if (item.kind === "node") { made.forEach((action) => action(parts[0], item.position)); }
    if (item.kind === "copy") { made.forEach((action) => action(parts[0], item.of)); }
    return parts;
  }

  function edgeMade(edge) {
    const [, result] = edge.ends;
    const slot = Number(edge.names[0].split("-")[1]);
    const operand = model.nodes[result].operands[slot];
    const isOne = model.nodes[result].operands.length === 1;
    const title = edge.names.length > 1 ? ["graph.edges", { count: edge.names.length }]
      : [isOne ? "graph.edge" : "graph.edge.slot", {
        operand: "node" in operand ? cut(model.nodes[operand.node].name) : shown(operand.constant),
        name: cut(model.nodes[result].name), slot: slot + 1,
      }];
    return edgeDrawn(edge.names, title, id);
  }

  /* Open or close a box. */
  function asButton(part, isExpanded, action) {
    part.setAttribute("role", "button");
    part.setAttribute("tabindex", "0");
    part.setAttribute("aria-expanded", String(isExpanded));
    part.addEventListener("click", (event) => {
      if (event.target.closest(".cluster, .box") === part && !camera.moved()) { action(); }
    });
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") { return; }
      event.preventDefault();
      action();
    });
  }

  /* From where the parts were on the screen to where they are now. What comes out of a box, or goes into one, travels
     too; what else is new appears. */
  function travel(before, from, gone) {
    const to = camera.screen();
    const corner = ({ x, y, size: { card } }) => (card ? { x: x + card.x, y: y + card.y } : { x, y });
    const then = ({ x, y }) => ({
      x: (x * from.scale + from.x - to.x) / to.scale, y: (y * from.scale + from.y - to.y) / to.scale,
    });
    const origin = (item, other) => other.get(item.key) || other.get("b" + (boxes.around(item.position)
      .find((box) => other.has("b" + box.key)) || {}).key) || null;
    const shifts = new Map();
    scene.items.forEach((item, key) => {
      const start = origin(item, before.items);
      const [now, was] = [corner(item), start && then(corner(start))];
      shifts.set(key, was ? { x: was.x - now.x, y: was.y - now.y, isNew: !before.items.has(key) } : { x: 0, y: 0, isNew: true });
    });
    const leaving = [...gone].flatMap(([key, parts]) => {
      const item = before.items.get(key);
      const end = item && !before.isAdopted && origin(item, scene.items);
      if (!end) { parts.forEach((part) => part.remove()); return []; }
      parts.forEach((part) => part.removeAttribute("id"));
      return [{ parts, start: then(item), end: corner(end) }];
    });
    const isFirst = before.isAdopted && !before.items.size;
    svg.classList.toggle("travelling", !isFirst);
    const drawAll = (t) => {
      const rest = 1 - t;
      leaving.forEach(({ parts, start, end }) => parts.forEach((part) => {
        move(part, start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t);
        part.style.opacity = rest;
      }));
      drawAt(shifts, rest, before, then);
    };
    if (isFirst) { drawAll(1); return; }
    glide(svg, drawAll, () => {
      leaving.forEach(({ parts }) => parts.forEach((part) => part.remove()));
      svg.classList.remove("travelling");
    });
  }

  function move(part, x, y) {
    part.setAttribute("transform", "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")");
  }

  /* The picture with a share of the way still to go. */
  function drawAt(shifts, rest, before, then) {
    const fading = (part, isNew) => { part.style.opacity = isNew && rest ? 1 - rest : ""; };
    scene.items.forEach((item, key) => elements.get(key).forEach((part) => {
      const shift = shifts.get(key);
      move(part, item.x + shift.x * rest, item.y + shift.y * rest);
      fading(part, shift.isNew);
    }));
    scene.frames.forEach((frame, key) => {
      const [part] = elements.get(key);
      const old = before.frames.get(key);
      const was = old ? { ...old, ...then(old) } : frame;
      const at = (name) => frame[name] + (was[name] - frame[name]) * rest;
      move(part, at("x"), at("y"));
      part.querySelector("rect").setAttribute("width", at("width").toFixed(1));
      part.querySelector("rect").setAttribute("height", at("height").toFixed(1));
      fading(part, !old);
    });
    const along = ({ x, y }) => (scene.isDown ? [y, x] : [x, y]);
    scene.edges.forEach((edge) => {
      const [start, end] = [along(shifts.get(edge.tail)), along(shifts.get(edge.head))];
      const last = edge.route.length - 1;
      const route = edge.route.map((point, index) => point.map((x, axis) => (
        x + rest * (start[axis] + ((end[axis] - start[axis]) * index) / last))));
      const [part] = elements.get(edgeKey(edge));
      setRoute(part, route, scene.isDown, edge.hidden);
      fading(part, shifts.get(edge.tail).isNew || shifts.get(edge.head).isNew);
    });
  }

  /* ---------------------------------------------------------------- boxes */

  function toggle(box) {
    const hadFocus = [...elements.values()].some(([part]) => part === document.activeElement);
    choices.set(box.key, !isOpen(box));
    isToggling = true; /* what is in the box stays closed */
    /* What is in it, as much as there is room for. */
    const inside = isOpen(box) ? [...box.children.map(boxes.output), ...box.members] : [];
    changed([...new Set([boxes.output(box), ...inside])].slice(0, MOST_OPENED));
    isToggling = false;
    const part = elements.get("c" + box.key) || elements.get("b" + box.key);
    if (hadFocus && part) { part[0].focus({ preventScroll: true }); }
  }

  let changed = () => {};

  return {
    look,
    /* The item that shows a node, its card and its operation: boxes in units of the picture. */
    itemOf,
    places: placesOf,
    cardOf(position) {
      const item = itemOf(position);
      if (!item) { return null; }
      const { card } = item.size;
      const [x, y] = [item.x + card.x, item.y + card.y];
      return { x, y, width: card.width, height: card.height, middle: { x: x + card.width / 2, y: y + card.height / 2 } };
    },
    allPlaces: () => [...scene.items.values()].map(placeOf),
    opOf(position) {
      const item = itemOf(position);
      const { op } = item.size;
      return op && item.kind === "node" ? { x: item.x + op.x + op.width / 2, y: item.y + op.y + op.height / 2 } : null;
    },
    part: (name) => ids.get(name) || null,
    element: (item) => (item ? ids.get(item.kind === "box" ? "box-" + item.id : "node-" + item.position) : null),
    edgeNames: () => (scene.isAdopted ? [...ids.keys()].filter((name) => name.startsWith("edge-")).map((name) => name.slice(5))
      : scene.edges.flatMap((edge) => edge.names.slice(0, 1))),
    edge: (name) => ids.get("edge-" + name) || merged.get(name) || null,
    /* Where an edge runs when all is in its place. */
    curve(name) {
      const edge = edgesByName.get(name);
      return curveAlong(edge ? lineOf(edge.route, scene.isDown, edge.hidden)
        : ids.get("edge-" + name).querySelector("path").getAttribute("d"));
    },
    scene: () => scene,
    hasAll: () => hasAll(scene),
    boxes,
    depths,
    bounds: camera.bounds,
    window: camera.windowAhead,
    /* Call an action with every card and its node, now and whenever one is made. */
    onCard(action) {
      made.push(action);
      scene.items.forEach((item) => { if (item.kind === "node") { action(ids.get("node-" + item.position), item.position); } });
    },
    onChange(action) { changed = action; },
    close(isClosed) {
      choices.clear();
      areClosed = isClosed;
    },
  };
}

/* The picture that the page comes with, if it has every node, as a scene; otherwise an empty one. */
function adopted(svg, model, id) {
  const part = (name) => svg.querySelector("#" + id(name));
  const scene = { items: new Map(), frames: new Map(), edges: [], isDown: false, isAdopted: true };
  if (model.nodes.length > MOST_ITEMS || model.nodes.some((node) => !part("node-" + node.position))) { return scene; }
  model.nodes.forEach(({ position, op, name }) => {
    const card = cardOf(part("node-" + position));
    const circle = op ? cardOf(part("op-" + position)) : card;
    const [x, y] = [circle.x, Math.min(card.y, circle.y)];
    const within = (box) => ({ x: box.x - x, y: box.y - y, width: box.width, height: box.height });
    const size = { card: within(card), width: card.x + card.width - x, height: Math.max(card.height, circle.height) + DRAWER };
    scene.items.set("n" + position, {
      key: "n" + position, kind: "node", position, name, x, y, size: op ? { ...size, op: within(circle) } : size,
    });
  });
  return scene;
}
