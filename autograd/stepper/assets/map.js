/* The map: the whole graph as columns, one for each layer or for several, as high as they have nodes; where the lens is,
   and the ends of the step. To click or drag in it shows what is there. */

const COLUMNS = 110; /* at most */
const MAP = { width: 220, height: 78 };

/* For each column the positions of its nodes. */
function columnsOf(depths) {
  const last = depths.reduce((most, depth) => Math.max(most, depth), 0);
  const count = Math.min(last + 1, COLUMNS);
  const columns = Array.from({ length: count }, () => []);
  const columnOf = (position) => Math.floor((depths[position] * count) / (last + 1));
  depths.forEach((_, position) => columns[columnOf(position)].push(position));
  return { columns, columnOf };
}

function mapOf(root, model, lens, camera, onLook) {
  const { columns, columnOf } = columnsOf(lens.depths);
  const most = columns.reduce((highest, column) => Math.max(highest, column.length), 1);
  const wide = (MAP.width - 12) / columns.length;
  const highOf = (column) => Math.max(Math.sqrt(column.length / most) * (MAP.height - 12), 2);
  const leftOf = (index) => 6 + index * wide;
  const path = columns.map((column, index) => "M" + leftOf(index).toFixed(1) + " " + ((MAP.height - highOf(column)) / 2).toFixed(1)
    + "h" + Math.max(wide - 1, 0.8).toFixed(1) + "v" + highOf(column).toFixed(1) + "h-" + Math.max(wide - 1, 0.8).toFixed(1) + "z");
  const marks = drawn("g", {});
  const map = drawn("svg", {
    class: "map", viewBox: "0 0 " + MAP.width + " " + MAP.height, tabindex: 0, role: "slider", "aria-valuemin": 1,
    "aria-valuemax": columns.length, "aria-valuenow": 1,
  }, drawn("path", { d: path.join("") }), marks);
  let at = 0; /* the column that was looked at last */
  let shown = "";
  sayOn(map, { label: "map.label" }, { count: model.nodes.length });
  map.style.display = "none";
  root.querySelector(".sight").append(map);

  /* The node at a place in the map: in its column, as far down as the pointer. */
  function nodeAt(x, y) {
    at = Math.min(Math.max(Math.floor((x - 6) / wide), 0), columns.length - 1);
    const column = columns[at];
    const share = (y - (MAP.height - highOf(column)) / 2) / highOf(column);
    return column[Math.min(Math.max(Math.floor(share * column.length), 0), column.length - 1)];
  }

  function lookAt(event) {
    const box = map.getBoundingClientRect();
    onLook(nodeAt((event.clientX - box.left) * (MAP.width / box.width), (event.clientY - box.top) * (MAP.height / box.height)));
  }
  map.addEventListener("pointerdown", (event) => {
    map.setPointerCapture(event.pointerId);
    lookAt(event);
  });
  map.addEventListener("pointermove", (event) => { if (event.buttons) { lookAt(event); } });
  map.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way || event.shiftKey) { return; }
    event.preventDefault();
    at = Math.min(Math.max(at + way, 0), columns.length - 1);
    onLook(columns[at][columns[at].length >> 1]);
  });

  /* The corner in which the map covers the least of what is seen. */
  function corner() {
    const { scale, x, y } = camera.screen();
    const { width, height } = camera.size();
    const places = [...lens.scene().items.values()].map((item) => ({
      x: item.x * scale + x, y: item.y * scale + y, width: item.size.width * scale, height: item.size.height * scale,
    }));
    const shared = (low, size, from, length) => Math.max(0, Math.min(low + size, from + length) - Math.max(low, from));
    const covered = ([left, top]) => places.reduce((sum, place) => sum
      + shared(left, MAP.width, place.x, place.width) * shared(top, MAP.height, place.y, place.height), 0);
    const [right, bottom] = [width - MAP.width - 10, height - MAP.height - 10];
    const corners = { "bottom.right": [right, bottom], "bottom.left": [10, bottom], "top.right": [right, 10], "top.left": [10, 10] };
    return Object.entries(corners).map(([name, place]) => [name, covered(place)]).reduce((best, next) => (
      next[1] < best[1] - 1 ? next : best))[0];
  }

  /* The columns that are in sight, in runs, [first, last]. */
  function inSight() {
    const { x, y, width, height } = camera.window();
    const seen = [...lens.scene().items.values()].filter((item) => item.x < x + width && item.x + item.size.width > x
      && item.y < y + height && item.y + item.size.height > y).map((item) => columnOf(item.position));
    const runs = [];
    [...new Set(seen)].sort((one, other) => one - other).forEach((column) => {
      const run = runs[runs.length - 1];
      if (run && column <= run[1] + 2) { run[1] = column; } else { runs.push([column, column]); }
    });
    return runs;
  }

  function place(position) {
    const index = columnOf(position);
    const share = (columns[index].indexOf(position) + 0.5) / columns[index].length - 0.5;
    return { cx: leftOf(index) + wide / 2, cy: MAP.height / 2 + share * highOf(columns[index]) };
  }

  let last = [];
  function render(ends) {
    last = ends;
    const isNeeded = model.nodes.length > FEW && !(camera.isWhole() && lens.hasAll());
    map.style.display = isNeeded ? "" : "none";
    if (!isNeeded) { return; }
    map.dataset.corner = corner();
    if (ends.length) { at = columnOf(ends[0]); }
    map.setAttribute("aria-valuenow", String(at + 1));
    const runs = inSight();
    const key = [...runs, "", ...ends].join();
    if (key === shown) { return; }
    shown = key;
    marks.replaceChildren(
      ...runs.map(([first, final]) => drawn("rect", {
        x: leftOf(first) - 2, y: 3, width: (final - first + 1) * wide + 3, height: MAP.height - 6, rx: 2,
      })),
      ...ends.map((position) => drawn("circle", { ...place(position), r: 4 })));
  }
  camera.onSeen(() => render(last));

  return render;
}
