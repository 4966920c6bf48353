/* The panels in which the learner plants a bug, edits inputs and lists paths. */

/* ------------------------------------------------------------------ bugs */

/* What goes wrong, what it means if nothing does, and where it was seen first. */
const BUG_WORDS = {
  assign: { text: "bug.assign", harmless: "bug.assign.harmless", what: "bug.assign.what" },
  order: { text: "bug.order", harmless: "bug.order.harmless", what: "bug.order.what" },
  leftover: { text: "bug.leftover", harmless: "bug.leftover.harmless", what: "bug.leftover.what" },
  /* Those that only "Find the bug" plants: wrong rules of an operation. */
  sign: { text: "bug.sign", what: "bug.rule.what" },
  own: { text: "bug.own", what: "bug.rule.what" },
  exponent: { text: "bug.exponent", what: "bug.rule.what" },
  input: { text: "bug.input", what: "bug.rule.what" },
  output: { text: "bug.output", what: "bug.rule.what" },
};

function bugText(model, view) {
  const { replay } = view;
  const { text, harmless, what } = BUG_WORDS[replay.bug];
  if (replay.firstWrong < 0) { return say(text) + say("gap") + say(harmless); }
  const event = replay.events[replay.firstWrong];
  const { node, operand } = event.step;
  const { right } = replay;
  const giver = model.nodes[node].name;
  return say(text, { op: model.nodes[node].op, slot: event.step.slot + 1 }) + say("gap") + say("bug.first", {
    giver, receiver: model.nodes[operand].name, step: replay.firstWrong + 1,
    what: say(what, {
      giver, product: shown(event.product + 0), before: shown(event.before), upstream: shown(event.upstream),
      whole: shown(right.gradients[node]), local: shown(event.local),
      slope: shown(right.events[right.eventOf[event.index]].local),
    }),
    gradient: shown(replay.gradients[operand]), right: shown(right.gradients[operand]),
  });
}

function bugPanel(root, model, stepper) {
  const panel = root.querySelector(".bug");
  const go = panel.querySelector("button");
  go.addEventListener("click", () => {
    const { replay } = stepper.view();
    stepper.go(model.forward.length + 2 + replay.firstWrong);
  });
  return (view) => {
    panel.hidden = !view.replay.bug;
    if (panel.hidden) { return; }
    setText(panel.querySelector("p"), bugText(model, view));
    go.hidden = view.replay.firstWrong < 0;
    setText(go, say("bug.go", { step: view.replay.firstWrong + 1 }));
  };
}

/* ------------------------------------------------------------------ live inputs */

/* Round numbers around a value for its slider. */
function sliderRange(value) {
  const reach = Math.max(2, 2 * Math.abs(value));
  return Number.isFinite(reach) ? [value - reach, value + reach] : [-2, 2];
}

/* The operations that the page cannot compute, such as "cube, gamma". */
function operationsWithout(model) {
  const names = [...new Set(model.nodes.filter((node) => node.op && !node.program).map((node) => clean(node.op)))];
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
}

function inputsPanel(root, model, prefix, stepper) {
  const drawer = root.querySelector(".inputs");
  const list = drawer.querySelector(".leaves");
  const reset = drawer.querySelector(".reset");
  const rows = new Map();
  const isFixed = (leaf) => model.fixed[leaf];
  if (model.leaves.some(isFixed)) {
    const all = model.leaves.every(isFixed);
    sayOn(drawer.querySelector(".note"), { text: all ? "inputs.fixed" : "inputs.fixed.some" },
      { operations: operationsWithout(model) });
    reset.hidden = all;
  }

  function row(leaf) {
    const { name } = model.nodes[leaf];
    const label = element("label", "", element("bdi", "", ...breaking(name)));
    const box = element("input");
    const slider = element("input");
    const value = model.original.data[leaf];
    box.id = prefix + "leaf-" + leaf;
    label.htmlFor = box.id;
    box.type = "text";
    box.inputMode = "decimal";
    box.autocomplete = "off";
    slider.type = "range";
    slider.autocomplete = "off";
    let range = [];
    /* A slider reaches as far again once a number is beyond its ends. */
    const reach = (number) => {
      if (number >= range[0] && number <= range[1]) { return; }
      range = sliderRange(number);
      [slider.min, slider.max] = range;
    };
    reach(value);
    slider.step = "any";
    sayOn(slider, { label: "inputs.slider" }, { name });
    box.disabled = slider.disabled = isFixed(leaf);
    slider.addEventListener("input", () => {
      const span = range[1] - range[0];
      const digits = Math.max(0, 2 - Math.floor(Math.log10(span)));
      stepper.setLeaf(leaf, Number(Number(slider.value).toFixed(Math.min(digits, 20))));
    });
    const problem = element("span", "problem");
    problem.id = box.id + "-problem";
    problem.setAttribute("role", "alert");
    box.setAttribute("aria-describedby", problem.id);
    const field = numberField(box, { problem, wrong: "inputs.wrong", onNumber: (number) => stepper.setLeaf(leaf, number) });
    rows.set(leaf, { box, slider, field, reach, number: null });
    return element("div", "leaf", label, box, slider, problem);
  }

  let last = null;
  let shownRows = null;
  if (model.leaves.length > MOST) {
    const body = element("div");
    list.append(body);
    body.setAttribute("role", "list");
    shownRows = rowsInSight(list, body, {
      count: model.leaves.length,
      height: 40,
      make(index) {
        const made = row(model.leaves[index]);
        made.setAttribute("role", "listitem");
        made.setAttribute("aria-setsize", model.leaves.length);
        made.setAttribute("aria-posinset", index + 1);
        return made;
      },
      draw(made, index) { if (last) { draw(last, model.leaves[index]); } },
    });
  } else {
    /* In groups: the browser lays out only the groups in sight. */
    for (let start = 0; start < model.leaves.length; start += 50) {
      const group = element("div", "leaf-group", ...model.leaves.slice(start, start + 50).map(row));
      group.style.setProperty("--rows", group.childElementCount);
      list.append(group);
    }
  }
  reset.addEventListener("click", () => stepper.resetLeaves());

  function draw(view, leaf) {
    const row = rows.get(leaf);
    const { box, slider, field, reach } = row;
    const number = view.run.data[leaf];
    if (Object.is(row.number, number) && box.getAttribute("aria-invalid") !== "true") { return; }
    row.number = number;
    field.show(Number.isFinite(number) && Math.abs(number) < 1e6 && Math.abs(number) > 1e-4
      ? String(Number(number.toPrecision(8))).replace("-", MINUS) : inFull(number));
    reach(number);
    slider.value = String(number);
    slider.setAttribute("aria-valuetext", shown(number));
  }

  return whileOpen(drawer, (view) => {
    last = view;
    reset.disabled = !view.run.changed;
    if (shownRows) {
      shownRows.forEach((made, index) => draw(view, model.leaves[index]));
    } else {
      model.leaves.forEach((leaf) => draw(view, leaf));
    }
  });
}

/* ------------------------------------------------------------------ paths */

function pathsPanel(root, model, onSelect) {
  const drawer = root.querySelector(".paths");
  const choice = drawer.querySelector("select");
  const list = drawer.querySelector("ol");
  const total = drawer.querySelector(".total");
  const option = (node) => {
    const made = element("option", "", node.name);
    made.value = String(node.position);
    return made;
  };
  choice.addEventListener("change", () => onSelect(choice.value === "" ? null : Number(choice.value)));
  let last = null;
  drawer.addEventListener("toggle", () => {
    if (drawer.open && choice.length < 2) { choice.append(...listed().map(option)); }
    if (last) { render(last); }
  });

  /* Inputs first, then from the result back. A menu of thousands is none: of a large graph it has the chosen node only. */
  function listed() {
    if (model.nodes.length > MOST) { return []; }
    return [...model.leaves, ...model.forward.slice().reverse()].map((position) => model.nodes[position]);
  }

  function choose(position) {
    const value = position === null ? "" : String(position);
    choice.value = value;
    if (choice.value === value || !drawer.open) { return; }
    choice.append(option(model.nodes[position]));
    choice.value = value;
  }

  /* The ends of a long path. */
  function endsOf(parts) {
    if (parts.length <= 60) { return parts; }
    return [...parts.slice(0, 20), say("paths.between", { count: parts.length - 40 }), ...parts.slice(-20)];
  }

  function item(view, path) {
    const names = path.steps.map((index) => model.nodes[model.steps[index].operand].name);
    const factors = path.steps.map((index) => bracketed(elementary.slope(view.run.local[index])));
    return element("li", "",
      element("span", "route", endsOf([model.nodes[model.result].name, ...names]).join(" → ")),
      element("span", "product", endsOf([shown(model.seed.gradient), ...factors]).join(" × ") + " = " + shown(path.product + 0)));
  }

  function render(view) {
    last = view;
    choose(view.selected);
    if (!drawer.open) { return; }
    if (view.quiz) { list.replaceChildren(); setText(total, say("paths.hidden")); return; }
    if (view.selected === null) {
      list.replaceChildren();
      setText(total, say("paths.none"));
      return;
    }
    const node = model.nodes[view.selected];
    const found = pathsTo(model, view.run, view.selected);
    list.replaceChildren(...found.paths.map((path) => item(view, path)));
    const products = found.paths.map((path) => bracketed(path.product + 0));
    const right = view.replay.right || view.replay;
    const unlisted = found.count - found.paths.length;
    const more = unlisted ? " + … " + say("paths.more", { count: unlisted }) : "";
    const sum = products.length > 1 || more ? products.join(" + ") + more + " = " : "";
    setText(total, say("paths.total", { name: node.name, sum: sum + shown(right.gradients[view.selected]) }));
  }

  return render;
}

/* The edges on all paths from the result to a node. */
function edgesTo(model, target) {
  if (target === null) { return []; }
  const reaches = model.nodes.map((node) => node.position === target);
  const edges = [];
  for (let position = target + 1; position < model.nodes.length; position += 1) {
    const own = model.leaving[position].filter((index) => reaches[model.steps[index].operand]);
    if (own.length) {
      reaches[position] = true;
      edges.push(position + "-out", ...own.map((index) => position + "-" + model.steps[index].slot));
    }
  }
  return edges;
}
