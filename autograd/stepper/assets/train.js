/* The mode Train: gradient descent. The leaves with a tick move by −rate × gradient; with momentum by −rate × velocity,
   where velocity = momentum × velocity + gradient, as PyTorch's SGD has it. The state is state.training: { ticks, rate,
   hasMomentum, velocity, losses, start }. */

const MOMENTUM = 0.9;
const STEP_TIME = 520; /* milliseconds */
const RUN_TIME = 110; /* for each step of a run */
const RUN_LENGTH = 20;
const MOST_TILES = 200;
const RATES = [-5, 1]; /* powers of ten of the slider */

function trainMode(root, model, stepper) {
  const panel = root.querySelector(".train");
  const find = (name) => panel.querySelector("." + name);
  const { state } = stepper;
  const chart = find("chart");
  const free = model.leaves.filter((leaf) => !model.fixed[leaf]);
  const tiles = tilesOf(find("tiles"), model, free, { set: tick, all: tickAll });
  const training = {
    ticks: new Set(free.filter((leaf) => !model.parameters.length || model.parameters.includes(leaf))),
    rate: 0.05, hasMomentum: false, velocity: new Map(), losses: [], start: new Map(),
  };
  state.training = training;
  let run = null; /* the one that the losses end with; after an edit they begin anew */
  let before = null; /* the values before the last step */
  let timer = null;
  let left = 0; /* steps of a run still to take */

  const ticked = () => free.filter((leaf) => training.ticks.has(leaf));
  const loss = () => training.losses[training.losses.length - 1];

  /* ---------------------------------------------------------------- what is done */

  function begin() {
    ({ run } = stepper.base());
    before = null;
    training.velocity = new Map();
    training.losses = [run.data[model.result]];
    training.start = stepper.leaves();
  }

  function velocityOf(leaf, gradient) {
    const velocity = training.velocity.get(leaf);
    return training.hasMomentum && velocity !== undefined ? MOMENTUM * velocity + gradient : gradient;
  }

  function descend() {
    const { run: last, replay } = stepper.base();
    const moved = new Map();
    ticked().forEach((leaf) => {
      const velocity = velocityOf(leaf, replay.gradients[leaf]);
      if (training.hasMomentum) { training.velocity.set(leaf, velocity); }
      moved.set(leaf, last.data[leaf] - training.rate * velocity);
    });
    before = last.data;
    run = stepper.recomputed(moved);
    training.losses.push(run.data[model.result]);
  }

  /* One step, and then the others of a run, each after the motion of the one before. */
  function take(count, length) {
    stop();
    if (!ticked().length) { return; }
    if (stepper.isStill()) {
      for (let step = 0; step < count && (step === 0 || isGoing()); step += 1) { descend(); }
      stepper.moveOn();
      return;
    }
    descend();
    left = isGoing() ? count - 1 : 0;
    training.time = length;
    timer = left ? setTimeout(() => { if (root.isConnected) { take(left, length); } }, length + 20) : null;
    stepper.moveOn();
  }

  const isGoing = () => Number.isFinite(loss()) && Math.abs(loss()) < 1e12;

  function stop() {
    clearTimeout(timer);
    timer = null;
    left = 0;
  }

  function tick(leaf, isSet) {
    if (isSet) { training.ticks.add(leaf); } else { training.ticks.delete(leaf); }
    training.velocity.delete(leaf);
    stepper.render();
  }

  function tickAll(isSet) {
    training.ticks = new Set(isSet ? free : []);
    training.velocity = new Map();
    stepper.render();
  }

  function setRate(rate) {
    training.rate = rate;
    stepper.render();
  }

  const onClick = (name, action) => find(name).addEventListener("click", action);
  onClick("step", () => take(1, STEP_TIME));
  onClick("run", () => {
    if (timer !== null) { stop(); stepper.render(); } else { take(RUN_LENGTH, RUN_TIME); }
  });
  onClick("again", () => {
    stop();
    stepper.setLeaves(training.start, true);
  });
  /* Two digits of a rate from the slider, as more could not be read off it. */
  [find("slide").min, find("slide").max] = RATES;
  find("slide").addEventListener("input", (event) => setRate(Number((10 ** event.target.value).toPrecision(2))));
  const field = numberField(find("rate"), {
    problem: find("complaint"), wrong: "train.wrong", isGood: (rate) => rate > 0 && rate < Infinity, onNumber: setRate,
  });
  find("momentum").addEventListener("change", (event) => {
    training.hasMomentum = event.target.checked;
    training.velocity = new Map();
    stepper.render();
  });

  function pick(position) {
    if (free.includes(position)) { tick(position, !training.ticks.has(position)); return; }
    stepper.mark(position);
    stepper.render();
  }

  /* ---------------------------------------------------------------- what is seen */

  /* How it goes: the key of a message, and whether it is a warning. */
  function verdict() {
    const { losses } = training;
    const [first, previous, now] = [losses[0], losses[losses.length - 2], loss()];
    if (!free.length) { return ["train.fixed", true]; }
    if (!training.ticks.size) { return ["train.none", true]; }
    if (Number.isNaN(now)) { return ["train.nan", true]; }
    const isWild = Math.abs(now) === Infinity || (losses.length > 2 && Math.abs(now) > 20 * Math.abs(first) + 10);
    if (isWild) { return [now < first ? "train.forever" : "train.overshooting", true]; }
    if (losses.length < 2) { return [null, false]; }
    if (now === previous) { return ["train.stays", false]; }
    if (now > previous) { return ["train.up", true]; }
    return now > first ? ["train.above", true] : ["train.down", false];
  }

  /* The losses step by step: logarithmic where they reach over more than two powers of ten. */
  function drawChart() {
    const { losses } = training;
    const there = losses.filter(Number.isFinite);
    const [least, most] = there.length ? [Math.min(...there), Math.max(...there)] : [0, 1];
    const isLog = least > 0 && most / least > 100;
    const low = isLog || least < 0 ? least : 0;
    const room = Math.max(Math.abs(most), 1);
    const up = low === most ? [low - room, most + room] : [low, most];
    const across = [0, Math.max(losses.length - 1, 8)];
    const name = model.nodes[model.result].name;
    const label = say(isLog ? "train.chart.log" : "train.chart",
      { name, first: shown(losses[0]), last: shown(loss()), count: losses.length - 1 });
    const names = [say("train.step"), isLog ? say("train.log", { name }) : name];
    const { field, x, y } = chartOn(chart, { across, up, isLog, names, label });
    const xs = losses.map((number, index) => x(index));
    const ys = losses.map(y);
    field.append(drawn("path", { class: "curve", d: brokenLine(xs, ys) }));
    losses.forEach((number, index) => {
      const isLast = index === losses.length - 1;
      if (Number.isFinite(number) && (losses.length < 40 || isLast)) {
        field.append(drawn("circle", { class: "now", cx: xs[index].toFixed(2), cy: ys[index].toFixed(2), r: isLast ? 5.5 : 2.5 }));
      }
    });
  }

  return {
    isWhole: true,
    isRunning: () => timer !== null,
    enter() {
      if (!state.isAsked) { state.selected = null; } /* what was held to be nudged */
      if (stepper.base().run !== run) { begin(); }
      if (tiles.isNeeded(root)) { find("tiles").open = true; }
    },
    leave: stop,
    pick,
    shown() {
      if (stepper.base().run !== run) { stop(); begin(); }
      return stepper.base();
    },
    sentence() {
      const name = { name: model.nodes[model.result].name };
      return sayParts("train.sentence", { result: name, value: { actual: shown(loss()) } });
    },
    change() {
      const { replay } = stepper.base();
      const notes = new Map(ticked().slice(0, MOST_MARKED).map((leaf) => [leaf,
        "→ " + shown(run.data[leaf] - training.rate * velocityOf(leaf, replay.gradients[leaf]), 3)]));
      const moved = before ? model.nodes.map((node) => node.position).filter((at) => !Object.is(before[at], run.data[at])) : [];
      return {
        from: before, to: run.data, moved, notes, focus: [...ticked(), model.result].slice(0, 1), carries: false,
        motion: training.time || STEP_TIME,
        ticks: new Map(free.slice(0, MOST_MARKED).map((leaf) => [leaf, training.ticks.has(leaf)])),
      };
    },
    render() {
      const [key, isWarning] = verdict();
      const status = find("status");
      status.setAttribute("aria-live", timer === null ? "polite" : "off");
      setText(status, key ? say(key, { count: training.losses.length - 1, operations: operationsWithout(model) }) : "");
      marks(status, ["is-warning"], [isWarning ? "is-warning" : ""]);
      find("step").disabled = !training.ticks.size || !Number.isFinite(loss());
      find("run").disabled = find("step").disabled;
      setText(find("run"), timer !== null ? say("train.stop") : say("train.run", { count: RUN_LENGTH }));
      find("again").disabled = training.losses.length < 2;
      find("slide").value = String(Math.log10(training.rate));
      find("slide").setAttribute("aria-valuetext", shown(training.rate));
      field.show(inFull(training.rate));
      drawChart();
      tiles.render(run.data, stepper.base().replay.gradients, training.ticks);
    },
  };
}

/* ------------------------------------------------------------------ one tile a parameter */

/* The leaves that may move as a list of tiles, each with a tick, its value and its gradient as numbers and bars. */
function tilesOf(drawer, model, leaves, onTick) {
  const list = drawer.querySelector(".list");
  const listed = leaves.slice(0, MOST_TILES);
  let made = null;
  let last = null;

  function tile(leaf) {
    const tick = element("input");
    tick.type = "checkbox";
    tick.autocomplete = "off";
    tick.addEventListener("change", () => onTick.set(leaf, tick.checked));
    const number = (name) => ({ text: element("span", "figure"), bar: element("i"), name });
    const parts = { tick, value: number("value"), gradient: number("gradient") };
    const row = ({ text, bar, name }) => element("span", "measure " + name,
      sayOn(element("small"), { text: name === "value" ? "train.value" : "graph.gradient" }), element("span", "bar", bar), text);
    const name = element("bdi", "", shortly(model.nodes[leaf].name, 20));
    name.title = model.nodes[leaf].name;
    list.append(element("label", "tile", tick, name, row(parts.value), row(parts.gradient)));
    return parts;
  }

  function bar({ text, bar: made }, number, largest) {
    const share = Math.abs(number) === Infinity ? 1 : largest && !Number.isNaN(number) ? Math.abs(number) / largest : 0;
    made.style.left = (number < 0 ? 50 - 50 * share : 50) + "%";
    made.style.width = 50 * share + "%";
    setText(text, shown(number));
  }

  drawer.querySelector(".all").addEventListener("click", () => onTick.all(true));
  drawer.querySelector(".no").addEventListener("click", () => onTick.all(false));
  drawer.addEventListener("toggle", () => { if (last) { render(...last); } });

  function render(data, gradients, ticks) {
    last = [data, gradients, ticks];
    setText(drawer.querySelector("summary"), say("train.tiles", { count: ticks.size, total: leaves.length }));
    if (!drawer.open) { return; }
    made = made || listed.map(tile);
    setText(drawer.querySelector(".more"),
      leaves.length > listed.length ? say("train.more", { count: leaves.length - listed.length }) : "");
    const largest = (numbers) => Math.max(...listed.map((leaf) => Math.abs(numbers[leaf])).filter(Number.isFinite), 0);
    const [most, steepest] = [largest(data), largest(gradients)];
    made.forEach((parts, index) => {
      const leaf = listed[index];
      parts.tick.checked = ticks.has(leaf);
      bar(parts.value, data[leaf], most);
      bar(parts.gradient, gradients[leaf], steepest);
    });
  }

  return {
    render,
    /* Where ticks on cards would not do: many leaves, or some that the picture has no card of. */
    isNeeded(root) {
      return leaves.length > 12 || leaves.some((leaf) => !root.querySelector('.viewport .node[id$="-node-' + leaf + '"]'))
        || root.querySelector(".cluster.folded, .cluster.collapsed") !== null;
    },
  };
}
