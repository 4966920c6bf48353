/* Mark, zoom and scroll the SVG of the graph. Read graphView first, then cameraOf. */

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
  const part = (id) => root.querySelector("#" + prefix + id);
  /* A group drawn as one box stands for its nodes; an edge at such a box may stand for several edges. */
  const folded = [...viewport.querySelectorAll(".cluster.collapsed")];
  const within = (group) => folded.find((box) => (group + ".").startsWith(box.dataset.group + ".")) || null;
  const boxes = model.nodes.map((node) => part("node-" + node.position) || within(node.group));
  const merged = new Map();
  viewport.querySelectorAll(".edge[data-edges]").forEach((edge) => {
    edge.dataset.edges.split(" ").forEach((name) => merged.set(name, edge));
  });
  /* The box of a node, or of the outermost folded group around the node. */
  const clusters = [...viewport.querySelectorAll(".cluster:not(.collapsed)")];
  clusters.sort((one, other) => one.dataset.group.length - other.dataset.group.length);
  function boxOf(position) {
    const { group } = model.nodes[position];
    const isAround = (cluster) => (group + ".").startsWith(cluster.dataset.group + ".");
    return clusters.find((cluster) => cluster.classList.contains("folded") && isAround(cluster)) || boxes[position];
  }
  const edgeOf = (name) => part("edge-" + name) || merged.get(name);
  const texts = boxes.map((box) => ({
    data: box && box.querySelector(".data"),
    grad: box && box.querySelector(".grad"),
    key: box && box.querySelector(".key"),
    size: box && box.querySelector(".size"),
  }));
  const rooms = texts.map(({ data, grad, size }) => data && size && {
    data: roomOf(data, data.closest(".node").querySelector(".label")),
    grad: roomOf(grad, grad.closest(".drawer").querySelector(".key")),
    half: halfOf(size),
  });
  const ops = model.nodes.map((node) => part("op-" + node.position));
  sayTitles(svg, model, part);
  const camera = cameraOf(root, viewport, svg);
  let marked = new Map();
  const lastStage = model.nodes.map(() => "");
  const lastTint = model.nodes.map(() => "");

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

  /* A number, in smaller letters if it is too wide for its place. */
  function write(target, number, room, size) {
    if (!target) { return; }
    const text = number === null ? "–" : shown(number);
    target.textContent = text;
    const width = widthOf(text, "600 " + size + "px system-ui, DejaVu Sans, sans-serif");
    target.setAttribute("font-size", width <= room ? size : ((size * room) / width).toFixed(1));
  }

  /* The bar in a drawer: from the middle to the side of the sign. */
  function writeSize(at, gradient, largest) {
    if (!texts[at].size || !rooms[at]) { return; }
    const { half, start } = rooms[at].half;
    const share = gradient && largest && !Number.isNaN(gradient) ? Math.min(Math.abs(gradient) / largest, 1) || 1 : 0;
    const end = share ? Math.sign(gradient) * Math.max(share * half, 2) : 0;
    texts[at].size.setAttribute("d", start + "h" + end.toFixed(1));
  }

  /* How far the gradients of a moment have come: for each edge whether it has passed one on, for each node how many. */
  function passedBy(view) {
    const passed = new Map();
    const counts = model.nodes.map(() => 0);
    const taken = stepsTaken(view.shot.moment) - (view.quiz && view.quiz.hides ? 1 : 0);
    view.replay.events.slice(0, Math.max(taken, 0)).forEach((event) => {
      passed.set(event.step.node + "-" + event.step.slot, event);
      counts[event.step.operand] += 1;
    });
    return { passed, counts };
  }

  const edges = [];
  model.nodes.forEach((node) => node.operands.forEach((operand, slot) => {
    const name = node.position + "-" + slot;
    const target = part("edge-" + name);
    if (target) { edges.push({ name, target, isConstant: !("node" in operand), stage: "", tag: null, local: null }); }
  }));
  const isTagged = edges.length <= 120;

  /* The turned arrow and the local derivative of an edge that has passed a gradient on. */
  function turned(edge, local) {
    const path = edge.target.querySelector("path");
    if (!edge.target.querySelector(".back")) {
      const [x, y] = path.getAttribute("d").slice(1).split(/[HC]/)[0].split(" ").map(Number);
      const points = x + "," + y + " " + (x + 12) + "," + (y - 6.5) + " " + (x + 12) + "," + (y + 6.5);
      edge.target.append(drawn("polygon", { class: "back", points }));
    }
    if (!isTagged) { return; }
    if (!edge.tag) {
      const at = path.getPointAtLength(Math.max(path.getTotalLength() - 52, path.getTotalLength() / 2));
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

  function renderEdges(view, passed) {
    const isBackward = view.shot.moment.phase === "backward";
    edges.forEach((edge) => {
      const event = passed.get(edge.name);
      const stage = event ? (event.local === 0 ? "passed nothing" : "passed") : isBackward ? "idle" : "";
      if (event) { turned(edge, event.local); }
      if (stage !== edge.stage) {
        marks(edge.target, ["passed", "nothing", "idle"], stage.split(" "));
        edge.stage = stage;
      }
    });
  }

  const passing = passingOf(svg, model, part);

  function wantedMarks(view) {
    const wanted = new Map();
    const add = (target, ...names) => {
      if (!target) { return; }
      if (!wanted.has(target)) { wanted.set(target, new Set()); }
      names.forEach((name) => wanted.get(target).add(name));
    };
    view.edges.forEach((id) => add(edgeOf(id), "active"));
    view.givers.forEach((position) => add(boxOf(position), "giver"));
    view.receivers.forEach((position) => add(boxOf(position), "receiver"));
    (view.shot.moment.phase === "forward" ? view.receivers : view.givers).forEach((at) => add(ops[at], "working"));
    if (view.selected !== null) { add(boxOf(view.selected), "selected"); }
    if (view.firstWrong !== null) { add(boxOf(view.firstWrong), "wrong"); }
    view.pathEdges.forEach((id) => add(edgeOf(id), "path"));
    return wanted;
  }

  boxes.forEach((box, position) => {
    if (box && !folded.includes(box)) {
      box.addEventListener("click", () => { if (!camera.moved()) { onSelect(position); } });
    }
  });

  return {
    camera,
    render(view, previous) {
      mark(wantedMarks(view));
      const { passed, counts } = passedBy(view);
      renderEdges(view, passed);
      model.nodes.forEach((node) => {
        const at = node.position;
        if (!previous || !Object.is(previous.shot.data[at], view.shot.data[at])) {
          write(texts[at].data, view.shot.data[at], rooms[at] ? rooms[at].data : 90, 19);
        }
        if (!previous || !Object.is(previous.shot.grad[at], view.shot.grad[at]) || previous.largest !== view.largest) {
          write(texts[at].grad, view.shot.grad[at], rooms[at] ? rooms[at].grad : 90, 17);
          writeSize(at, view.shot.grad[at], view.largest);
        }
        if (texts[at].key) {
          const isOpen = counts[at] > 0 && counts[at] < node.consumers;
          setText(texts[at].key, isOpen ? say("graph.counted", { count: counts[at], total: node.consumers }) : say("graph.gradient"));
          boxes[at].classList.toggle("open", isOpen);
          boxes[at].classList.toggle("unreached", view.shot.grad[at] === null);
        }
        const isWaiting = view.shot.moment.phase === "backward" && view.shot.grad[at] === null;
        const stage = view.shot.data[at] === null ? "pending" : isWaiting ? "waiting" : "";
        if (stage !== lastStage[at]) {
          [boxes[at], ops[at]].filter((part) => part).forEach((part) => marks(part, ["pending", "waiting"], [stage]));
          lastStage[at] = stage;
        }
        const tint = texts[at].grad ? tintOf(view.shot.grad[at], view.largest) : "";
        if (tint !== lastTint[at] && boxes[at]) {
          if (lastTint[at]) { boxes[at].classList.remove(lastTint[at]); }
          if (tint) { boxes[at].classList.add(tint); }
          lastTint[at] = tint;
        }
      });
      const parts = [...view.receivers.slice(0, 1), ...view.givers.slice(0, 1), ...model.forward];
      const current = parts.slice(0, view.receivers.length ? 2 : 1).map((position) => boxes[position]);
      if (view.isNewMoment) { view.afterwards.push(() => camera.follow(current)); }
      if (view.isNewChoice) { view.afterwards.push(() => camera.show([boxes[view.selected]])); }
    },
    passing,
  };
}

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

/* ------------------------------------------------------------------ what is in sight */

/* The bounds of a part of the picture, read from its attributes: getBBox would make the browser lay it out. */
function boundsOf(part) {
  const rect = part.querySelector("rect");
  if (rect) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    return { x0: x, x1: x + width, y0: y, y1: y + height };
  }
  const [xs, ys] = [[], []];
  for (const [, command, list] of part.querySelector("path").getAttribute("d").matchAll(/([MHC])([^MHC]*)/g)) {
    list.trim().split(/[ ,]+/).map(Number).forEach((number, index) => {
      (command === "H" || index % 2 === 0 ? xs : ys).push(number);
    });
  }
  return { x0: Math.min(...xs), x1: Math.max(...xs) + 8, y0: Math.min(...ys) - 4, y1: Math.max(...ys) + 4 };
}

/* A function that hides all parts of a picture outside a rectangle, since laying out thousands of parts takes
   seconds. */
function sightOf(svg) {
  const parts = [...svg.querySelectorAll("g")].map((part) => ({ part, bounds: boundsOf(part), isFar: false }));
  return ({ x0, x1, y0, y1 }) => {
    parts.forEach((item) => {
      const { bounds } = item;
      const isFar = bounds.x1 < x0 || bounds.x0 > x1 || bounds.y1 < y0 || bounds.y0 > y1;
      if (isFar !== item.isFar) {
        item.part.classList.toggle("far", isFar);
        item.isFar = isFar;
      }
    });
  };
}

/* ------------------------------------------------------------------ zoom and pan */

const MARGIN = 100; /* CSS pixels around the viewport in which the picture is drawn, too */

/* Zooming changes the size of the SVG, and panning is scrolling: touch, wheel and scrollbars work as usual, and a
   picture of thousands of parts is not laid out again. */
function cameraOf(root, viewport, svg) {
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const sight = root.classList.contains("large") ? sightOf(svg) : null;
  /* Hidden until `start` has set the size, so that the picture is laid out once. */
  if (sight) { svg.style.display = "none"; }
  let scale = 1;
  let drag = null;
  let hasMoved = false;
  let choice = "start"; /* how the scale was chosen: "start" or "fit", by the size of the page, or "own", by hand */
  let size = "";
  let current = []; /* the boxes of the step */

  /* The part of the picture in the viewport, in CSS pixels. It is cached, since reading it forces a layout. */
  let shows = { x: 0, y: 0, width: 0, height: 0 };
  function measure() {
    shows = {
      x: viewport.scrollLeft, y: viewport.scrollTop, width: viewport.clientWidth, height: viewport.clientHeight,
    };
  }

  /* Draw what is in the viewport and a margin around it. */
  function look() {
    if (!sight) { return; }
    sight({
      x0: left + (shows.x - MARGIN) / scale, x1: left + (shows.x + shows.width + MARGIN) / scale,
      y0: top + (shows.y - MARGIN) / scale, y1: top + (shows.y + shows.height + MARGIN) / scale,
    });
  }

  function scrollTo(x, y) {
    shows.x = Math.max(Math.min(x, width * scale - shows.width), 0);
    shows.y = Math.max(Math.min(y, height * scale - shows.height), 0);
    look();
    viewport.scrollTo(shows.x, shows.y);
  }

  function fitting() {
    return Math.min(shows.width / width, shows.height / height, 1.6) || 1;
  }

  /* Zoom around the point (fx, fy) of the viewport, both from 0 to 1. */
  function zoom(next, fx = 0.5, fy = 0.5) {
    measure();
    const [x, y] = [shows.width * fx, shows.height * fy];
    const [atX, atY] = [(shows.x + x) / scale, (shows.y + y) / scale];
    scale = Math.min(Math.max(next, fitting() / 2), 6);
    svg.style.width = (width * scale).toFixed(1) + "px";
    svg.style.height = (height * scale).toFixed(1) + "px";
    /* The name of a folded group stays readable at any scale. */
    svg.style.setProperty("--letter", (14 / scale).toFixed(1) + "px");
    svg.classList.toggle("distant", scale < 0.25);
    scrollTo(atX * scale - x, atY * scale - y);
  }

  function fit() {
    measure();
    zoom(fitting() * 0.995);
  }

  /* The whole graph, unless its letters would be too small to read. */
  function start() {
    measure();
    size = shows.width + " " + shows.height;
    if (fitting() < 0.45) { zoom(0.7); } else { fit(); }
    svg.style.display = "";
  }

  /* Scroll boxes into view if they are not: to the middle, or, if they are too far apart, so that the first box is
     at the edge of the view and as much as possible of the way to the others is seen. */
  function show(boxes) {
    const all = boxes.filter((box) => box !== null).map(boundsOf);
    if (!all.length || (width * scale <= shows.width && height * scale <= shows.height)) { return; }
    const [x, y] = [["x0", "x1", left, "x", "width"], ["y0", "y1", top, "y", "height"]].map(
      ([low, high, origin, from, size]) => {
        const sides = all.map((box) => [(box[low] - origin) * scale, (box[high] - origin) * scale]);
        const [least, most] = [Math.min(...sides.map((side) => side[0])), Math.max(...sides.map((side) => side[1]))];
        const [first, last] = sides[0];
        const room = shows[size];
        if (least >= shows[from] && most <= shows[from] + room) { return null; }
        if (most - least <= room) { return (least + most - room) / 2; }
        return first - least > most - last ? last - room + MARGIN / 4 : first - MARGIN / 4;
      },
    );
    if (x !== null || y !== null) { scrollTo(x === null ? shows.x : x, y === null ? shows.y : y); }
  }

  /* A choice of the reader, which is kept when the page is resized. */
  function choose(name, action) {
    choice = name;
    action();
    show(current);
  }

  /* A frame may get its width after the script has run, for example in a notebook output that is scrolled away. */
  new ResizeObserver(() => {
    measure();
    if (shows.width + " " + shows.height !== size) {
      size = shows.width + " " + shows.height;
      if (choice === "start") { start(); } else if (choice === "fit") { fit(); }
      show(current);
    }
    look();
  }).observe(viewport.parentElement);
  viewport.addEventListener("scroll", () => { measure(); look(); }, { passive: true });

  viewport.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) { return; }
    event.preventDefault();
    const box = viewport.getBoundingClientRect();
    choice = "own";
    zoom(scale * Math.exp(-event.deltaY / 300), (event.clientX - box.left) / box.width,
      (event.clientY - box.top) / box.height);
  }, { passive: false });
  viewport.addEventListener("pointerdown", (event) => {
    drag = event.pointerType === "mouse" ? { x: event.clientX, y: event.clientY } : null;
    hasMoved = false;
  });
  viewport.addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons) { return; }
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!hasMoved && Math.hypot(dx, dy) < 4) { return; }
    hasMoved = true;
    viewport.scrollBy(-dx, -dy);
    drag = { x: event.clientX, y: event.clientY };
  });
  ["pointerup", "pointerleave", "pointercancel"].forEach((kind) => {
    viewport.addEventListener(kind, () => { drag = null; });
  });
  viewport.addEventListener("keydown", (event) => {
    const [nearer, farther] = [() => zoom(scale * 1.25), () => zoom(scale / 1.25)];
    const action = { "+": nearer, "=": nearer, "-": farther, "0": fit }[event.key];
    const name = event.key === "0" ? "fit" : "own";
    const way = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) { choose(name, action); event.preventDefault(); }
    if (way && event.shiftKey) { viewport.scrollBy(...way); event.preventDefault(); }
  });
  root.querySelector(".zoom-in").addEventListener("click", () => choose("own", () => zoom(scale * 1.4)));
  root.querySelector(".zoom-out").addEventListener("click", () => choose("own", () => zoom(scale / 1.4)));
  root.querySelector(".fit").addEventListener("click", () => choose("fit", fit));

  return {
    moved: () => hasMoved,
    start,
    /* The whole graph in a place of another size. */
    refit: () => { choice = "start"; start(); show(current); },
    show,
    /* Keep the boxes of the current step in view. */
    follow(boxes) {
      current = boxes;
      show(boxes);
    },
  };
}
