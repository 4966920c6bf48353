/* Zoom and pan. Zooming changes the size of the SVG, and panning is scrolling: touch, wheel and scrollbars work as
   usual. The camera keeps the cards of a step in sight and never makes letters smaller than can be read, unless asked. */

const MARGIN = 24; /* CSS pixels around what is brought into sight */
const BORDER = 8; /* units around the picture */
const ABOVE = 26; /* and above it, for what is written above the cards */

function cameraOf(root, viewport, svg) {
  let [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1;
  let drag = null;
  let hasMoved = false;
  let choice = "start"; /* how the scale was chosen: "start" or "fit", by the size of the page, or "own", by hand */
  let size = "";
  let current = []; /* the cards of the step */
  let resized = () => {};
  const seen = []; /* what to do when another part of the picture is in sight */

  /* The part of the picture in the viewport, in CSS pixels. To read it lays out the page, and so does scrolling: the one
     is done when the viewport has changed, the other once, when all else is done. */
  let shows = { x: 0, y: 0, width: 0, height: 0 };
  let isScrolling = false;
  let goal = null; /* where it is going to, while it glides */
  function measure() {
    shows = {
      x: viewport.scrollLeft, y: viewport.scrollTop, width: viewport.clientWidth, height: viewport.clientHeight,
    };
  }

  function scrollTo(x, y) {
    shows.x = Math.max(Math.min(x, width * scale - shows.width), 0);
    shows.y = Math.max(Math.min(y, height * scale - shows.height), 0);
    if (isScrolling) { return; }
    isScrolling = true;
    queueMicrotask(() => {
      isScrolling = false;
      viewport.scrollTo(shows.x, shows.y);
      seen.forEach((action) => action());
    });
  }

  function fitting() {
    return Math.min(shows.width / width, shows.height / height, 1.6) || 1;
  }

  /* The scales below which letters are too small, of a part of the picture and of the whole, which may be a little
     smaller: less on a narrow page or a phone, more in a lecture. */
  function smallest() {
    const isWide = shows.width > (root.classList.contains("lecture") ? 720 : 1060);
    const [part, whole] = isWide ? [0.82, 0.72] : [0.68, 0.54];
    const larger = root.classList.contains("lecture") ? (isWide ? 1.6 : 1.2) : 1;
    return { part: part * larger, whole: whole * larger };
  }

  /* Zoom around the point (fx, fy) of the viewport, both from 0 to 1. */
  function zoom(next, fx = 0.5, fy = 0.5) {
    endGlide(viewport);
    const [x, y] = [shows.width * fx, shows.height * fy];
    const [atX, atY] = [(shows.x + x) / scale, (shows.y + y) / scale];
    scale = Math.min(Math.max(next, fitting() / 2), 6);
    svg.style.width = (width * scale).toFixed(1) + "px";
    svg.style.height = (height * scale).toFixed(1) + "px";
    scrollTo(atX * scale - x, atY * scale - y);
  }

  function fit() {
    zoom(fitting() * 0.995);
  }

  /* The whole picture, unless its letters would be too small to read. */
  function start() {
    size = shows.width + " " + shows.height;
    const { part, whole } = smallest();
    zoom(fitting() > whole ? fitting() * 0.995 : part);
  }

  function rescale() {
    if (choice === "start") { start(); } else if (choice === "fit") { fit(); } else { zoom(scale); }
  }

  /* Where a unit of the picture is in the viewport: x * scale + screen().x. */
  function screen(at = shows) {
    const gap = (room, length) => Math.max((room - length * scale) / 2, 0);
    return { scale, x: gap(shows.width, width) - left * scale - at.x, y: gap(shows.height, height) - top * scale - at.y };
  }

  /* What the viewport shows, in units of the picture. */
  function windowAt(at) {
    const { x, y } = screen(at);
    return { x: -x / scale, y: -y / scale, width: shows.width / scale, height: shows.height / scale };
  }

  /* Where to scroll to for boxes to be in view: to the middle, or, if they are too far apart, so that the first is at
     the edge of the view and as much as possible of the way to the others is seen. Null if they are in view. */
  function wayTo(boxes) {
    if (!boxes.length || (width * scale <= shows.width && height * scale <= shows.height)) { return null; }
    const [x, y] = [["x", "width", left], ["y", "height", top]].map(([from, length, origin]) => {
      const sides = boxes.map((box) => [(box[from] - origin) * scale, (box[from] + box[length] - origin) * scale]);
      const [low, high] = [Math.min(...sides.map((side) => side[0])), Math.max(...sides.map((side) => side[1]))];
      const [first, last] = sides[0];
      const room = shows[length];
      if (low >= shows[from] && high <= shows[from] + room) { return null; }
      if (high - low <= room) { return (low + high - room) / 2; }
      return first - low > high - last ? last - room + MARGIN : first - MARGIN;
    });
    return x === null && y === null ? null : [x === null ? shows.x : x, y === null ? shows.y : y];
  }

  function show(boxes, isGliding = true) {
    endGlide(viewport);
    const way = wayTo(boxes);
    if (!way) { return; }
    const [fromX, fromY] = [shows.x, shows.y];
    scrollTo(...way);
    const { x, y } = shows;
    if (!isGliding) { return; }
    goal = { x, y };
    glide(viewport, (t) => scrollTo(fromX + (x - fromX) * t, fromY + (y - fromY) * t), () => { goal = null; });
  }

  /* A choice of the reader, which is kept when the page is resized. */
  function choose(name, action) {
    choice = name;
    action();
    show(current, false);
  }

  /* A frame may get its width after the script has run, for example in a notebook output that is scrolled away. */
  new ResizeObserver(() => {
    measure();
    if (shows.width + " " + shows.height === size) { return; }
    size = shows.width + " " + shows.height;
    if (choice === "start") { start(); } else if (choice === "fit") { fit(); }
    resized();
  }).observe(viewport.parentElement);
  viewport.addEventListener("scroll", () => {
    measure();
    seen.forEach((action) => action());
  }, { passive: true });

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
    start() {
      measure();
      start();
    },
    /* The whole graph in a place of another size. */
    refit() {
      choice = "start";
      measure();
      start();
      resized();
    },
    /* Another picture, of this size. */
    frame(wide, high) {
      [left, top, width, height] = [-BORDER, -ABOVE, wide + 2 * BORDER, high + ABOVE + BORDER];
      svg.setAttribute("viewBox", [left, top, width, height].map((x) => x.toFixed(1)).join(" "));
      rescale();
    },
    bounds: () => ({ left, top, width, height }),
    screen,
    show,
    /* Keep the cards of the current step in view. */
    follow(boxes, isGliding = true) {
      current = boxes;
      show(boxes, isGliding);
    },
    /* Whether boxes can be in view at once, and whether all of the picture is. */
    holds(boxes) {
      const { part } = smallest();
      const span = (from, length) => Math.max(...boxes.map((box) => box[from] + box[length])) - Math.min(...boxes.map((box) => box[from]));
      return !boxes.length || (span("x", "width") * part <= shows.width && span("y", "height") * part <= shows.height);
    },
    /* Whether a picture of this size can be seen at once. */
    holdsWhole(wide, high) {
      const { whole } = smallest();
      return (wide + 2 * BORDER) * whole <= shows.width && (high + ABOVE + BORDER) * whole <= shows.height;
    },
    size: () => ({ width: shows.width, height: shows.height }),
    isWhole: () => width * scale <= shows.width + 1 && height * scale <= shows.height + 1,
    window: () => windowAt(shows),
    /* The same, once the camera has come to rest. */
    windowAhead: () => windowAt(goal || shows),
    onSeen: (action) => seen.push(action),
    onResize: (action) => { resized = action; },
  };
}

/* Whether the page is on a phone held upright, where the graph runs downwards. */
function isUpright() {
  return matchMedia("(max-width: 720px) and (orientation: portrait)").matches;
}

/* ------------------------------------------------------------------ motion of the camera */

const GLIDE = 420; /* ms */
const gliding = new WeakMap();

/* Draw what a function makes of t, from 0 to 1, for as long as the camera moves; under reduced motion only of 1. What
   moved in the same place before ends at once. */
function glide(place, draw, after = () => {}) {
  endGlide(place);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.visibilityState !== "visible") {
    draw(1);
    after();
    return;
  }
  const start = performance.now();
  const state = { ends: start + GLIDE, frame: 0, finish: () => { draw(1); after(); } };
  const next = (now) => {
    const t = Math.min(Math.max((now - start) / GLIDE, 0), 1);
    if (t === 1) { endGlide(place); return; }
    draw(between(t, 0, 1));
    state.frame = requestAnimationFrame(next);
  };
  gliding.set(place, state);
  draw(0);
  state.frame = requestAnimationFrame(next);
}

function endGlide(place) {
  const state = gliding.get(place);
  if (!state) { return; }
  gliding.delete(place);
  cancelAnimationFrame(state.frame);
  state.finish();
}

/* How long the camera still moves. */
function glidingFor(place) {
  const state = gliding.get(place);
  return state ? Math.max(state.ends - performance.now(), 0) : 0;
}
