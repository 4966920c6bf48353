/* Where the cards of a graph stand and how its edges run: layers in the order of computation, with nested clusters. The
   steps and the numbers are those of autograd/drawing/layout.py, and a test compares. Read layered first. */

const TITLE = 20; /* the height of a cluster's heading */
const PADDING = 12; /* between a cluster's border and what is in it */

/* Lay out a graph from left to right. `sizes` is a Map from each item to its [width, height], operands before results;
   `edges` are pairs of items, those into one result in the order of its operands. `parents` says in which cluster an
   item or a cluster lies, `headings` how wide the heading of a cluster is, `ports` where the edges of an item begin and
   end: {above, height}, how far above its middle, and on how much of its side. With `isClose` an operation on leaves of its own
   stands beside its first use, not as far left as it can. Returns {width, height, boxes, routes}. */
function layered(sizes, edges, options = {}, isTurned = false) {
  const { parents = new Map(), headings = new Map(), ports = new Map(), ranks = 22, boxes = 20, isClose = false } = options;
  const plan = {
    sizes: new Map(sizes), edges, parents, children: new Map([["", []]]), levels: new Map(), segments: new Map(), pieces: [],
    ports: new Map([...sizes].map(([item, [, height]]) => [item, ports.get(item) || { above: 0, height }])),
  };
  nest(plan);
  cutEdges(plan);
  innermostFirst(plan).forEach((cluster) => {
    const level = levelOf(plan.children.get(cluster), plan.sizes, plan.segments.get(cluster), plan.levels, { ranks, boxes, isClose });
    plan.levels.set(cluster, level);
    const pad = cluster ? PADDING : 0;
    const [before, above] = !cluster ? [0, 0] : isTurned ? [TITLE, 0] : [0, TITLE];
    const heading = headings.get(cluster) || 0;
    const wide = Math.max(level.width + before, isTurned ? 0 : heading) + 2 * pad;
    const high = Math.max(level.height + above, isTurned ? heading : 0) + 2 * pad;
    plan.sizes.set(cluster, [wide, high]);
    inset(level, [wide, high], pad, before, above);
  });
  const places = absolute(plan);
  const routes = edges.map((_, index) => routeOf(plan, index, places));
  const [width, height] = plan.sizes.get("");
  places.delete("");
  return { width, height, boxes: places, routes };
}

/* The same from top to bottom: across, then turned over the diagonal; the sizes are turned, the headings are not. */
function stacked(sizes, edges, options) {
  const turn = ([x, y]) => [y, x];
  const layout = layered(new Map([...sizes].map(([item, size]) => [item, turn(size)])), edges, options, true);
  const boxes = new Map([...layout.boxes].map(([item, { x, y, width, height }]) => (
    [item, { x: y, y: x, width: height, height: width }])));
  return { width: layout.height, height: layout.width, boxes, routes: layout.routes.map((route) => route.map(turn)) };
}

/* What lies directly in each cluster, "" being the whole picture; each cluster in the place of its first member. */
function nest({ sizes, parents, children, segments }) {
  const placed = new Set([""]);
  [...sizes.keys()].forEach((first) => {
    for (let item = first; !placed.has(item);) {
      placed.add(item);
      const cluster = parents.get(item) || "";
      if (!children.has(cluster)) { children.set(cluster, []); }
      children.get(cluster).push(item);
      item = cluster;
    }
  });
  children.forEach((_, cluster) => segments.set(cluster, []));
}

/* The clusters an item lies in, the innermost first, the whole picture last. */
function ancestorsOf(parents, item) {
  const found = [];
  for (let at = item; at;) {
    at = parents.get(at) || "";
    found.push(at);
  }
  return found;
}

/* Cut each edge at the cluster borders that it crosses: segments out of clusters, one across, segments in. */
function cutEdges({ sizes, edges, ports, parents, segments, pieces }) {
  const ancestors = new Map([...sizes.keys()].map((item) => [item, ancestorsOf(parents, item)]));
  const count = new Map();
  edges.forEach(([, head]) => count.set(head, (count.get(head) || 0) + 1));
  const arrived = new Map();
  const parallel = new Map();
  const next = (counts, key) => {
    counts.set(key, counts.has(key) ? counts.get(key) + 1 : 0);
    return counts.get(key);
  };
  edges.forEach(([tail, head], edge) => {
    const end = endOf(ports.get(head), next(arrived, head), count.get(head));
    const twin = next(parallel, tail + "\n" + head);
    const side = (twin % 2 ? 5 : -5) * Math.floor((twin + 1) / 2);
    const { above, height } = ports.get(tail);
    const start = Math.max(-0.4, Math.min(0.4, side / height)) * height - above;
    const inside = new Set(ancestors.get(head));
    const out = ancestors.get(tail).filter((cluster) => !inside.has(cluster));
    const common = ancestors.get(tail)[out.length];
    const into = ancestors.get(head).slice(0, ancestors.get(head).indexOf(common));
    const add = (cluster, from, to, low, high) => {
      segments.get(cluster).push({ edge, source: tail, tail: from, head: to, start: low, end: high });
    };
    out.forEach((cluster, depth) => add(cluster, depth ? out[depth - 1] : tail, null, start, 0));
    add(common, out.length ? out[out.length - 1] : tail, into.length ? into[into.length - 1] : head, start, end);
    into.forEach((cluster, depth) => add(cluster, null, depth ? into[depth - 1] : head, 0, end));
    pieces.push([...out, common, ...into.reverse()]);
  });
}

/* How far from the middle of an item's side the edge of this slot arrives. */
function endOf({ above, height }, slot, count) {
  const room = Math.max(height - 8, 2);
  return (slot - (count - 1) / 2) * Math.min(14, room / count) - above;
}

function innermostFirst({ children }) {
  const found = [];
  const waiting = [""];
  while (waiting.length) {
    const cluster = waiting.pop();
    found.push(cluster);
    waiting.push(...children.get(cluster).filter((child) => children.has(child)));
  }
  return found.reverse();
}

function absolute(plan) {
  const boxOf = (name, x, y) => ({ x, y, width: plan.sizes.get(name)[0], height: plan.sizes.get(name)[1] });
  const boxes = new Map([["", boxOf("", 0, 0)]]);
  innermostFirst(plan).reverse().forEach((cluster) => {
    const around = boxes.get(cluster);
    plan.levels.get(cluster).places.forEach(([x, y], child) => boxes.set(child, boxOf(child, around.x + x, around.y + y)));
  });
  return boxes;
}

function routeOf({ pieces, levels }, edge, boxes) {
  const points = [];
  pieces[edge].forEach((cluster) => {
    const { x, y } = boxes.get(cluster);
    levels.get(cluster).routes.get(edge).forEach(([dx, dy]) => {
      const last = points[points.length - 1];
      if (!last || last[0] !== x + dx || last[1] !== y + dy) { points.push([x + dx, y + dy]); }
    });
  });
  return points;
}
