/* The panels in which the learner predicts contributions, plants a bug, edits inputs, lists paths and folds groups. */

/* ------------------------------------------------------------------ predict */

function quizPanel(root, model, stepper) {
  const panel = root.querySelector(".quiz");
  const input = panel.querySelector("input");
  const verdict = panel.querySelector(".verdict");
  const question = panel.querySelector("label");
  const hints = ["Show the local rule", "Show the numbers", "Show the answer"];
  const hint = panel.querySelector(".hint");
  let records = new Map();
  let asked = -1;

  const recordOf = (index) => {
    if (!records.has(index)) { records.set(index, { hints: 0, tries: 0, isRight: false, isOpen: true }); }
    return records.get(index);
  };

  function say(text, kind) {
    verdict.className = "verdict " + kind;
    setText(verdict, text);
  }

  function check() {
    const view = stepper.view();
    if (!view.quiz || !view.quiz.hides) { stepper.next(); return; }
    const record = recordOf(asked);
    const guess = typed(input.value);
    if (guess === null) { say("Type a number, such as " + MINUS + "1.5 or 3/4.", "wrong"); return; }
    record.tries += 1;
    if (agrees(guess, view.events[0].product)) {
      record.isRight = true;
      record.isOpen = false;
      say("Right: " + shown(view.events[0].product + 0) + ". Press Enter for the next step.", "right");
    } else {
      const isFlipped = agrees(-guess, view.events[0].product);
      say(isFlipped ? "The size is right, the sign is not."
        : "Not yet. Multiply the gradient that arrives by the local derivative.", "wrong");
    }
    stepper.render();
  }

  /* Not a form: the frame of a notebook is sandboxed with allow-scripts only, so a form is never submitted. */
  panel.querySelector(".check").addEventListener("click", check);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { check(); event.preventDefault(); }
  });
  hint.addEventListener("click", () => {
    const record = recordOf(asked);
    record.hints = Math.min(record.hints + 1, 3);
    if (record.hints === 3) {
      record.isOpen = false;
      say("The contribution is " + shown(stepper.view().events[0].product + 0) + ". Try the next one.", "");
    }
    stepper.render();
  });

  return {
    panel,
    reset() { records = new Map(); asked = -1; },
    /* Whether the contribution of a step is hidden, and how many hints were shown: {hides, hints}. */
    stateAt(index) {
      const record = records.get(index);
      return { hides: index > 0 && (!record || record.isOpen), hints: record ? record.hints : 0 };
    },
    /* Leaving a question shows its answer. The question counts in the score only if an answer or a hint was tried. */
    skip(index) { if (index > 0) { recordOf(index).isOpen = false; } },
    render(view) {
      panel.hidden = !view.quiz;
      if (!view.quiz) { return; }
      const index = stepsTaken(view.shot.moment);
      const all = [...records.values()];
      const right = all.filter((record) => record.isRight);
      const unaided = right.filter((record) => !record.hints && record.tries === 1).length;
      const closed = all.filter((record) => !record.isOpen && (record.tries || record.hints)).length;
      setText(panel.querySelector(".score"), "Score: " + right.length + " of " + closed + " right, " + unaided
        + " at the first try without a hint");
      if (index !== asked) {
        asked = index;
        input.value = "";
        say(index ? "" : "Go to a step of the backward phase; its contribution is hidden until you have typed it.", "");
      }
      const isAsking = view.quiz.hides && view.events.length > 0;
      input.readOnly = !isAsking;
      hint.hidden = !isAsking;
      setText(hint, hints[Math.min(view.quiz.hints, 2)]);
      if (view.events.length) {
        const { step } = view.events[0];
        const receiver = model.nodes[step.operand].name;
        setText(question, "Contribution to the gradient of " + receiver + ": upstream × local =");
      }
    },
  };
}

/* ------------------------------------------------------------------ bugs */

const BUG_TEXTS = {
  assign: "The engine now writes “=” where it should add with “+=”. "
    + "A node that is used more than once keeps only the last contribution.",
  order: "The engine now takes one node before all of its consumers are done: a wrong topological order. "
    + "The node passes on a gradient that is not complete.",
  leftover: "The gradients of the inputs were not set to zero after a former pass "
    + "(a forgotten zero_grad), so this pass adds to what that one left.",
};

const HARMLESS = {
  assign: "No node of this graph gets two contributions that matter, so here the bug does no harm. "
    + "That is how it stays hidden.",
  order: "In this graph no node can take its turn too early with any effect.",
  leftover: "The former pass left no gradient other than zero, so here nothing goes wrong.",
};

function bugText(model, view) {
  const { replay } = view;
  if (replay.firstWrong < 0) { return BUG_TEXTS[replay.bug] + " " + HARMLESS[replay.bug]; }
  const event = replay.events[replay.firstWrong];
  const receiver = model.nodes[event.step.operand].name;
  const giver = model.nodes[event.step.node].name;
  const ways = {
    assign: "the value " + shown(event.product + 0) + " has overwritten the sum " + shown(event.before),
    order: giver + " passes on " + shown(event.upstream) + ", while its whole gradient is "
      + shown(replay.right.gradients[event.step.node]),
    leftover: "the sum started from " + shown(event.before) + ", left over from the former pass, instead of 0",
  };
  return BUG_TEXTS[replay.bug] + " First wrong node: " + receiver + ", at step " + (replay.firstWrong + 1) + " ("
    + giver + " → " + receiver
    + "): " + ways[replay.bug] + ". At the end its gradient is " + shown(replay.gradients[event.step.operand])
    + "; the right one is " + shown(replay.right.gradients[event.step.operand]) + ".";
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
    const isSecret = view.quiz !== null && view.quiz.hides;
    setText(panel.querySelector("p"), isSecret ? BUG_TEXTS[view.replay.bug] : bugText(model, view));
    go.hidden = view.replay.firstWrong < 0;
    setText(go, "Go to step " + (view.replay.firstWrong + 1));
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
    setText(drawer.querySelector(".note"), (all ? "The inputs cannot" : "Some of the inputs cannot")
      + " be changed here: they go into " + operationsWithout(model) + ", which this page cannot compute. It shows the "
      + "numbers that were recorded.");
    reset.hidden = all;
  }

  function row(leaf) {
    const { name } = model.nodes[leaf];
    const label = element("label", "", element("bdi", "", name));
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
    slider.setAttribute("aria-label", name + ", slider");
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
    const commit = () => {
      const number = typed(box.value);
      box.setAttribute("aria-invalid", String(number === null));
      setText(problem, number === null
        ? "“" + clean(box.value).slice(0, 40) + "” is not a number; type one such as 0.5 or " + MINUS + "3/4." : "");
      if (number !== null && !Object.is(number, stepper.view().run.data[leaf])) { stepper.setLeaf(leaf, number); }
    };
    box.addEventListener("change", commit);
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") { commit(); } });
    rows.set(leaf, { box, slider, problem, reach });
    return element("div", "leaf", label, box, slider, problem);
  }

  /* In groups: the browser lays out only the groups in sight. */
  for (let start = 0; start < model.leaves.length; start += 50) {
    const group = element("div", "leaf-group", ...model.leaves.slice(start, start + 50).map(row));
    group.style.setProperty("--rows", group.childElementCount);
    list.append(group);
  }
  reset.addEventListener("click", () => stepper.resetLeaves());

  return (view) => {
    reset.disabled = !view.run.changed;
    rows.forEach(({ box, slider, problem, reach }, leaf) => {
      const number = view.run.data[leaf];
      if (box.dataset.number === String(number) && box.getAttribute("aria-invalid") !== "true") { return; }
      if (box.getAttribute("aria-invalid") === "true" && box === document.activeElement) { return; }
      box.dataset.number = String(number);
      box.removeAttribute("aria-invalid");
      setText(problem, "");
      box.value = Number.isFinite(number) && Math.abs(number) < 1e6 && Math.abs(number) > 1e-4
        ? String(Number(number.toPrecision(12))).replace("-", MINUS) : inFull(number);
      reach(number);
      slider.value = String(number);
      slider.setAttribute("aria-valuetext", shown(number));
    });
  };
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
  const order = model.nodes.filter((node) => !node.op).concat(model.nodes.filter((node) => node.op).reverse());
  choice.append(...order.map(option));
  choice.addEventListener("change", () => onSelect(choice.value === "" ? null : Number(choice.value)));
  let last = null;
  drawer.addEventListener("toggle", () => { if (last) { render(last); } });

  function item(view, path) {
    const names = [model.nodes[model.result].name,
      ...path.steps.map((index) => model.nodes[model.steps[index].operand].name)];
    const factors = [shown(model.seed.gradient),
      ...path.steps.map((index) => bracketed(elementary.slope(view.run.local[index])))];
    return element("li", "",
      element("span", "route", names.join(" → ")),
      element("span", "product", factors.join(" × ") + " = " + shown(path.product + 0)));
  }

  function render(view) {
    last = view;
    choice.value = view.selected === null ? "" : String(view.selected);
    if (!drawer.open) { return; }
    if (view.quiz) { list.replaceChildren(); setText(total, "Hidden while you predict."); return; }
    if (view.selected === null) {
      list.replaceChildren();
      setText(total, "Choose a node here, in the graph or in the table.");
      return;
    }
    const node = model.nodes[view.selected];
    const found = pathsTo(model, view.run, view.selected);
    list.replaceChildren(...found.paths.map((path) => item(view, path)));
    const products = found.paths.map((path) => bracketed(path.product + 0));
    const right = view.replay.right || view.replay;
    const unlisted = found.count - found.paths.length;
    const more = unlisted ? " + … (" + unlisted + " more paths)" : "";
    setText(total, "Gradient of " + node.name + " = "
      + (products.length > 1 || more ? products.join(" + ") + more + " = " : "")
      + shown(right.gradients[view.selected]));
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

/* ------------------------------------------------------------------ groups */

/* A common name for the groups of one depth: "neurons" for layers.0.neurons.0 and layers.0.neurons.1. */
function commonName(groups) {
  if (groups.length === 1) { return groups[0]; }
  const kinds = groups.map((group) => group.split(".").filter((part) => !/^\d+$/.test(part)).pop() || group);
  const names = [...new Set(kinds)];
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "") + " (" + groups.length + ")";
}

/* One button for each depth of the groups: the clusters of that depth become one box each. */
function groupsPanel(root, stepper) {
  const bar = root.querySelector(".groups");
  const clusters = [...root.querySelectorAll(".cluster[data-group]:not(.collapsed)")];
  const groups = clusters.map((cluster) => cluster.dataset.group);
  const depths = groups.map((group) => groups.filter((other) => group.startsWith(other + ".")).length);
  const homes = clusters.map((cluster) => {
    const home = document.createComment("");
    cluster.before(home);
    return home;
  });
  bar.hidden = clusters.length === 0;
  clusters.forEach((cluster, index) => {
    const room = cluster.querySelector("rect").width.baseVal.value / (0.7 * groups[index].length);
    cluster.style.setProperty("--room", room.toFixed(1) + "px");
  });

  /* Move the box of a folded group behind its content in the SVG, so that it is drawn on top; outer groups last. */
  function arrange() {
    clusters.forEach((cluster, index) => homes[index].after(cluster));
    const folded = clusters.map((cluster, index) => index)
      .filter((index) => clusters[index].classList.contains("folded"));
    folded.sort((one, other) => depths[other] - depths[one]);
    folded.forEach((index) => clusters[index].parentElement.append(clusters[index]));
  }

  [...new Set(depths)].sort((one, other) => one - other).forEach((depth) => {
    const own = clusters.filter((cluster, index) => depths[index] === depth);
    const button = element("button", "", clean(commonName(own.map((cluster) => cluster.dataset.group))));
    button.type = "button";
    button.title = "Draw each of these groups as one box";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const isFolded = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isFolded));
      own.forEach((cluster) => cluster.classList.toggle("folded", isFolded));
      arrange();
      stepper.render();
    });
    bar.append(button);
  });
}
