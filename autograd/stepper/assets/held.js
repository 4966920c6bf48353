/* The result as a function of one node: what a nudge really does, and the curve that it moves along. The node is held at
   a number, what depends on it is computed again, everything else stays. */

/* A function that writes into `data` what a node held at a number makes of its dependents, and gives the result. What
   the page cannot compute keeps its number. */
function holder(model, data, position, dependents) {
  return (number) => {
    data[position] = number;
    dependents.forEach((node) => {
      if (node.program) { data[node.position] = node.program.forward(...argumentsOf(node, data)); }
    });
    return data[model.result];
  };
}

/* Where the slopes to the left and to the right differ, at a kink as that of relu at 0: {left, right}; at a jump they
   grow as the step shrinks: {isJump}. null where the curve is smooth. */
function cornerAt(f, x, y) {
  const size = Math.max(1, Math.abs(x));
  const near = 2 ** -18;
  const slope = (step) => (f(x + step * size) - y) / (x + step * size - x);
  const gap = (step) => Math.abs(slope(step) - slope(-step));
  const steepest = (step) => Math.max(Math.abs(slope(step)), Math.abs(slope(-step)));
  const rounding = (1e-14 * Math.abs(y)) / (near * size);
  if (steepest(near) > 8 * steepest(16 * near) + rounding) { return { isJump: true }; }
  /* Where the curve only bends, the gap shrinks as the step does. */
  if (!(gap(near) > 0.5 * gap(16 * near) && gap(near) > 1e-4 * steepest(near) + rounding)) { return null; }
  const limit = (step) => 2 * slope(step) - slope(2 * step);
  return { isJump: false, left: limit(-near), right: limit(near) };
}

/* The nearest number that is finite. */
function finite(number) {
  return Math.max(Math.min(number, Number.MAX_VALUE), -Number.MAX_VALUE);
}

/* Points of the curve around a place, {low, high, xs, ys}: fewer where each takes long. */
function curveAround(f, x, reach, cost) {
  const count = Math.max(24, Math.min(120, 2 * Math.floor(60000 / (cost + 1))));
  const [low, high] = [finite(x - reach), finite(x + reach)];
  const xs = Array.from({ length: count + 1 }, (_, index) => low * (1 - index / count) + high * (index / count));
  return { low: xs[0], high: xs[count], xs, ys: xs.map(f) };
}

/* The range of the chart: without the few largest numbers, as those beside a pole, which would flatten all else. */
function rangeOf(numbers, always) {
  const sorted = numbers.filter(Number.isFinite).sort((one, other) => one - other);
  const cut = Math.floor(sorted.length * 0.03);
  const kept = [...sorted.slice(cut, sorted.length - cut), ...always.filter(Number.isFinite)];
  if (!kept.length) { return [-1, 1]; }
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const room = (high / 2 - low / 2) * 0.16 || Math.max(Math.abs(high), 1) * 0.1;
  return [finite(low - room), finite(high + room)];
}
