/* Points on the line of an edge. The browser could tell them too, but to answer it lays out the page. */

const PIECES = 16; /* of a curve */
const curves = new Map();

/* For a line of M, H, V and C: {length, at}, `at` giving the point at a distance from its start. */
function curveAlong(d) {
  if (!curves.has(d)) {
    if (curves.size > 1000) { curves.clear(); }
    curves.set(d, measuredCurve(pointsOn(d)));
  }
  return curves.get(d);
}

function pointsOn(d) {
  const points = [];
  for (const [, command, list] of d.matchAll(/([MHVC])([^MHVC]*)/g)) {
    const numbers = list.trim().split(/[ ,]+/).map(Number);
    const [x, y] = points[points.length - 1] || numbers;
    if (command === "C") {
      for (let piece = 1; piece <= PIECES; piece += 1) { points.push(onBezier([x, y, ...numbers], piece / PIECES)); }
    } else {
      points.push(command === "H" ? [numbers[0], y] : command === "V" ? [x, numbers[0]] : numbers);
    }
  }
  return points;
}

function onBezier(numbers, t) {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  return [0, 1].map((axis) => weights.reduce((sum, weight, index) => sum + weight * numbers[2 * index + axis], 0));
}

function measuredCurve(points) {
  const distances = [0];
  points.slice(1).forEach(([x, y], index) => {
    distances.push(distances[index] + Math.hypot(x - points[index][0], y - points[index][1]));
  });
  const length = distances[distances.length - 1];
  return {
    length,
    at(distance) {
      const next = Math.max(distances.findIndex((far) => far >= Math.min(distance, length)), 1);
      const [from, to] = [points[next - 1], points[next] || points[next - 1]];
      const span = distances[next] - distances[next - 1];
      const share = span ? (Math.min(Math.max(distance, 0), length) - distances[next - 1]) / span : 0;
      return { x: from[0] + (to[0] - from[0]) * share, y: from[1] + (to[1] - from[1]) * share };
    },
  };
}
