/* The mode Nudge: a node is moved by hand, and what its gradient predicts stands beside what happens. The state is
   state.nudge, { position, value }: the node that is held, and at which number; null for the one that it has. */

const MOST_CHOICES = 400; /* nodes in the menu */

function nudgeMode(root, model, prefix, stepper) {
  const panel = root.querySelector(".nudge");
  const find = (name) => panel.querySelector("." + name);
  const menu = find("held");
  const box = find("value");
  const chart = find("chart");
  const { state } = stepper;
  let known = null; /* what depends on the run and the node alone */
  let isFilled = false;
  let placed = "";

  const cards = cardHolder(root, model, prefix, {
    isFree: () => state.mode === "watch" || state.mode === "nudge",
    held: () => (state.mode === "nudge" ? about().position : null),
    value: () => measured().value,
    result: () => stepper.cardOf(model.result),
    label: () => say("nudge.value", { name: nameOf(state.nudge.position) }),
    grab(position) {
      hold(position);
      stepper.setMode("nudge", true);
      return !model.fixed[position];
    },
    drag: (pixels) => to(tidy(about().start + pixels * unit())),
    type: to,
    step,
    /* Whether there was something to undo. */
    back() {
      const isMoved = measured().by !== 0;
      if (isMoved) { to(null); }
      return isMoved;
    },
  });

  const nameOf = (position) => model.nodes[position].name;
  const tidy = (number) => Number(number.toPrecision(12));
  const signed = (number, digits = 3) => (number > 0 ? "+" : "") + shown(number + 0, digits);

  /* A hundredth of the size of the number: what a pixel is. */
  const unit = () => 10 ** (Math.floor(Math.log10(Math.max(1, Math.abs(about().start) || 1))) - 2);

  /* ---------------------------------------------------------------- the numbers */

  /* Where the node stands, its slope, what depends on it. A new run begins with nothing moved. */
  function about() {
    if (!state.nudge) { hold(first()); }
    const { position } = state.nudge;
    const { run, replay } = stepper.base();
    if (known && known.run === run && known.position === position) { return known; }
    if (known && known.run !== run) { state.nudge = { position, value: null }; }
    const dependents = dependentOn(model, position);
    const scratch = run.data.slice();
    const f = holder(model, scratch, position, dependents);
    const [start, result] = [run.data[position], run.data[model.result]];
    const isFixed = model.fixed[position];
    known = {
      run, replay, position, dependents, f, start, result, isFixed,
      slope: replay.gradients[position] / model.seed.gradient,
      corner: isFixed ? null : cornerAt(f, start, result), held: null, curve: null,
    };
    return known;
  }

  /* The nudge in numbers: by how much, what is predicted, what happens, and all values then. */
  function measured() {
    const { run, position, dependents, start, result, slope, held } = about();
    const { value } = state.nudge;
    if (value === null || known.isFixed) {
      return { value: start, by: 0, predicted: 0, actual: 0, data: run.data };
    }
    if (!held || !Object.is(held.value, value)) {
      const data = run.data.slice();
      const actual = holder(model, data, position, dependents)(value) - result;
      const by = tidy(value - start);
      known.held = { value, by, predicted: slope === 0 ? 0 * by : slope * by, actual, data };
    }
    return known.held;
  }

  /* As far as the nudge reaches, in steps of two, so that the chart does not move with each pixel. */
  function curve() {
    const by = Math.abs(measured().by);
    let reach = 200 * unit();
    while (reach < 1.2 * by && Number.isFinite(by)) { reach *= 2; }
    if (!known.curve || known.reach !== reach) {
      known.reach = reach;
      known.curve = curveAround(known.f, known.start, reach, known.dependents.length);
    }
    return known.curve;
  }

  /* ---------------------------------------------------------------- what is done */

  function hold(position) {
    if (state.nudge && state.nudge.position === position) { return; }
    state.nudge = { position, value: null };
    stepper.mark(position);
  }

  function take(position) {
    hold(position);
    stepper.render();
  }

  function to(value) {
    state.nudge = { position: state.nudge.position, value: about().isFixed ? null : value };
    stepper.render();
  }

  function step(count, isFine) {
    to(tidy(measured().value + count * unit() * (isFine ? 1 : 10)));
  }

  /* The node to begin with: the one that is selected, that of the last nudge, or the first input that moves the result. */
  function first() {
    if (state.selected !== null) { return state.selected; }
    if (state.nudge) { return state.nudge.position; }
    const { replay } = stepper.base();
    const free = model.leaves.filter((leaf) => !model.fixed[leaf]);
    return [...free.filter((leaf) => replay.gradients[leaf] !== 0), ...free, ...model.leaves][0];
  }

  /* ---------------------------------------------------------------- the panel */

  const onClick = (name, action) => find(name).addEventListener("click", action);
  onClick("back", () => to(null));
  onClick("keep", () => {
    const { value } = measured();
    stepper.setLeaves(new Map([[state.nudge.position, value]]));
  });
  menu.addEventListener("change", () => take(Number(menu.value)));
  const field = numberField(box, { problem: find("complaint"), wrong: "inputs.wrong", onNumber: to });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { return; }
    field.drop();
    to(null);
  });

  /* Inputs first, then the results from the last one back: as many as a menu can hold. */
  function fill() {
    const option = (position) => {
      const made = element("option", "", nameOf(position));
      made.value = String(position);
      return made;
    };
    if (!isFilled) {
      menu.append(...model.leaves.concat([...model.forward].reverse()).slice(0, MOST_CHOICES).map(option));
      isFilled = true;
    }
    const { position } = state.nudge;
    if (!menu.querySelector('option[value="' + position + '"]')) { menu.append(option(position)); }
    menu.value = String(position);
  }

  function bar(row, number, largest) {
    const share = Math.abs(number) === Infinity ? 1 : largest ? Math.abs(number) / largest : 0;
    const half = 50 * Math.min(Number.isNaN(share) ? 0 : share, 1);
    const made = row.querySelector("i");
    made.style.left = (number < 0 ? 50 - half : 50) + "%";
    made.style.width = half + "%";
    made.hidden = half === 0;
    setText(row.querySelector("b"), signed(number, 4));
  }

  function drawChart({ value, by, predicted, actual }) {
    const { low, high, xs, ys } = curve();
    const { start, result, slope, position } = known;
    const names = [nameOf(position), nameOf(model.result)];
    const numbers = { name: names[0], result: names[1], x: shown(value), y: shown(result + actual), line: shown(result + predicted) };
    const label = say("nudge.chart", numbers);
    const up = rangeOf(ys, [result, result + actual]);
    const { field, x, y } = chartOn(chart, { across: [low, high], up, names, label });
    const ends = [low - (high - low), high + (high - low)];
    const tangent = ends.map((at) => y(result + slope * (at - start)));
    field.append(drawn("path", { class: "curve", d: brokenLine(xs.map(x), ys.map(y)) }),
      drawn("path", { class: "tangent", d: brokenLine(ends.map(x), tangent) }));
    const point = (tag, name, at, number, attributes) => {
      if (!Number.isFinite(at) || !Number.isFinite(number)) { return; }
      const place = "translate(" + x(at).toFixed(2) + " " + y(number).toFixed(2) + ")";
      field.append(drawn(tag, { class: name, transform: place, ...attributes }));
    };
    if (by !== 0 && Number.isFinite(predicted + actual)) {
      field.append(drawn("path", { class: "parting",
        d: brokenLine([x(value), x(value)], [y(result + predicted), y(result + actual)]) }));
    }
    point("circle", "from", start, result, { r: 5 });
    if (by === 0) { return; }
    point("rect", "line", value, result + predicted, { x: -5, y: -5, width: 10, height: 10 });
    point("circle", "now", value, result + actual, { r: 5.5 });
  }

  function cornerText({ corner, slope }) {
    if (!corner) { return ""; }
    const { left, right } = corner;
    return corner.isJump ? say("nudge.jump")
      : say("nudge.kink", { left: shown(left, 3), right: shown(right, 3), gradient: shown(slope, 3) });
  }

  function render() {
    fill();
    const now = measured();
    const { position, isFixed, slope, result } = known;
    const name = nameOf(position);
    const isLeaf = !model.nodes[position].op;
    find("comparison").hidden = isFixed;
    chart.style.display = isFixed ? "none" : "";
    box.disabled = isFixed;
    field.show(inFull(now.value));
    find("back").disabled = now.by === 0;
    find("keep").hidden = !isLeaf || isFixed;
    find("keep").disabled = now.by === 0;
    setText(find("why"), isFixed ? say("nudge.fixed", { name, operations: operationsWithout(model) })
      : [cornerText(known), isLeaf ? "" : say("nudge.computed", { name })].filter((text) => text).join(" "));
    setText(find("factors"), say("nudge.factors", { gradient: shown(slope, 3), by: bracketed(now.by) }));
    const sizes = [now.predicted, now.actual].map(Math.abs).filter(Number.isFinite);
    bar(find("predicted"), now.predicted, Math.max(...sizes, 0));
    bar(find("actual"), now.actual, Math.max(...sizes, 0));
    if (!isFixed) { drawChart(now); }
    cards.tell({
      label: say("nudge.handle", { name }), value: now.value, text: shown(now.value),
      result: say("nudge.pinned", { result: nameOf(model.result), value: shown(result + now.actual), change: signed(now.actual) }),
    });
  }

  return {
    isWhole: true,
    enter() {
      hold(first());
      stepper.mark(state.nudge.position);
    },
    leave() { cards.hide(); placed = ""; },
    pick: take,
    hold: take,
    shown() {
      const { data } = measured();
      return { run: { data, local: known.run.local, changed: known.run.changed }, replay: known.replay };
    },
    sentence() {
      const now = measured();
      const name = { name: nameOf(state.nudge.position) };
      if (known.isFixed) { return sayParts("nudge.stays", { name }); }
      if (now.by === 0) { return sayParts("nudge.how", { name }); }
      return nudgedBy(name, now);
    },
    change() {
      const { data } = measured();
      const moved = [known.position, ...known.dependents.map((node) => node.position)].filter((at) => !Object.is(data[at], known.run.data[at]));
      const notes = new Map(moved.slice(0, MOST_MARKED).concat(moved.slice(-1))
        .map((at) => [at, signed(data[at] - known.run.data[at])]));
      const focus = [known.position];
      return { from: known.run.data, to: data, moved, notes, ticks: new Map(), focus, carries: true, motion: 0 };
    },
    render(view) {
      render();
      /* Measured only if the card may be elsewhere, since that makes the browser lay out the page. */
      const key = [state.nudge.position, view.isNewMode].join();
      if (key !== placed || view.isNewChoice) { view.afterwards.push(cards.place); }
      placed = key;
    },
    onKey: cards.keys,
  };
}

/* What a gradient is for: what it predicts when a node moves, beside what happens. */
function nudgedBy(name, { by, predicted, actual }) {
  const signed = (number) => (number > 0 ? "+" : "") + shown(number + 0, 3);
  const off = Math.abs(actual - predicted) / Math.max(Math.abs(actual), Math.abs(predicted), 1e-300);
  const key = Number.isNaN(off) ? "nudge.nan" : off < 0.02 ? "nudge.agree" : off < 0.2 ? "nudge.begin" : "nudge.part";
  return sayParts(key, {
    name, by: signed(by), predicted: { upstream: signed(predicted) }, actual: { actual: signed(actual) },
  });
}
