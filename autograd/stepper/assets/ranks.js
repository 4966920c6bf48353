/* One level of a layout, the content of one cluster: ranks, an order in each rank, coordinates, edges. The steps and
   the numbers are those of autograd/drawing/ranks.py, whose comments say why; a test compares. Read levelOf first. */

const WAYPOINT_GAP = 9; /* between an edge and a box or edge that it passes */
const WAYPOINTS = 6000; /* at most; the longest edges then get none and are drawn straight */
const THOROUGH = 1500; /* with more links than this, fewer passes are made */

/* Children are names, of items or of clusters. A segment is the part of an edge on this level, {edge, source, tail,
   head, start, end}; a tail or head of null is beyond the border. `levels` has the levels of the clusters among the
   children, and `gaps` the least distance between two ranks and between two boxes of one rank. */
function levelOf(children, sizes, segments, levels, gaps) {
  const level = {
    children, gaps, places: new Map(), routes: new Map(), border: new Map(), segments: [], ends: [],
    sizes: children.map((child) => sizes.get(child)),
  };
  joinEnds(level, sizes, segments, levels);
  level.ranks = ranksOf(children.length, level.sizes.length, level.ends, gaps.isClose);
  addWaypoints(level);
  order(level);
  place(level);
  return level;
}

/* For each segment the boxes that it joins, by number; segments with the same ends share them. */
function joinEnds(level, sizes, segments, levels) {
  const number = new Map(level.children.map((child, index) => [child, index]));
  const ports = new Map();
  const known = new Map();
  segments.forEach((segment) => {
    const boxes = [];
    const offsets = [segment.start, segment.end];
    [segment.tail, segment.head].forEach((child, side) => {
      if (child !== null) {
        boxes.push(number.get(child));
        if (levels.has(child)) { offsets[side] = levels.get(child).border.get(segment.edge) - sizes.get(child)[1] / 2; }
        return;
      }
      const port = side + " " + segment.source;
      if (!ports.has(port)) {
        ports.set(port, level.sizes.length);
        level.sizes.push([0, 0]);
      }
      boxes.push(ports.get(port));
    });
    const key = [...boxes, ...offsets].join();
    if (!known.has(key)) {
      known.set(key, level.ends.length);
      level.ends.push({ tail: boxes[0], head: boxes[1], start: offsets[0], end: offsets[1] });
    }
    level.segments.push([segment, known.get(key)]);
  });
}

/* Move everything to make room for a border and for a heading, before or above it, and stretch the edges to the border. */
function inset(level, [width, height], side, before, above) {
  const half = (room) => (room > 1e-6 ? room / 2 : 0); /* not what rounding leaves, since pieces of an edge must meet */
  const right = side + before + half(width - level.width - before - 2 * side);
  const down = side + above + half(height - level.height - above - 2 * side);
  level.places.forEach(([x, y], child) => level.places.set(child, [x + right, y + down]));
  level.segments.forEach(([segment]) => {
    const route = level.routes.get(segment.edge).map(([x, y]) => [x + right, y + down]);
    if (segment.tail === null) {
      route.unshift([0, route[0][1]]);
      level.border.set(segment.edge, route[0][1]);
    }
    if (segment.head === null) {
      route.push([width, route[route.length - 1][1]]);
      level.border.set(segment.edge, route[route.length - 1][1]);
    }
    level.routes.set(segment.edge, route);
  });
}

/* ------------------------------------------------------------------ ranks */

/* The rank of every box: to the right of its operands; what comes in through the border at the very left. */
function ranksOf(children, boxes, ends, isClose) {
  const after = Array.from({ length: children }, () => []);
  const before = Array.from({ length: children }, () => []);
  ends.forEach(({ tail, head }) => {
    if (tail < children && head < children && tail !== head) {
      after[tail].push(head);
      before[head].push(tail);
    }
  });
  const sorted = orderWithoutCycles(after, before);
  const rank = Array(children).fill(0);
  sorted.forEach((box) => { rank[box] = before[box].reduce((most, tail) => Math.max(most, rank[tail] + 1), 0); });
  sorted.reverse().forEach((box) => { /* one with no more inputs than outputs, as a leaf, is right before its first use */
    const stays = (tail) => !isClose || before[tail].length || after[tail].length > 1;
    if (after[box].length && after[box].length >= before[box].filter(stays).length) {
      rank[box] = Math.min(...after[box].map((head) => rank[head])) - 1;
    }
  });
  const comesIn = ends.some(({ tail }) => tail >= children);
  const first = Math.min(...(children ? rank : [0])) - (comesIn ? 1 : 0);
  const last = Math.max(...(children ? rank : [0])) + 1;
  for (let box = children; box < boxes; box += 1) { rank.push(last); }
  ends.forEach(({ tail }) => { if (tail >= children) { rank[tail] = first; } });
  return rank.map((number) => number - first);
}

/* The boxes in topological order; edges that would close a cycle are removed from both lists. */
function orderWithoutCycles(after, before) {
  const state = Array(after.length).fill(0);
  const found = [];
  after.forEach((_, start) => {
    const waiting = state[start] ? [] : [[start, 0]];
    state[start] = state[start] || 1;
    while (waiting.length) {
      const [box, index] = waiting.pop();
      if (index === after[box].length) {
        state[box] = 2;
        found.push(box);
        continue;
      }
      const head = after[box][index];
      if (state[head] === 1) {
        after[box].splice(index, 1);
        before[head].splice(before[head].indexOf(box), 1);
        waiting.push([box, index]);
        continue;
      }
      waiting.push([box, index + 1]);
      if (!state[head]) {
        state[head] = 1;
        waiting.push([head, 0]);
      }
    }
  });
  return found.reverse();
}

/* An edge that spans several ranks gets a waypoint, a box without size, in each rank between. */
function addWaypoints(level) {
  const { ends, sizes, ranks } = level;
  level.links = [];
  level.paths = [];
  const spans = ends.map(({ tail, head }) => ranks[head] - ranks[tail]);
  let room = WAYPOINTS;
  [...spans.keys()].sort((one, other) => spans[one] - spans[other] || one - other).forEach((index) => {
    const { tail, head, start, end } = ends[index];
    const span = spans[index];
    if (span < 1 || span - 1 > room) {
      level.paths[index] = [tail, head];
      return;
    }
    room -= span - 1;
    const path = level.paths[index] = [tail];
    for (let rank = ranks[tail] + 1; rank < ranks[head]; rank += 1) {
      path.push(sizes.length);
      sizes.push([0, 0]);
      ranks.push(rank);
    }
    path.push(head);
    for (let at = 0; at < path.length - 1; at += 1) {
      const isLast = at === path.length - 2;
      level.links.push({ tail: path[at], head: path[at + 1], start: at ? 0 : start, end: isLast ? end : 0 });
    }
  });
  level.before = sizes.map(() => []);
  level.after = sizes.map(() => []);
  level.links.forEach((link) => {
    level.before[link.head].push(link);
    level.after[link.tail].push(link);
  });
  level.before.forEach((links) => links.sort((one, other) => one.end - other.end));
}

/* ------------------------------------------------------------------ order */

/* Give each rank an order with few crossings: sort its boxes by the mean position of their neighbors. */
function order(level) {
  level.rows = Array.from({ length: Math.max(0, ...level.ranks) + 1 }, () => []);
  walk(level);
  let best = level.rows.map((row) => row.slice());
  let fewest = crossingsOf(level);
  const sweeps = level.links.length <= THOROUGH ? 10 : 3;
  for (let sweep = 0; sweep < sweeps && fewest; sweep += 1) {
    const isForward = sweep % 2 === 1;
    ranksIn(level, isForward).forEach((rank) => sortRank(level, rank, isForward));
    const crossings = crossingsOf(level);
    if (crossings < fewest) { [best, fewest] = [level.rows.map((row) => row.slice()), crossings]; }
  }
  level.rows = best;
}

function ranksIn(level, isForward) {
  const all = [...level.rows.keys()];
  return isForward ? all : all.reverse();
}

/* The first order: depth first from the results, so that operands are in the order of the arguments. */
function walk(level) {
  const seen = new Set();
  level.sizes.forEach((_, last) => {
    const waiting = level.after[last].length ? [] : [last];
    while (waiting.length) {
      const box = waiting.pop();
      if (seen.has(box)) { continue; }
      seen.add(box);
      level.rows[level.ranks[box]].push(box);
      waiting.push(...level.before[box].map((link) => link.tail).reverse());
    }
  });
}

function sortRank(level, rank, isForward) {
  const row = level.rows[rank];
  const neighbors = level.rows[isForward ? rank - 1 : rank + 1] || [];
  const position = new Map(neighbors.map((box, index) => [box, index]));
  const keys = new Map(row.map((box, index) => {
    const at = isForward
      ? level.before[box].map((link) => position.get(link.tail) + share(level, link.tail, link.start) - share(level, box, link.end))
      : level.after[box].map((link) => position.get(link.head) + share(level, link.head, link.end) - share(level, box, link.start));
    const mean = at.reduce((sum, x) => sum + x, 0) / at.length;
    return [box, at.length ? mean : (index * neighbors.length) / Math.max(row.length, 1)];
  }));
  row.sort((one, other) => keys.get(one) - keys.get(other));
}

/* The distance of a link from the middle of its box, as a fraction of the distance to the next box. */
function share(level, box, offset) {
  return (0.9 * offset) / Math.max(level.sizes[box][1], 20);
}

function crossingsOf(level) {
  const position = new Map(level.rows.flatMap((row) => row.map((box, index) => [box, index])));
  let crossings = 0;
  level.rows.forEach((row) => {
    const met = []; /* sorted */
    row.forEach((box) => {
      const links = level.after[box].slice().sort((one, other) => one.start - other.start);
      const ends = links.map((link) => position.get(link.head) + share(level, link.head, link.end));
      ends.forEach((end) => { crossings += met.length - placeIn(met, end); });
      ends.forEach((end) => met.splice(placeIn(met, end), 0, end));
    });
  });
  return crossings;
}

/* Where a number belongs in a sorted list, after those that equal it. */
function placeIn(sorted, number) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (number < sorted[middle]) { high = middle; } else { low = middle + 1; }
  }
  return low;
}

/* ------------------------------------------------------------------ coordinates */

function place(level) {
  const { sizes, rows } = level;
  const middle = level.middle = Array(sizes.length).fill(0);
  rows.forEach((row) => row.forEach((box, index) => {
    middle[box] = index ? middle[row[index - 1]] + distance(level, row[index - 1], box) : 0;
  }));
  const passes = level.links.length <= THOROUGH ? 24 : 6;
  for (let pass = 0; pass < passes; pass += 1) {
    const isForward = pass % 2 === 1;
    const isLate = pass >= Math.floor(passes / 2);
    ranksIn(level, isForward).forEach((rank) => settle(level, rows[rank], !isForward || isLate, isForward || isLate));
  }
  const top = sizes.reduce((least, size, box) => Math.min(least, middle[box] - size[1] / 2), Infinity);
  middle.forEach((y, box) => { middle[box] = y - top; });
  level.height = sizes.reduce((most, size, box) => Math.max(most, middle[box] + size[1] / 2), 0);
  columns(level);
}

function distance({ sizes, gaps }, above, below) {
  const gap = sizes[above][1] > 0 && sizes[below][1] > 0 ? gaps.boxes : WAYPOINT_GAP;
  return sizes[above][1] / 2 + gap + sizes[below][1] / 2;
}

/* Move the boxes of a rank towards their neighbors: a least-squares fit that keeps their order. */
function settle(level, row, looksBack, looksAhead) {
  const { middle, sizes } = level;
  /* How strongly a link pulls its ends level: most between two waypoints, so that long edges are straight. */
  const weight = ({ tail, head }) => [1, 2, 8][(sizes[tail][1] ? 0 : 1) + (sizes[head][1] ? 0 : 1)];
  const desired = [];
  const weights = [];
  row.forEach((box) => {
    let [sum, heavy] = [0, 0];
    const pull = (y, link) => { sum += y * weight(link); heavy += weight(link); };
    if (looksAhead) { level.before[box].forEach((link) => pull(middle[link.tail] + link.start - link.end, link)); }
    if (looksBack) { level.after[box].forEach((link) => pull(middle[link.head] + link.end - link.start, link)); }
    desired.push(heavy ? sum / heavy : middle[box]);
    weights.push(heavy || 0.1);
  });
  const distances = row.slice(1).map((box, index) => distance(level, row[index], box));
  spread(desired, weights, distances).forEach((y, index) => { middle[row[index]] = y; });
}

/* The positions nearest the desired ones in weighted least squares that keep their order and distances. By the
   pool-adjacent-violators algorithm (Ayer et al., 1955). */
function spread(desired, weights, distances) {
  const offsets = [0];
  distances.forEach((step) => offsets.push(offsets[offsets.length - 1] + step));
  const pools = []; /* [mean, weight, how many] */
  desired.forEach((wanted, index) => {
    let [mean, heavy, many] = [wanted - offsets[index], weights[index], 1];
    while (pools.length && pools[pools.length - 1][0] >= mean) {
      const [other, more, count] = pools.pop();
      mean = (mean * heavy + other * more) / (heavy + more);
      heavy += more;
      many += count;
    }
    pools.push([mean, heavy, many]);
  });
  return pools.flatMap(([mean, , many]) => Array(many).fill(mean)).map((mean, index) => mean + offsets[index]);
}

/* The x of each rank, with more room between two ranks the steeper the edges between them are; then all places. */
function columns(level) {
  const { sizes, rows, ranks, middle, gaps } = level;
  const widths = rows.map((row) => Math.max(0, ...row.map((box) => sizes[box][0])));
  const steepest = Array(rows.length + 1).fill(0);
  level.links.forEach(({ tail, head, start, end }) => {
    const rise = Math.abs(middle[tail] + start - middle[head] - end);
    steepest[ranks[tail]] = Math.max(steepest[ranks[tail]], rise);
  });
  const left = [];
  let x = 0;
  widths.forEach((width, rank) => {
    left.push(x);
    x += width + (rank + 1 < widths.length ? Math.min(gaps.ranks + 0.12 * steepest[rank], gaps.ranks + 70) : 0);
  });
  level.width = x;
  level.children.forEach((child, box) => {
    const [width, height] = sizes[box];
    level.places.set(child, [left[ranks[box]] + (widths[ranks[box]] - width) / 2, middle[box] - height / 2]);
  });
  level.segments.forEach(([segment, index]) => {
    const { tail, head, start, end } = level.ends[index];
    const points = level.paths[index].flatMap((box) => {
      const [near, far, width] = [left[ranks[box]], left[ranks[box]] + widths[ranks[box]], sizes[box][0]];
      const y = middle[box];
      if (box === tail) { return [[near + (widths[ranks[box]] + width) / 2, y + start], [far, y + start]]; }
      if (box === head) { return [[near, y + end], [near + (widths[ranks[box]] - width) / 2, y + end]]; }
      return [[near, y], [far, y]];
    });
    level.routes.set(segment.edge, points.filter(([a, b], at) => points.findIndex(([c, d]) => a === c && b === d) === at));
  });
}
