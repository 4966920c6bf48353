/* Repeated structure, the second part: the runs of copies in the sequences of regions.js.

   Copies have the same operations with the same wiring; what comes from outside of a copy, an input, may be anything, but
   what is one input in one of them is one in the others, too. A constant may stand for any input, as the 0 that a
   recurrence starts from. */

/* The runs, inner ones first: {start, length, count, adds}, `count` copies of `length` operations each, from place
   `start` of the order on. With `adds`, each copy but the first is followed by the operation that adds it to the sum. */
function runsOf(wiring, order, sequences) {
  const { kinds, starts, operands, consumers, consumed, places } = wiring;
  const runs = [];
  const samples = new Map(); /* by hash: a place and a number for each shape that was met */
  let shapes = 0;
  let work = 0; /* bounds the time on graphs that were made to be hard */
  const partners = [new Int32Array(wiring.length).fill(-1), new Int32Array(wiring.length).fill(-1)];
  const used = [];

  /* Whether `length` operations from place `a` on are a copy of those from place `b` on. */
  function isCopy(a, b, length) {
    let isSame = true;
    work += length;
    for (let offset = 0; offset < length && isSame; offset += 1) {
      const one = order[a + offset];
      const other = order[b + offset];
      isSame = kinds[one] === kinds[other];
      for (let slot = starts[one + 1] - starts[one] - 1; slot >= 0 && isSame; slot -= 1) {
        const x = operands[starts[one] + slot];
        const y = operands[starts[other] + slot];
        const inside = offsetIn(x, a, length);
        isSame = inside === offsetIn(y, b, length) && (inside >= 0 || x < 0 || y < 0 || areOneInput(x, y));
      }
    }
    while (used.length) {
      partners[1][used.pop()] = -1;
      partners[0][used.pop()] = -1;
    }
    return isSame;
  }

  /* Whether an input of one part can be that of another, by the inputs that were met before. */
  function areOneInput(x, y) {
    if (partners[0][x] < 0 && partners[1][y] < 0) {
      partners[0][x] = y;
      partners[1][y] = x;
      used.push(x, y);
    }
    return partners[0][x] === y && partners[1][y] === x;
  }

  function offsetIn(operand, start, length) {
    const offset = operand < 0 ? -1 : places[operand] - start;
    return offset < length && offset >= 0 ? offset : -1;
  }

  /* A number for the shape of a part of the order. */
  function shapeOf(start, end) {
    let hash = end - start;
    for (let place = start; place < end; place += 1) {
      const node = order[place];
      hash = Math.imul(hash ^ kinds[node], 0x01000193);
      for (let at = starts[node]; at < starts[node + 1]; at += 1) {
        const offset = offsetIn(operands[at], start, end - start);
        hash = Math.imul(hash ^ (offset < 0 ? 0 : place - start - offset), 0x85ebca6b);
      }
    }
    const key = hash >> 1; /* a small integer, of which a Map makes no object */
    if (!samples.has(key)) { samples.set(key, []); }
    const known = samples.get(key).find((sample) => isCopy(sample.start, start, end - start));
    if (known) { return known.shape; }
    shapes += 1;
    samples.get(key).push({ start, shape: shapes });
    return shapes;
  }

  /* How many numbers are handed over each boundary of the order. A copy ends where they are few. */
  const handed = new Int32Array(order.length + 1);
  order.forEach((position, place) => {
    let last = place;
    for (let at = consumed[position]; at < consumed[position + 1]; at += 1) { last = Math.max(last, places[consumers[at]]); }
    handed[place + 1] += 1;
    if (last < order.length) { handed[last + 1] -= 1; }
  });
  for (let place = 1; place <= order.length; place += 1) { handed[place] += handed[place - 1]; }

  /* Whether the operations from `start` on take a number from the part of the order before. */
  function isLinked(before, start, end) {
    for (let place = start; place < end; place += 1) {
      for (let at = starts[order[place]]; at < starts[order[place] + 1]; at += 1) {
        const from = operands[at] < 0 ? -1 : places[operands[at]];
        if (from >= before && from < start) { return true; }
      }
    }
    return false;
  }

  /* Whether the items of a copy hang together. */
  function isConnected(items) {
    const sets = items.map((item, index) => index);
    const root = (index) => {
      while (sets[index] !== index) { sets[index] = sets[sets[index]]; index = sets[index]; }
      return index;
    };
    const itemOf = (place) => {
      let [low, high] = [0, items.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (items[middle].start <= place) { low = middle; } else { high = middle - 1; }
      }
      return low;
    };
    items.forEach((item, index) => {
      for (let place = item.start; place < item.end; place += 1) {
        for (let at = starts[order[place]]; at < starts[order[place] + 1]; at += 1) {
          const from = operands[at] < 0 ? -1 : places[operands[at]];
          if (from >= items[0].start && from < item.start) { sets[root(itemOf(from))] = root(index); }
        }
      }
    });
    return items.every((item, index) => root(index) === root(0));
  }

  /* A run of single operations, or of terms of one operation each, is a box without boxes in it. */
  const isWorthABox = (length, count) => {
    if (length === 1 || count === 1) { return length * count >= 8; }
    return count >= 3 || length >= 4;
  };

  /* Make one item of some, which a run consists of. */
  function folded(items, first, last, run) {
    const part = items.slice(first, last);
    const { start } = part[0];
    const { end } = part[part.length - 1];
    if (isWorthABox(run.length, run.count)) { runs.push(run); }
    return { start, end, level: part[part.length - 1].level, token: -shapeOf(start, end) };
  }

  /* Equal items that do not wait for each other, such as the units of a layer, become one. The two terms of a sum stay
     apart, as more may follow. */
  function withGroups(items) {
    const grouped = [];
    for (let first = 0; first < items.length;) {
      const { level, token, start, end } = items[first];
      const length = end - start;
      let last = first + 1;
      while (last < items.length && items[last].level === level && items[last].token === token
        && isCopy(items[last - 1].start, items[last].start, length)) { last += 1; }
      const consumer = consumers[consumed[order[end - 1]]];
      const isPair = last - first === 2 && starts[consumer + 1] - starts[consumer] === 2
        && consumer === consumers[consumed[order[items[last - 1].end - 1]]];
      if (last - first > 1 && !isPair) {
        grouped.push(folded(items, first, last, { start, length, count: last - first, isParallel: true }));
      } else {
        grouped.push(...items.slice(first, last));
      }
      first = last;
    }
    return grouped;
  }

  /* The copies in a stretch of items that repeats itself after `period` items. */
  function copiesIn(items, first, last, period, done) {
    const room = last - first - 2 * period;
    const starting = Array.from({ length: Math.min(period, room + 1) }, (_, shift) => first + shift);
    const cost = (at) => {
      const middle = items[at + period].start;
      return handed[middle] + (isSameModule(order[middle - 1], order[middle]) ? 0.5 : 0);
    };
    const costs = new Map(starting.map((at) => [at, cost(at)]));
    starting.sort((one, other) => costs.get(one) - costs.get(other) || one - other);
    let best = null;
    for (const shift of starting.slice(0, 6)) {
      if (best && costs.get(shift) > costs.get(starting[0])) { break; }
      const found = copiesFrom(items, shift, last, period, done);
      if (found && (!best || found.run.count > best.run.count)) { best = found; }
    }
    return best;
  }

  /* The copies before and after the one that begins at item `shift`. */
  function copiesFrom(items, shift, last, period, done) {
    const length = items[shift + period].start - items[shift].start;
    const isNext = (next) => next >= length && next + length <= order.length && isCopy(next - length, next, length)
      && (period > 1 || isLinked(next - length, next, next + length));
    let [from, to, count] = [shift, shift + period, 1];
    while (to + period <= last && items[to + period - 1].end - items[to].start === length && isNext(items[to].start)) {
      to += period;
      count += 1;
    }
    if (count < 2 || !isConnected(items.slice(shift, shift + period))) { return null; }
    /* The first and the last copy may be cut into other items: a recurrence starts from an input, and ends in the result. */
    for (let end = itemAfter(items, to, length); end > to && isNext(items[to].start); end = itemAfter(items, to, length)) {
      to = end;
      count += 1;
    }
    for (let at = itemBefore(items, from, length); at >= done && isNext(items[from].start); at = itemBefore(items, from, length)) {
      from = at;
      count += 1;
    }
    return isWorthABox(length, count) ? { from, to, run: { start: items[from].start, length, count } } : null;
  }

  /* The item that begins `length` operations after, or before, the one at an index; −1 if none does. */
  function itemAfter(items, index, length) {
    let at = index;
    while (at < items.length && items[at].end - items[index].start < length) { at += 1; }
    return at < items.length && items[at].end - items[index].start === length ? at + 1 : -1;
  }

  function itemBefore(items, index, length) {
    let at = index - 1;
    while (at >= 0 && items[index].start - items[at].start < length) { at -= 1; }
    return at >= 0 && items[index].start - items[at].start === length ? at : -1;
  }

  const isSameModule = (one, other) => wiring.groups[one] !== "" && wiring.groups[one] === wiring.groups[other];

  /* Terms that are added up: where the first is added to nothing, only the terms are copies. */
  function withFirstTerm(items, found, period) {
    const { from, run } = found;
    const [before, term, sum] = [items[from - 1], items[from], items[from + 1]];
    if (period !== 2 || !before || sum.end - sum.start !== 1 || before.token !== term.token) { return found; }
    const length = term.end - term.start;
    const node = order[sum.start];
    const isAdded = operands.subarray(starts[node], starts[node + 1]).includes(order[before.end - 1]);
    if (!isAdded || before.end !== term.start || !isCopy(before.start, term.start, length)) { return found; }
    const terms = { start: before.start, length, count: run.count + 1, adds: true };
    const whole = { start: before.start, length: 2 * run.count + 1, count: 1 };
    return { ...found, from: from - 1, run: length === 1 ? whole : terms };
  }

  /* Stretches that repeat themselves after size … 2·size − 1 items. Where a sequence has such a period, the `size` items
     from each place on are those that stood one period, or two, before. */
  function withRepeats(items, size) {
    const tokens = Int32Array.from(items, ({ token }) => Math.imul(token, 0x9e3779b1));
    const [sums, powers] = [new Int32Array(items.length + 1), new Int32Array(items.length + 1).fill(1)];
    tokens.forEach((token, at) => {
      sums[at + 1] = Math.imul(sums[at], 0x2c9277b5) + token;
      powers[at + 1] = Math.imul(powers[at], 0x2c9277b5);
    });
    const hash = (at, length) => (sums[at + length] - Math.imul(sums[at], powers[length])) | 0;
    const mask = 2 ** Math.ceil(Math.log2(2 * items.length)) - 1;
    const latest = new Int32Array(mask + 1).fill(-1); /* by hash: where the same `size` items were last */
    const earlier = new Int32Array(items.length);
    const parts = [];
    let done = 0; /* the items that are in `parts` */
    let failed = { period: 0, last: 0 };
    for (let at = 0; at + size <= items.length; at += 1) {
      const key = hash(at, size);
      let slot = (key ^ (key >>> 15)) & mask;
      while (latest[slot] >= 0 && hash(latest[slot], size) !== key) { slot = (slot + 1) & mask; }
      earlier[at] = latest[slot];
      latest[slot] = at;
      for (let start = earlier[at], turn = 0; turn < 2 && start >= done; start = earlier[start], turn += 1) {
        const period = at - start;
        if (period < size || period >= 2 * size || at + period > items.length) { continue; }
        if (hash(start, period) !== hash(at, period) || (failed.period === period && at < failed.last)) { continue; }
        let [first, last] = [start, at + period];
        while (first > done && tokens[first - 1] === tokens[first - 1 + period]) { first -= 1; }
        while (last < items.length && tokens[last] === tokens[last - period]) { last += 1; }
        if (work > 200 * order.length + 1000) { continue; }
        work += last - first;
        const copies = copiesIn(items, first, last, period, done);
        if (!copies) { failed = { period, last }; continue; }
        const found = withFirstTerm(items, copies, period);
        if (found.from < done) { continue; }
        parts.push(items.slice(done, found.from), [folded(items, found.from, found.to, found.run)]);
        done = found.to;
        break;
      }
    }
    return done ? [...parts, items.slice(done)].flat() : items;
  }

  sequences.forEach((sequence) => {
    sequence.forEach((item) => { item.token = shapeOf(item.start, item.end); });
    let items = withGroups(sequence);
    for (let [size, rounds] = [1, 0]; size * 2 <= items.length && rounds < 60; size *= 2, rounds += 1) {
      const { length } = items;
      items = withRepeats(items, size);
      if (items.length < length) { size = 0.5; } /* what was long may be short now */
    }
  });
  return runs;
}
