/* Views: each function returns a render for one part of the page, which changes only what differs from before. */

function setText(target, text) {
  if (target.textContent !== text) { target.textContent = text; }
}

function setNumber(cell, number, absent = "table.unreached") {
  setText(cell, number === null ? "–" : shown(number));
  cell.title = number === null ? say(absent) : inFull(number);
}

function marks(target, names, wanted) {
  names.forEach((name) => target.classList.toggle(name, wanted.includes(name)));
}

/* Scroll a list, never the page, until the given rows are in view, or the last of them if there is no room for all.
   All rows are measured before anything moves, so that the page is laid out once. Then once more, since rows that
   come into view may be higher than estimated. */
function reveal(list, ...rows) {
  const outer = list.getBoundingClientRect();
  const head = list.querySelector("thead");
  const top = outer.top + (head ? head.getBoundingClientRect().height : 0);
  for (let turn = 0; turn < 2; turn += 1) {
    let [down, right] = [0, 0];
    rows.map((row) => row.getBoundingClientRect()).forEach((inner) => {
      if (inner.top - down < top) { down = inner.top - top - 4; }
      if (inner.bottom - down > outer.bottom) { down = inner.bottom - outer.bottom + 4; }
      if (inner.width > outer.width) { return; } /* a row of a table that is wider than the list */
      if (inner.left - right < outer.left) { right = inner.left - outer.left - 24; }
      if (inner.right - right > outer.right) { right = inner.right - outer.right + 24; }
    });
    if (down === 0 && right === 0) { return; }
    list.scrollBy(right, down);
  }
}

/* ------------------------------------------------------------------ the order of the nodes */

function orderView(root, model) {
  const strip = root.querySelector(".order ol");
  const title = root.querySelector(".order .note");
  let drawn = "";
  let last = null; /* the replay that was drawn */
  let known = { replay: null, turns: [] };

  function order(view) {
    if (view.shot.moment.phase === "forward") { return model.forward; }
    if (known.replay !== view.replay) {
      const { events } = view.replay;
      const turns = events.map((event) => event.step.node).filter((node, at, all) => at === 0 || all[at - 1] !== node);
      known = { replay: view.replay, turns };
    }
    return known.turns;
  }

  function chip(position, state) {
    const made = element("li", state, element("span", "", model.nodes[position].name));
    if (state === "now") { made.setAttribute("aria-current", "step"); }
    return made;
  }

  return (view) => {
    const isForward = view.shot.moment.phase === "forward";
    const turn = isForward ? view.receivers[0] : view.givers[0];
    const key = [isForward, turn, language].join();
    if (drawn === key && last === view.replay) { return; }
    [drawn, last] = [key, view.replay];
    const turns = order(view);
    const now = turns.indexOf(turn);
    /* Only the part of a long order around the current node. */
    const first = Math.max(0, now - 8);
    const part = turns.slice(first, first + 30);
    const stateOf = (place) => (place < now ? "past" : place === now ? "now" : "");
    const chips = part.map((position, index) => chip(position, stateOf(first + index)));
    const count = (key, number) => element("span", "", say(key, { count: number }));
    if (first > 0) { chips.unshift(element("li", "past", count("order.before", first))); }
    const more = turns.length - first - part.length;
    if (more > 0) { chips.push(element("li", "", count("order.more", more))); }
    strip.replaceChildren(...chips);
    setText(title, say(isForward ? "order.forward" : "order.backward"));
    const current = strip.querySelector(".now");
    if (current) { view.afterwards.push(() => reveal(strip, current)); }
  };
}

/* ------------------------------------------------------------------ the formula card */

function cardView(root, model) {
  const card = root.querySelector(".card .rows");
  const title = (text) => card.parentElement.setAttribute("aria-label", text);

  /* A row of the card: a caption and a formula. */
  function labeled(caption, className, ...content) {
    const made = element("div", "row", element("span", "caption", caption), element("p", className, ...content));
    const names = [...made.querySelectorAll("[data-name]")].map((part) => part.dataset.name);
    if (names.length) { made.title = [...new Set(names)].join(", "); }
    return made;
  }

  function forwardRows(view, position) {
    const caption = say("card.value", { name: brief(model.nodes[position].name) });
    const numbers = labeled(say("card.numbers"), "numbers",
      element("span", "worked", withNumbers(model, view.run.data, position)), element("span", "gives", sign("="),
        captioned(view.run.data[position], caption, "outcome")));
    return [labeled(say("card.formula"), "rule", forwardRule(model, position)), numbers];
  }

  function backwardRows(view, event) {
    const { step } = event;
    const receiver = model.nodes[step.operand].name;
    const parts = [labeled(say("card.chain"), "chain", chainRule(model, step, view.replay.bug))];
    parts.push(labeled(say("card.local"), "rule", localRule(model, step)));
    const before = captioned(event.before, say("card.before"), view.replay.bug === "assign" ? "struck" : "");
    const outcome = event.wrong ? "outcome wrong" : "outcome";
    parts.push(labeled(say("card.numbers"), "numbers",
      before, sign(view.replay.bug === "assign" ? ":" : "+"), sign("("),
      captioned(event.upstream, say("card.upstream")), sign("×"),
      captioned(event.local, say("card.slope")), sign(")"),
      element("span", "gives", sign("="),
        captioned(event.after, say("card.gradient", { name: brief(receiver) }), outcome))));
    parts.push(element("p", "facts", factsOf(view, event).join(say("gap"))));
    return parts;
  }

  /* Which contribution to the receiver this is, along which of several edges, and why now. */
  function factsOf(view, { step, index }) {
    const facts = [];
    const total = model.nodes[step.operand].consumers;
    const turn = view.replay.eventOf;
    const count = model.entering[step.operand].filter((other) => turn[other] <= turn[index]).length;
    if (total > 1) {
      const key = count < total ? "card.contribution" : contributionKey(view.replay.bug);
      facts.push(say(key, { count, total, name: model.nodes[step.operand].name }));
    }
    const same = model.nodes[step.node].operands.filter((operand) => operand.node === step.operand);
    if (same.length > 1) {
      facts.push(say("card.slot", { slot: step.slot + 1, name: model.nodes[step.node].name }));
    }
    return view.replay.isSecret ? facts : [...facts, whyNow(model, view.replay, step.node, index)];
  }

  return (view) => {
    const { moment } = view.shot;
    let rows;
    if (view.isOpening) {
      title(say("card.values.title"));
      rows = [element("p", "facts", say("card.values"))];
    } else if (view.events.length) {
      const first = view.events[0].step;
      title(say("card.passing.title", { name: model.nodes[first.node].name }));
      rows = view.events.slice(0, 6).flatMap((event) => backwardRows(view, event));
      if (view.events.length > 6) {
        rows.push(element("p", "facts", say("card.more", { count: view.events.length - 6 })));
      }
    } else if (moment.phase === "backward") {
      title(say("card.seed.title"));
      const name = mathName(model.nodes[model.result].name);
      rows = [
        labeled(say("card.seed"), "chain", math("math", math("mrow",
          derivative(name, name.cloneNode(true)), math("mo", "="), math("mn", shown(model.seed.gradient))))),
        element("p", "facts", say("card.seed.why")),
      ];
    } else if (moment.index === 0) {
      title(say("card.inputs.title"));
      rows = [element("p", "facts", say("card.inputs"))];
    } else {
      const position = model.forward[moment.index - 1];
      title(say("card.compute.title", { name: model.nodes[position].name }));
      rows = forwardRows(view, position);
    }
    card.replaceChildren(...rows);
  };
}

/* What is said of the last contribution to a gradient. */
function contributionKey(bug) {
  return { "": "card.contribution.last", assign: "card.contribution.only" }[bug] || "card.contribution";
}

/* Why a node has its turn with a step, in words; with the bug "order", why it should not have it. */
function whyNow(model, replay, position, step) {
  const { name } = model.nodes[position];
  const count = model.entering[position].filter((index) => replay.eventOf[index] < replay.eventOf[step]).length;
  const total = model.entering[position].length;
  if (count < total) { return say("order.early", { count, total, name }); }
  return say(total === 0 ? "order.result" : total === 1 ? "order.one" : "order.all", { count, name });
}

/* ------------------------------------------------------------------ what is said */

/* One short sentence about the moment, in parts: texts, and names and factors as { name }, { upstream }, { local }. */
function sentence(model, view) {
  const { moment } = view.shot;
  const name = (position) => ({ name: model.nodes[position].name });
  const [result, value] = [model.result, shown(view.run.data[model.result])];
  if (view.told) { return view.told; }
  if (view.asked !== null) { return originOf(model, view, view.asked); }
  if (view.isOpening) {
    return sayParts("now.opening", { result: name(result), value });
  }
  if (view.events.length > 1) {
    const upstream = shown(view.events[0].upstream);
    const parts = listed(view.events.slice(0, 4).map((event) => sayParts("now.passes.part", {
      receiver: name(event.step.operand), product: shown(event.product + 0),
    })), say("now.passes.comma"));
    const more = view.events.length - 4;
    return sayParts(more > 0 ? "now.passes.more" : "now.passes",
      { giver: name(view.events[0].step.node), upstream, parts, count: more });
  }
  if (view.events.length) { return givingOf(model, view, view.events[0]); }
  if (moment.phase === "backward") {
    return sayParts("now.seed", { result: name(result), gradient: shown(model.seed.gradient) });
  }
  if (moment.index === 0) { return sayParts("now.inputs"); }
  const position = model.forward[moment.index - 1];
  const { data } = view.run;
  const trouble = troubleOfValue(model, data, position);
  return [name(position), " = " + withNumbers(model, data, position) + " = " + shown(data[position]),
    ...(trouble ? [say("now.stop"), say("gap"), ...trouble] : [])];
}

/* The parts of several texts, with a sign between them. */
function listed(texts, sign) {
  return texts.flatMap((parts, index) => (index ? [sign, ...parts] : parts));
}

/* What passes along one edge: L gives f: 1 × 4 = 4. */
function givingOf(model, view, event) {
  const { step } = event;
  const name = (position) => ({ name: model.nodes[position].name });
  const told = {
    giver: name(step.node), receiver: name(step.operand), upstream: { upstream: shown(event.upstream) },
    local: { local: bracketed(event.local) }, product: shown(event.product + 0), sum: shown(event.after),
  };
  if (view.replay.bug === "assign") { return sayParts("now.gives.overwriting", told); }
  const trouble = troubleOfStep(model, view.run.data, event);
  const isFirst = model.entering[step.operand].every(
    (index) => view.replay.eventOf[index] >= view.replay.eventOf[event.index]);
  const isAlone = isFirst && view.replay.leftovers[step.operand] === null;
  const parts = sayParts(isAlone || event.product === 0 ? "now.gives" : "now.gives.sum", told);
  return trouble ? [...parts, say("gap"), ...trouble] : parts;
}

/* Where the gradient of a node comes from, as far as it has come: b: 4 from c + 2 from d = 6, 1 to come. */
function originOf(model, view, position) {
  const name = { name: model.nodes[position].name };
  const come = view.replay.events.slice(0, stepsTaken(view.shot.moment)).filter((e) => e.step.operand === position);
  const [data, grad] = [view.shot.data[position], view.shot.grad[position]];
  if (grad === null) { return sayParts("origin.none", { name, value: data === null ? "–" : shown(data) }); }
  if (!come.length) { return sayParts("origin.seed", { name, gradient: shown(grad) }); }
  const part = (event) => sayParts("origin.part", {
    product: bracketed(event.product + 0), giver: { name: model.nodes[event.step.node].name },
  });
  if (view.replay.bug === "assign" && come.length > 1) {
    return sayParts("origin.overwritten", { name, part: part(come[come.length - 1]) });
  }
  const parts = come.slice(0, 5).map(part);
  const leftover = view.replay.leftovers[position];
  if (leftover !== null) { parts.unshift(sayParts("origin.leftover", { value: bracketed(leftover + 0) })); }
  if (come.length > 5) { parts.push(["…"]); }
  const count = model.entering[position].length - come.length;
  return sayParts(count ? "origin.sum.more" : "origin.sum",
    { name, parts: listed(parts, " + "), gradient: shown(grad), count });
}

function narration(model, view) {
  return spelled(sentence(model, view));
}

/* The parts of a message as texts and elements: a { name } is in italics, a { part } is an element already. */
function spelled(parts) {
  return parts.map((part) => {
    if (typeof part === "string") { return part; }
    const [[kind, content]] = Object.entries(part);
    if (kind === "part") { return content; }
    return kind === "name" ? element("i", "", content) : element("b", kind, content);
  });
}

/* ------------------------------------------------------------------ the source, and the list of steps */

function sourceView(root, model, onSelect) {
  const lines = new Map();
  const last = new Map(); /* the last node of each line */
  model.nodes.forEach((node) => { if (node.line !== null) { last.set(node.line, node.position); } });
  root.querySelectorAll(".source li").forEach((line) => {
    const number = Number(line.dataset.line);
    lines.set(number, line);
    if (last.has(number)) {
      line.classList.add("linked");
      line.addEventListener("click", () => onSelect(last.get(number)));
    }
  });
  return (view) => {
    const turn = view.shot.moment.phase === "forward" ? view.receivers[0] : view.givers[0];
    const lineOf = (position) => (position === undefined || position === null ? null : model.nodes[position].line);
    lines.forEach((line, number) => {
      const isNow = number === lineOf(turn);
      line.classList.toggle("now", isNow);
      line.classList.toggle("selected", number === lineOf(view.selected));
      if (isNow && view.isNewMoment) { view.afterwards.push(() => reveal(line.parentElement, line)); }
    });
  };
}
