/* The entry point: start runs the stepper of one section, with its state, its controls and one render for all views.

   The state is a position on the slider and the learner's choices: inputs, a bug, a selected node, the mode. Every view is a
   function of the state and the model (model.js). An exercise of practice.js brings numbers for its inputs. */

function start(root, json, programs, practice = null) {
  const model = modelOf(json, programs);
  const names = { /* in the words of the template */
    result: model.nodes[model.result].name, seed: shown(model.seed.gradient), nodes: model.nodes.length,
    operations: model.forward.length, steps: model.steps.length,
  };
  speak(root, firstLanguage(root), names);
  const prefix = root.id + "-";
  /* A cache, since a query may search thousands of elements. */
  const found = new Map();
  function find(selector) {
    if (!found.has(selector)) { found.set(selector, root.querySelector(selector)); }
    return found.get(selector);
  }
  /* It opens on the values, without a gradient. */
  const state = { at: model.forward.length, isOpening: true, byNode: false, bug: "", selected: null, mode: "watch", withDifferences: false };
  const isPredicting = () => state.mode === "predict";
  const isTaught = () => isPredicting() || state.mode === "find";
  let leaves = practice ? practice.numbers : new Map();
  let run = leaves.size ? recomputed(model, leaves) : model.original;
  let replay = replayed(model, run);
  let differences = null;
  let shownView = null;
  let timer = null;
  let frame = 0;
  let secret = null; /* the replay to show in place of the right one, with a bug in it that nobody chose */
  let goesOn = false; /* whether the next picture shows the step that follows, which then moves */
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const stepper = {
    state, go, next: () => move(1), render, setMode, setLeaf, resetLeaves, setLeaves, recomputed: compute, mark, moveOn, isStill,
    moveTo, reveal, plant, practice,
    view: () => shownView,
    run: () => run,
    isFlawless: () => tutor.isFlawless(),
    leaves: () => new Map(leaves),
    /* What the inputs give, without a bug. */
    base: () => ({ run, replay: replay.right || replay }),
    /* What stands for a node on the picture, its card or a box around it; null if nothing does. */
    cardOf: (position) => graph.cardOf(position),
  };
  const early = earlyNode(model, run);
  const graph = graphView(root, model, prefix, select);
  const changes = changesOf(root, prefix, model);
  const tutor = tutorPanel(root, model, stepper);
  const views = [
    tableView(root, model, select),
    whileOpen(find(".order"), orderView(root, model)),
    cardView(root, model),
    sourceView(root, model, select),
    stepsView(root, model, go),
    bugPanel(root, model, stepper),
    inputsPanel(root, model, prefix, stepper),
    pathsPanel(root, model, choose),
  ];
  drawersPanel(root, () => graph.camera.refit());
  const search = searchField(root, model, jump);

  /* ---------------------------------------------------------------- what is to be seen */

  function viewNow() {
    const mode = modes[state.mode];
    const { isWhole } = mode; /* whether all gradients are there, and nothing is passed on */
    const { run, replay } = isWhole ? mode.shown() : now();
    const at = isWhole ? lastMoment(model) : state.at;
    const moment = momentOf(model, at);
    const asked = isTaught() ? tutor.stateAt(stepsTaken(moment)) : null;
    const isHidden = asked !== null && asked.hides;
    const shot = snapshot(model, run, replay, isHidden ? at - 1 : at, shownView && shownView.shot);
    const isNewMoment = !isWhole && (!shownView || !isSame(shownView.shot.moment, moment));
    shot.moment = moment;
    const events = isWhole || (asked && asked.stage === "who") ? [] : eventsAt(replay, moment, state.byNode);
    const edges = [];
    let givers = [];
    let receivers = [];
    if (events.length) {
      givers = [events[0].step.node];
      receivers = [...new Set(events.map((event) => event.step.operand))];
      edges.push(...events.map((event) => event.step.node + "-" + event.step.slot));
    } else if (moment.phase === "backward" && !isWhole) {
      receivers = moment.index ? [] : [model.seed.node];
    } else if (moment.phase === "forward" && moment.index > 0 && !state.isOpening) {
      const position = model.forward[moment.index - 1];
      receivers = [position];
      givers = [...new Set(model.nodes[position].operands.filter((o) => "node" in o).map((o) => o.node))];
      edges.push(...model.nodes[position].operands.map((operand, slot) => position + "-" + slot));
    }
    const done = stepsTaken(moment) - (isHidden ? 1 : 0);
    const wrong = model.nodes.map(() => null);
    for (let index = 0; index < done && replay.bug; index += 1) {
      const { step, wrong: isWrong } = replay.events[index];
      wrong[step.operand] = isWrong ? replay.right.gradients[step.operand] : null;
    }
    const isReached = replay.firstWrong >= 0 && done > replay.firstWrong;
    if (state.withDifferences && !isTaught() && differences === null) {
      differences = finiteDifferences(model, now().run, render);
    }
    return {
      shot, events, edges, givers, receivers, wrong, run, replay,
      isNewMoment,
      isOpening: state.isOpening && !isWhole,
      isNewMode: !shownView || shownView.mode !== state.mode,
      mode: state.mode,
      told: mode.sentence ? mode.sentence() : null,
      change: mode.change ? mode.change() : null,
      asked: state.isAsked ? state.selected : null,
      selected: state.selected,
      isNewChoice: state.selected !== null && (!shownView || shownView.selected !== state.selected),
      pathEdges: isTaught() || !find(".paths").open ? [] : edgesTo(model, state.selected),
      firstWrong: isReached ? replay.events[replay.firstWrong].step.operand : null,
      largest: replay.largest,
      differences: state.withDifferences && !isTaught() ? differences : null,
      quiz: asked,
      afterwards: [],
    };
  }

  const now = () => ({ run, replay });
  const isSame = (one, other) => one.phase === other.phase && one.index === other.index;

  function render() {
    const view = viewNow();
    shownView = view;
    graph.render(view);
    views.forEach((draw) => draw(view));
    tutor.render(view);
    search.render();
    renderControls(view);
    if (modes[state.mode].render) { modes[state.mode].render(view); }
    /* Actions that measure the page run last, so that the browser lays it out once. */
    view.afterwards.forEach((action) => action());
    picture(view);
    keepFocus();
  }

  /* A button that has the focus and may not be pressed any more would leave the keyboard nowhere. */
  function keepFocus() {
    const { activeElement } = document;
    if (!root.contains(activeElement) || !activeElement.disabled) { return; }
    const other = activeElement.closest("[data-in], details, section").querySelector(
      ":is(button, input, select):not(:disabled, [hidden], [tabindex='-1'])");
    (other || find(".viewport")).focus({ preventScroll: true });
  }

  /* The step on the picture: moving if the reader has just gone on to it, at rest otherwise. */
  function picture(view) {
    cancelAnimationFrame(frame);
    const isMoving = goesOn && !isStill();
    goesOn = false;
    const length = !isMoving ? 0 : view.change ? view.change.motion
      : graph.passing.durations(view).motion / Number(find(".speed").value);
    const draw = (t) => {
      graph.passing.draw(view, t);
      changes.draw(view, t);
    };
    if (!length) { draw(1); return; }
    const start = performance.now() + graph.travelling(); /* when all cards are in their places */
    const next = (time) => {
      const t = Math.min(Math.max((time - start) / length, 0), 1);
      draw(t);
      if (t < 1) { frame = requestAnimationFrame(next); }
    };
    draw(0);
    frame = requestAnimationFrame(next);
  }

  graph.onRedrawn(() => {
    picture(shownView);
    changes.again();
  });

  function isStill() {
    return still.matches || document.visibilityState !== "visible";
  }

  function moveOn() {
    goesOn = true;
    render();
  }

  function renderControls(view) {
    renderMode();
    const { moment } = view.shot;
    const last = lastMoment(model);
    const slider = find(".slider");
    slider.max = String(last);
    slider.value = String(state.at);
    const where = moment.phase === "forward"
      ? say("where.forward", { index: moment.index, count: model.forward.length })
      : moment.index ? say("where.backward", { index: moment.index, count: model.steps.length }) : say("where.seed");
    slider.setAttribute("aria-valuetext", where);
    setText(find(".where"), where);
    const said = isPredicting() ? [] : narration(model, view); /* the tutor speaks */
    if (said.map((part) => part.textContent || part).join("") !== find(".narration").textContent) {
      find(".narration").replaceChildren(...said);
    }
    showPlaying();
    [".first", ".previous"].forEach((name) => find(name).setAttribute("aria-disabled", String(state.at === 0)));
    [".next", ".last"].forEach((name) => find(name).setAttribute("aria-disabled", String(state.at === last)));
    marks(root, ["is-forward", "is-backward"], ["is-" + moment.phase]);
  }

  /* ---------------------------------------------------------------- what changes the state */

  function go(at) {
    if (isTaught() && at !== state.at) { tutor.skip(momentIndex()); }
    moveTo(at);
    if (state.at === lastMoment(model)) { pause(); }
    render();
  }

  function moveTo(at) {
    state.at = Math.min(Math.max(at, 0), lastMoment(model));
    state.isOpening = false;
    state.isAsked = false;
  }

  /* What has just been answered moves on the picture. */
  function reveal() {
    goesOn = true;
    render();
  }

  /* What is done with the picture. A mode is an object of which each part may be missing: the actions `enter`, `leave`,
     `pick` for a node that is chosen and `onKey`; `render` for its panel; what `shown` gives, a run and its replay, in
     place of those of the inputs; its `sentence`, and the `change` on the picture. The parts of the page that belong to
     it list its name in data-in. */
  const modes = {
    watch: {},
    nudge: nudgeMode(root, model, prefix, stepper),
    train: trainMode(root, model, stepper),
    predict: lesson("predict"),
    find: lesson("find"),
  };

  const tabs = [...root.querySelectorAll(".mode")];
  const parts = [...root.querySelectorAll("[data-in]")];

  /* From one mode to another. A drag that enters a mode goes on in the picture as it stands, which isKept says. */
  function setMode(name, isKept = false) {
    if (name === state.mode || !modes[name]) { return; }
    pause();
    const { leave } = modes[state.mode];
    if (leave) { leave(); }
    state.mode = name;
    if (modes[name].enter) { modes[name].enter(); }
    render();
    if (!isKept) { graph.camera.refit(); }
    if (isTaught()) { tutor.focus(); }
  }

  /* Begin or end a lesson of the tutor, which is about one edge at a time, and a pass without the bug that was chosen. */
  function learn(name) {
    state.byNode = false;
    state.bug = "";
    state.selected = null;
    find(".grain").value = "edge";
    find(".bugs").value = "";
    replay = replayed(model, run);
    tutor.teach(name);
  }

  /* A mode of the tutor: a node that is clicked is an answer where one is asked for. */
  function lesson(name) {
    return {
      enter: () => learn(name),
      leave: () => learn(null),
      pick: (position) => { if (tutor.takesNode()) { tutor.answer(position); } },
    };
  }

  /* Show a backward pass with a bug in place of the right one; null for the right one. */
  function plant(wrong) {
    secret = wrong;
    replay = secret || replayed(model, run, state.bug, early);
  }

  function renderMode() {
    root.dataset.mode = state.mode;
    parts.forEach((part) => { part.hidden = !part.dataset.in.split(" ").includes(state.mode); });
    tabs.forEach((tab) => {
      tab.setAttribute("aria-pressed", String(tab.dataset.mode === state.mode));
    });
  }

  const momentIndex = () => stepsTaken(momentOf(model, state.at));

  function move(direction) {
    /* An open question shows its answer first; the next call goes on. */
    if (direction > 0 && isPredicting() && shownView.quiz.hides && momentIndex() > 0) {
      tutor.skip(momentIndex());
      reveal();
      return;
    }
    const ahead = nextStop(model, replay, state.byNode, state.at, direction);
    if (ahead !== state.at) {
      goesOn = direction > 0;
      go(ahead);
    }
  }

  function choose(position) {
    const { hold } = modes[state.mode];
    if (hold && position !== null) { hold(position); return; }
    state.selected = state.selected === position ? null : position;
    render();
  }

  function mark(position) {
    state.selected = position;
    state.isAsked = false;
  }

  /* Chosen on the picture, in the table or the program: the sentence tells of its gradient. */
  function select(position) {
    const { pick } = modes[state.mode];
    if (pick) { pick(position); return; }
    state.isAsked = state.selected !== position;
    choose(position);
  }

  /* To the step of a node in the phase that is on: where it is computed, or where its gradient is complete. */
  function jump(position) {
    pause();
    if (modes[state.mode].hold) { choose(position); return; }
    state.selected = position;
    go(momentOfNode(model, replay, momentOf(model, state.at).phase, position));
  }

  function replayAgain() {
    replay = secret || replayed(model, run, state.bug, early);
    if (differences) { differences.stop(); }
    differences = null;
  }

  /* Compute again from other values of some leaves; the others keep theirs, unless these are all. Gives the new run. */
  function compute(changed, areAll = false) {
    leaves = areAll ? changed : new Map([...leaves, ...changed]);
    run = leaves.size ? recomputed(model, leaves) : model.original;
    replayAgain();
    return run;
  }

  function setLeaves(changed, areAll) {
    compute(changed, areAll);
    render();
  }

  function setLeaf(position, number) {
    setLeaves(new Map([[position, number]]));
  }

  function resetLeaves() {
    setLeaves(new Map(), true);
  }

  /* ---------------------------------------------------------------- playing */

  function pause() {
    if (timer === null) { return; }
    clearTimeout(timer);
    timer = null;
    showPlaying();
  }

  function play() {
    if (state.at === lastMoment(model)) { go(model.forward.length); }
    pause();
    timer = setTimeout(goOn, 300);
    showPlaying();
    render();
  }

  /* One step, then the next after its motion and a rest in which it can be read. */
  function goOn() {
    if (!root.isConnected) { pause(); return; }
    move(1);
    if (timer === null) { return; } /* at the end */
    const { motion, rest } = graph.passing.durations(shownView);
    timer = setTimeout(goOn, (still.matches ? 3000 : motion + rest) / Number(find(".speed").value));
  }

  function showPlaying() {
    const { isRunning } = modes[state.mode];
    const isPlaying = timer !== null || Boolean(isRunning && isRunning());
    const button = find(".play");
    const { length } = model.forward;
    setText(button, say(isPlaying ? "play.pause" : state.at === lastMoment(model) ? "play.again"
      : state.at === length ? "play.start" : "play.on"));
    /* While playing, screen readers stay silent: they could not finish a sentence before the next one. */
    find(".narration").setAttribute("aria-live", isPlaying ? "off" : "polite");
  }

  const toggle = () => (timer === null ? play() : pause());

  /* ---------------------------------------------------------------- controls */

  const onClick = (selector, action) => find(selector).addEventListener("click", action);
  onClick(".first", () => { pause(); go(0); });
  onClick(".previous", () => { pause(); move(-1); });
  onClick(".next", () => { pause(); move(1); });
  onClick(".last", () => { pause(); go(lastMoment(model)); });
  onClick(".play", toggle);
  tabs.forEach((tab) => tab.addEventListener("click", () => setMode(tab.dataset.mode)));
  find(".slider").addEventListener("input", (event) => { pause(); go(Number(event.target.value)); });
  find(".speed").addEventListener("change", () => { if (timer !== null) { play(); } });
  find(".grain").addEventListener("change", (event) => {
    state.byNode = event.target.value === "node";
    render();
  });
  find(".differing").addEventListener("change", (event) => {
    state.withDifferences = event.target.checked;
    render();
  });
  find(".bugs").addEventListener("change", (event) => {
    state.bug = event.target.value;
    replayAgain();
    render();
  });
  if (early === null) {
    find('.bugs option[value="order"]').disabled = true;
    sayOn(find(".bugs"), { title: "bug.order.disabled" });
  }
  find(".paths").addEventListener("toggle", render);

  /* Keys work while the stepper has the focus, except in elements with a meaning of their own for them; if it is the
     only one in a document, also while nothing has it. */
  function onKey(event) {
    const { target, key } = event;
    if (!root.isConnected) { return; } /* an exercise that is over */
    /* With Shift on many keyboards. */
    if (key === "/" && !target.matches("input, textarea") && !isLecture()) { search.focus(); event.preventDefault(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
    const { isWhole, onKey: own } = modes[state.mode];
    const isPressed = target.matches("summary, button") && (key === "Enter" || key === " ");
    const isTyped = isPressed || target.matches("input, select, textarea");
    if (own && (!isTyped || key === "Escape") && own(event)) { event.preventDefault(); return; }
    if (event.shiftKey || (isWhole && key !== "f" && key !== "Escape")) { return; }
    /* An arrow on a menu would choose the next entry, on a step. */
    const isMenuStep = target.matches("select") && (key === "ArrowLeft" || key === "ArrowRight");
    if (target.matches("input, select, textarea") && !isMenuStep) { return; }
    if (key === " " && target.matches("button, summary, a")) { return; }
    const stop = (action) => () => { pause(); action(); };
    const action = {
      ArrowRight: stop(() => move(1)),
      ArrowLeft: stop(() => move(-1)),
      PageDown: isLecture() ? stop(() => move(1)) : null, /* what clickers send */
      PageUp: isLecture() ? stop(() => move(-1)) : null,
      Home: stop(() => go(0)),
      End: stop(() => go(lastMoment(model))),
      " ": isPredicting() ? null : toggle,
      f: () => lecture(!isLecture()),
      Escape: isLecture() ? () => lecture(false) : null,
    }[key];
    if (action) { action(); event.preventDefault(); }
  }
  root.addEventListener("keydown", onKey);
  document.addEventListener("keydown", (event) => {
    const isAlone = document.querySelectorAll(".stepgrad").length === 1;
    if (isAlone && (event.target === document.body || event.target === document.documentElement)) { onKey(event); }
  });

  /* For a lecture: the graph and one line, over the whole screen. */
  const isLecture = () => root.classList.contains("lecture");
  function lecture(isOn) {
    root.classList.toggle("lecture", isOn);
    if (isOn && root.requestFullscreen) { root.requestFullscreen().catch(() => {}); }
    if (!isOn && document.fullscreenElement) { document.exitFullscreen().catch(() => {}); }
    graph.camera.refit();
  }
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && isLecture()) { lecture(false); }
  });
  onClick(".full", () => lecture(!isLecture()));

  const changeLanguage = languageButton(find(".language"), root, names, render);

  /* Everything at once, as an address tells it. */
  function restore({ at, isOpening, mode, selected, isAsked, held, bug, byNode, lang, leaves: changed }) {
    pause();
    changeLanguage(lang);
    setMode("watch");
    Object.assign(state, { at: model.forward.length, isOpening: true, selected: null, bug: "", nudge: null });
    compute(changed, true); /* before a bug is hidden in it */
    setMode(mode);
    Object.assign(state, { selected, isAsked, bug, byNode: byNode && !isPredicting() });
    /* Without a step in the address, a mode begins where it begins. */
    if (!isOpening) { Object.assign(state, { at, isOpening }); }
    find(".bugs").value = bug;
    find(".grain").value = state.byNode ? "node" : "edge";
    replayAgain();
    if (mode === "nudge" && selected !== null) { state.nudge = { position: selected, value: held }; }
    render();
  }

  root.classList.add("live");
  framed(root, () => graph.camera.refit());
  graph.camera.start();
  render();
  views.push(addressed(root, model, { state: () => ({ ...state, leaves }), restore }));
  return stepper;
}
