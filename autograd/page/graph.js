/* The graph: marks on the SVG that came with the page, and moving about in it. */

/* Seven levels of color for a gradient, from −3 to 3, by its size beside the largest. */
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
  /* A group that the picture draws as one box stands for its nodes, and an edge at it may stand for several. */
  const folded = [...viewport.querySelectorAll(".cluster.collapsed")];
  const within = (group) => folded.find((box) => (group + ".").startsWith(box.dataset.group + ".")) || null;
  const boxes = model.nodes.map((node) => part("node-" + node.position) || within(node.group));
  const merged = new Map();
  viewport.querySelectorAll(".edge[data-edges]").forEach((edge) => {
    edge.dataset.edges.split(" ").forEach((name) => merged.set(name, edge));
  });
  const edgeOf = (name) => part("edge-" + name) || merged.get(name);
  const texts = boxes.map((box) => ({
    data: box && box.querySelector(".data"),
    grad: box && box.querySelector(".grad"),
  }));
  const ops = model.nodes.map((node) => part("op-" + node.position));
  const camera = cameraOf(root, viewport, svg);
  let marked = new Map();
  const lastStage = model.nodes.map(() => "");
  const lastTint = model.nodes.map(() => "");

  /* Classes wanted now, by element; those of the moment before that are not among them go. */
  function mark(wanted) {
    marked.forEach((classes, target) => {
      classes.forEach((name) => { if (!wanted.has(target) || !wanted.get(target).has(name)) { target.classList.remove(name); } });
    });
    wanted.forEach((classes, target) => { target.classList.add(...classes); });
    marked = wanted;
  }

  function write(target, number) {
    if (target) { target.textContent = number === null ? "–" : shown(number); }
  }

  function wantedMarks(view) {
    const wanted = new Map();
    const add = (target, ...names) => {
      if (!target) { return; }
      if (!wanted.has(target)) { wanted.set(target, new Set()); }
      names.forEach((name) => wanted.get(target).add(name));
    };
    view.edges.forEach((id) => add(edgeOf(id), "active"));
    view.givers.forEach((position) => { add(boxes[position], "giver"); add(ops[position], "giver"); });
    view.receivers.forEach((position) => add(boxes[position], "receiver"));
    if (view.selected !== null) { add(boxes[view.selected], "selected"); }
    if (view.firstWrong !== null) { add(boxes[view.firstWrong], "wrong"); }
    view.pathEdges.forEach((id) => add(edgeOf(id), "path"));
    return wanted;
  }

  boxes.forEach((box, position) => {
    if (box && !folded.includes(box)) { box.addEventListener("click", () => { if (!camera.moved()) { onSelect(position); } }); }
  });

  return {
    camera,
    render(view, previous) {
      mark(wantedMarks(view));
      model.nodes.forEach((node) => {
        const at = node.position;
        if (!previous || !Object.is(previous.shot.data[at], view.shot.data[at])) {
          write(texts[at].data, view.shot.data[at]);
        }
        if (!previous || !Object.is(previous.shot.grad[at], view.shot.grad[at])) {
          write(texts[at].grad, view.shot.grad[at]);
        }
        const stage = view.shot.data[at] === null ? "pending" : view.shot.moment.phase === "backward" && view.shot.grad[at] === null ? "waiting" : "";
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
      const current = [...view.receivers.slice(0, 1), ...view.givers.slice(0, 1)].map((position) => boxes[position]);
      if (!previous || previous.shot.moment !== view.shot.moment) { view.afterwards.push(() => camera.follow(current)); }
    },
  };
}

/* ------------------------------------------------------------------ zoom and pan */

/* A camera over the SVG: its viewBox is what one sees. */
function cameraOf(root, viewport, svg) {
  const whole = svg.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let seen = { ...full };
  let drag = null;
  let hasMoved = false;
  const places = new Map();
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  function look(next) {
    const width = Math.min(Math.max(next.width, full.width / 200, 60), full.width * 1.5);
    const height = width * full.height / full.width;
    const within = (start, size, low, length) => Math.min(Math.max(start, low - size / 2), low + length - size / 2);
    seen = { x: within(next.x, width, full.x, full.width), y: within(next.y, height, full.y, full.height), width, height };
    svg.setAttribute("viewBox", [seen.x, seen.y, seen.width, seen.height].map((x) => x.toFixed(2)).join(" "));
    viewport.classList.toggle("zoomed", seen.width < full.width * 0.99);
    if (items.length) { cull(); }
  }

  function zoom(factor, fx = 0.5, fy = 0.5) {
    const width = seen.width * factor;
    const height = seen.height * factor;
    look({ x: seen.x + (seen.width - width) * fx, y: seen.y + (seen.height - height) * fy, width });
  }

  function pan(dx, dy) {
    look({ x: seen.x + dx * seen.width, y: seen.y + dy * seen.height, width: seen.width });
  }

  function fit() { look(full); }

  /* Of a large picture only what can be seen is there, and letters only where they can be read. */
  const items = root.classList.contains("large") ? [...svg.querySelectorAll(":scope > g")].map((part) => ({
    part, box: part.getBBox(), isOut: false,
  })) : [];

  function cull() {
    const scale = Math.min(viewport.clientWidth / seen.width, viewport.clientHeight / seen.height) || 1;
    const [width, height] = [viewport.clientWidth / scale, viewport.clientHeight / scale];
    const [left, top] = [seen.x + (seen.width - width) / 2, seen.y + (seen.height - height) / 2];
    svg.classList.toggle("far", scale < 0.3);
    items.forEach((item) => {
      const { x, y } = item.box;
      const isOut = x > left + width || y > top + height || x + item.box.width < left || y + item.box.height < top;
      if (isOut !== item.isOut) { item.part.style.display = isOut ? "none" : ""; }
      item.isOut = isOut;
    });
  }

  /* Boxes do not move, so each is measured once. */
  function placeOf(box) {
    const known = items.find((item) => item.part === box);
    if (!places.has(box)) { places.set(box, known ? known.box : box.getBBox()); }
    return places.get(box);
  }

  viewport.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) { return; }
    event.preventDefault();
    const box = viewport.getBoundingClientRect();
    zoom(Math.exp(event.deltaY / 300), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  viewport.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY };
    hasMoved = false;
  });
  viewport.addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons) { return; }
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!hasMoved && Math.hypot(dx, dy) < 4) { return; }
    hasMoved = true;
    const matrix = svg.getScreenCTM();
    look({ x: seen.x - dx / matrix.a, y: seen.y - dy / matrix.d, width: seen.width });
    drag = { x: event.clientX, y: event.clientY };
  });
  ["pointerup", "pointerleave", "pointercancel"].forEach((kind) => {
    viewport.addEventListener(kind, () => { drag = null; });
  });
  viewport.addEventListener("keydown", (event) => {
    const action = { "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": fit }[event.key];
    const way = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) { action(); event.preventDefault(); }
    if (way && event.shiftKey) { pan(...way); event.preventDefault(); event.stopPropagation(); }
  });
  root.querySelector(".zoom-in").addEventListener("click", () => zoom(0.7));
  root.querySelector(".zoom-out").addEventListener("click", () => zoom(1 / 0.7));
  root.querySelector(".fit").addEventListener("click", fit);

  return {
    fit,
    moved: () => hasMoved,
    /* A large graph does not fit in readable size: start nearer. */
    start() {
      const width = viewport.clientWidth || 600;
      const height = viewport.clientHeight || 400;
      const scale = Math.min(width / full.width, height / full.height);
      if (scale < 0.6) { zoom(scale / 0.8, 0, 0.5); } else { fit(); }
    },
    /* Bring the boxes of the current step into sight, when they are not. */
    follow(boxes) {
      if (seen.width >= full.width * 0.99) { return; }
      const all = boxes.filter((box) => box !== null).map(placeOf);
      if (!all.length) { return; }
      const left = Math.min(...all.map((box) => box.x));
      const right = Math.max(...all.map((box) => box.x + box.width));
      const top = Math.min(...all.map((box) => box.y));
      const bottom = Math.max(...all.map((box) => box.y + box.height));
      const isSeen = left >= seen.x && right <= seen.x + seen.width && top >= seen.y && bottom <= seen.y + seen.height;
      if (!isSeen) {
        const center = { x: (left + right) / 2, y: (top + bottom) / 2 };
        look({ x: center.x - seen.width / 2, y: center.y - seen.height / 2, width: seen.width });
      }
    },
  };
}
