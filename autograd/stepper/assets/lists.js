/* Long lists: the table of the nodes and the steps of the backward phase. The page has their first rows and the script
   adds the others, copies of one with other names. Of more than MOST rows only those in sight are there. */

const MOST = 1000;

/* The rows of a list: `get` one by its index, null if it is not there, go through all that are there, and `show` some.
   `make` makes a row, and `draw` writes into one that has just come into sight. Every row of a list in sight only has the
   same `height`, in CSS pixels, so that the place of each is known. */
function rowsInSight(scroller, body, { count, height, make, draw }) {
  const rows = new Map();
  body.classList.add("sparse");
  body.style.height = count * height + "px";
  body.style.setProperty("--row", height + "px");

  function put(index, next) {
    if (!rows.has(index)) {
      const row = make(index);
      row.style.top = index * height + "px";
      rows.set(index, row);
      body.insertBefore(row, next);
      draw(row, index);
    }
    return rows.get(index);
  }

  /* A row with the focus stays, wherever it is. */
  function look() {
    const top = scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / height) - 12);
    const last = Math.min(count, Math.ceil((top + scroller.clientHeight) / height) + 12);
    let next = null;
    rows.forEach((row, index) => {
      if (index >= first && index < last) { return; }
      if (!row.contains(document.activeElement)) {
        row.remove();
        rows.delete(index);
      } else if (index >= last) { next = row; }
    });
    for (let index = last - 1; index >= first; index -= 1) { next = put(index, next); }
  }

  scroller.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(scroller);
  look();
  return {
    count,
    get: (index) => rows.get(index) || null,
    forEach: (action) => rows.forEach(action),
    show(...indices) {
      const head = scroller.querySelector("thead");
      const room = scroller.clientHeight - (head ? head.offsetHeight : 0);
      let top = scroller.scrollTop;
      indices.forEach((index) => {
        if (index * height < top) { top = index * height - 4; }
        if ((index + 1) * height > top + room) { top = (index + 1) * height - room + 4; }
      });
      if (top !== scroller.scrollTop) { scroller.scrollTop = top; }
      look();
    },
  };
}

/* The same where all rows are there. */
function allRows(scroller, rows) {
  return {
    count: rows.length,
    get: (index) => rows[index] || null,
    forEach: (action) => rows.forEach(action),
    show: (...indices) => reveal(scroller, ...indices.map((index) => rows[index])),
  };
}

/* The render of what is in a drawer: nothing is drawn while it is closed, and all of it when it opens or is printed. */
function whileOpen(drawer, render) {
  let last = null;
  function drawAll() {
    if (!last) { return; }
    const view = { ...last, isNewMoment: true, afterwards: [] };
    render(view);
    view.afterwards.forEach((action) => action());
  }
  drawer.addEventListener("toggle", () => { if (drawer.open) { drawAll(); } });
  addEventListener("beforeprint", drawAll);
  return (view) => {
    last = view;
    if (drawer.open) { render(view); }
  };
}

/* One stop of the tab key for a whole list; the arrows go on from there. Returns what makes a button part of it. */
function arrowsIn(list, indexOf, rows) {
  let stop = 0;
  const buttonIn = (row) => row && row.querySelector("button");
  function stopAt(index) {
    const [before, now] = [buttonIn(rows().get(stop)), buttonIn(rows().get(index))];
    if (before) { before.tabIndex = -1; }
    now.tabIndex = 0;
    stop = index;
    return now;
  }
  list.addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest("[data-node], [data-step]");
    if (!way || !row || indexOf(row) + way < 0 || indexOf(row) + way >= rows().count) { return; }
    event.preventDefault();
    rows().show(indexOf(row) + way);
    stopAt(indexOf(row) + way).focus();
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-node], [data-step]");
    if (row) { stopAt(indexOf(row)); }
  });
  return (row, index) => { buttonIn(row).tabIndex = index === stop ? 0 : -1; };
}

/* ------------------------------------------------------------------ the table */

function tableView(root, model, onSelect) {
  const list = root.querySelector(".table-scroll");
  const table = list.querySelector("table");
  const seen = new WeakMap();
  let last = null;
  let rows = null;
  const mark = arrowsIn(table, (row) => Number(row.dataset.node), () => rows);

  function prepared(row, position) {
    const button = element("button", "pick", row.querySelector("bdi"));
    button.type = "button";
    sayOn(button, { title: "table.pick" });
    button.addEventListener("click", () => onSelect(position));
    row.querySelector("th").prepend(button);
    mark(row, position);
    return row;
  }

  /* The style sheet lays long tables out as grids, which removes their roles for screen readers. */
  function withRoles(...parts) {
    const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
    parts.forEach((part) => {
      part.setAttribute("role", roles[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
    });
  }

  const made = nodeRows(table, model);
  const isLarge = root.classList.contains("large");
  if (isLarge) { withRoles(table, ...table.querySelectorAll("thead, tbody, tr, th, td")); }
  if (model.nodes.length > MOST) {
    const pattern = table.querySelector("tbody tr");
    table.querySelectorAll("tbody").forEach((group) => group.remove());
    const body = element("tbody");
    withRoles(body);
    table.append(body);
    table.setAttribute("aria-rowcount", model.nodes.length + 1);
    rows = rowsInSight(list, body, {
      count: model.nodes.length,
      height: 36,
      make(position) {
        const row = prepared(rowOfNode(pattern.cloneNode(true), model.nodes[position]), position);
        row.setAttribute("aria-rowindex", position + 2);
        return row;
      },
      draw(row, position) {
        if (last && last.differences) { last.differences.want(position); }
        if (last) { draw(last, row, position); }
      },
    });
  } else {
    rows = allRows(list, made.map(prepared));
  }

  function role(view, position) {
    if (view.firstWrong === position) { return say("table.wrong"); }
    if (view.receivers.includes(position)) {
      return view.shot.moment.phase === "forward" ? say("table.computed") : say("table.receives");
    }
    return view.givers.includes(position) && view.shot.moment.phase === "backward" ? say("table.gives") : "";
  }

  function draw(view, row, at) {
    const now = {
      language,
      role: role(view, at),
      data: view.shot.data[at],
      grad: view.shot.grad[at],
      tint: tintOf(view.shot.grad[at], view.largest),
      isSelected: view.selected === at,
      right: view.wrong[at],
      difference: view.differences ? view.differences.found[at] : null,
    };
    const before = seen.get(row) || {};
    seen.set(row, now);
    if (Object.keys(now).every((key) => Object.is(now[key], before[key]))) { return; }
    const [data, grad, difference] = [".data", ".grad", ".difference"].map((name) => row.querySelector(name));
    setNumber(data, now.data);
    setNumber(grad, now.grad);
    if (now.right !== null) { grad.append(element("small", "right", say("table.right", { value: shown(now.right) }))); }
    setNumber(difference, now.difference, "table.uncomputed");
    grad.className = "grad " + now.tint + (now.right === null ? "" : " wrong");
    setText(row.querySelector(".role"), now.role);
    marks(row, ["current", "selected"], [now.role ? "current" : "", now.isSelected ? "selected" : ""]);
  }

  /* The receiver last: if both rows do not fit, the one that changes is shown. */
  const showCurrent = (view) => rows.show(...view.givers.slice(-1), ...view.receivers.slice(-1));

  return whileOpen(list.closest("details"), (view) => {
    last = view;
    marks(table, ["with-differences"], [view.differences ? "with-differences" : ""]);
    rows.forEach((row, at) => { if (view.differences) { view.differences.want(at); } });
    rows.forEach((row, at) => draw(view, row, at));
    view.afterwards.push(() => {
      if (view.isNewMoment) { showCurrent(view); }
      if (view.isNewChoice) { rows.show(view.selected); }
    });
  });
}

/* The rows of the table, with those that the page lacks if all are to be there. */
function nodeRows(table, model) {
  table.querySelectorAll(".rest").forEach((note) => note.remove());
  const rows = [...table.querySelectorAll("tbody tr")];
  if (model.nodes.length > MOST) { return rows; }
  const pattern = table.querySelector("tbody:last-of-type");
  const size = pattern.rows.length; /* the browser lays out only the groups in sight */
  for (let start = rows.length; start < model.nodes.length; start += size) {
    const nodes = model.nodes.slice(start, start + size);
    const group = pattern.cloneNode(false);
    group.append(...nodes.map((node) => rowOfNode(pattern.rows[0].cloneNode(true), node)));
    group.style.setProperty("--rows", nodes.length);
    table.append(group);
    rows.push(...group.rows);
  }
  return rows;
}

function rowOfNode(row, node) {
  row.dataset.node = node.position;
  const heading = row.querySelector("th");
  const isLong = node.name.includes(".") && node.name.split(".").every((part) => part.length <= 16);
  heading.className = isLong ? "path" : "";
  if (isLong) { heading.title = node.name; } else { heading.removeAttribute("title"); }
  heading.querySelector("bdi").replaceChildren(...breaking(node.name));
  const made = row.querySelector(".expression");
  delete made.dataset.say;
  if (node.op) { made.replaceChildren(...breaking(node.expression)); } else { sayOn(made, { text: "table.input" }); }
  return row;
}

/* A text that may be broken after the dots of a name such as layers.0.w, but not within a number. */
function breaking(text) {
  return text.split(/(?<=[\p{L}_]\.)|(?<=\.)(?=[\p{L}_])/u)
    .flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

/* ------------------------------------------------------------------ the steps */

function stepsView(root, model, onMoment) {
  const drawer = root.querySelector(".steps");
  const list = drawer.querySelector("ol");
  let last = null;
  let rows = null;
  const mark = arrowsIn(list, (row) => Number(row.dataset.step), () => rows);

  function prepared(row, index) {
    const button = element("button", "go", ...row.childNodes);
    button.type = "button";
    button.addEventListener("click", () => onMoment(model.forward.length + 2 + index));
    row.append(button);
    mark(row, index);
    return row;
  }

  const first = stepRows(list, model);
  if (model.steps.length > MOST) {
    const pattern = first[0];
    const scroller = element("div", "scroller");
    scroller.tabIndex = 0;
    list.removeAttribute("tabindex");
    list.replaceWith(scroller);
    list.replaceChildren();
    scroller.append(list);
    rows = rowsInSight(scroller, list, {
      count: model.steps.length,
      height: 36,
      make(index) {
        const row = prepared(rowOfStep(pattern.cloneNode(true), model, index), index);
        row.setAttribute("aria-setsize", model.steps.length);
        row.setAttribute("aria-posinset", index + 1);
        return row;
      },
      draw(row, index) { if (last) { draw(last, row, index); } },
    });
  } else {
    rows = allRows(list, first.map(prepared));
  }

  function showStep(view) {
    const reached = stepsTaken(view.shot.moment);
    if (reached) { rows.show(reached - 1); }
  }

  function draw(view, row, index) {
    const reached = stepsTaken(view.shot.moment);
    const event = view.replay.events[index];
    const name = (position) => model.nodes[position].name;
    const isVeiled = view.quiz && (index + 1 > reached || (index + 1 === reached && view.quiz.hides));
    /* Whose turn it is may be asked, too. */
    const isUnknown = isVeiled && (index + 1 > reached || view.quiz.stage === "who");
    setText(row.querySelector(".what"), isUnknown ? "…" : name(event.step.node) + " → " + name(event.step.operand));
    setText(row.querySelector(".sum"), isVeiled ? "…" : sumOf(view.replay.bug, event));
    marks(row, ["past", "now"], [index + 1 < reached ? "past" : index + 1 === reached ? "now" : ""]);
  }

  return whileOpen(drawer, (view) => {
    last = view;
    rows.forEach((row, index) => draw(view, row, index));
    if (view.isNewMoment) { view.afterwards.push(() => showStep(view)); }
  });
}

/* The steps of the list, with those that the page lacks if all are to be there. */
function stepRows(list, model) {
  list.querySelectorAll(".rest").forEach((note) => note.remove());
  const rows = [...list.children];
  for (let index = rows.length; index < model.steps.length && model.steps.length <= MOST; index += 1) {
    rows.push(rowOfStep(rows[0].cloneNode(true), model, index));
    list.append(rows[index]);
  }
  return rows;
}

function rowOfStep(row, model, index) {
  const { node, operand } = model.steps[index];
  row.dataset.step = index;
  row.querySelector(".what").textContent = model.nodes[node].name + " → " + model.nodes[operand].name;
  row.querySelector(".sum").textContent = "";
  return row;
}

/* 0 + (−2 × 3) = −6 */
function sumOf(bug, event) {
  const product = shown(event.upstream) + " × " + bracketed(event.local);
  return (bug === "assign" ? product : shown(event.before) + " + (" + product + ")") + " = " + shown(event.after);
}
