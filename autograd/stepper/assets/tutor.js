/* The tutor: it asks, and tells what a wrong answer comes from. In the mode "predict" it asks whose turn it is, what a node
   passes on, and what the receiver then has in all; in the mode "find" it asks for the first node that a secret bug
   spoils. One field takes every answer: a number, or the name of a node, which may be clicked instead. Read tutorPanel
   first; mistakes.js knows the mistakes, and bugs.js the bugs. */

function tutorPanel(root, model, stepper) {
  const panel = root.querySelector(".tutor");
  const part = (name) => panel.querySelector("." + name);
  const field = panel.querySelector("input");
  const lessons = { predict: predicting(model, stepper), find: finding(model, stepper) };
  let lesson = null; /* null in the other modes */
  let said = { key: "", names: {}, kind: "" };
  let score = { asked: 0, right: 0 };
  let attempt = { question: "", tries: 0, hints: 0 };
  let isNew = false; /* whether the field awaits an answer to another question than before */

  function tell(key, names = {}, kind = "") { said = { key, names, kind }; }

  /* A question counts from the first answer or hint on, as right if that was the right answer. */
  function count({ tries, hints }, isRight) {
    if (tries + hints === 0) {
      score.asked += 1;
      score.right += isRight ? 1 : 0;
    }
  }

  function check() {
    const view = stepper.view();
    if (!lesson.question(view)) { lesson.goOn(view); return; }
    if (!field.value.trim()) { return; }
    const given = lesson.takes(view) === "node" ? nodeNamed(model, field.value) : typed(field.value);
    if (given === null) {
      const key = lesson.takes(view) === "node" ? "tutor.unknown" : "tutor.number";
      tell(key, { text: clean(field.value).slice(0, 40) }, "wrong");
      stepper.render();
      return;
    }
    answer(given);
  }

  function answer(given) {
    const now = attempt;
    const { isRight, key, names } = lesson.answer(stepper.view(), given);
    count(now, isRight);
    now.tries += 1;
    tell(key, names, isRight ? "right" : "wrong");
    if (isRight) { stepper.reveal(); } else { stepper.render(); field.select(); }
  }

  function hint() {
    const view = stepper.view();
    count(attempt, false);
    attempt.hints += 1;
    tell("");
    if (attempt.hints === 3) { tell(...lesson.giveUp(view)); stepper.reveal(); } else { stepper.render(); }
  }

  part("check").addEventListener("click", check);
  part("hint").addEventListener("click", hint);
  /* Not a form: the frame of a notebook is sandboxed with allow-scripts only, so a form is never submitted. */
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { check(); event.preventDefault(); }
  });
  part("again").addEventListener("click", () => { restart(); stepper.render(); focus(); });
  practiceControls(panel, stepper);

  function restart() {
    score = { asked: 0, right: 0 };
    tell("");
    lesson.start();
  }

  /* With a mouse at hand: on a phone the keyboard would cover the graph. */
  function focus() {
    if (matchMedia("(hover: hover)").matches) { field.focus({ preventScroll: true }); }
  }

  function render(view) {
    if (!lesson) { return; }
    const hasFocus = panel.contains(document.activeElement); /* which an element loses when it is hidden */
    const question = lesson.question(view);
    const name = question ? lesson.nameOf(view) : "";
    if (name !== attempt.question) {
      attempt = { question: name, tries: 0, hints: 0 };
      isNew = true;
    }
    part("question").replaceChildren(...spelled(question || lesson.closing(view)));
    part("answer").hidden = !question;
    field.inputMode = lesson.takes(view) === "node" ? "text" : "decimal";
    const action = question ? "tutor.check" : lesson.nextKey(view);
    part("check").hidden = !action;
    if (action) { setText(part("check"), say(action)); }
    part("hint").hidden = !question;
    setText(part("hint"), say(["tutor.hint", "tutor.hint.more", "tutor.hint.answer"][Math.min(attempt.hints, 2)]));
    const hints = question ? lesson.hints(view).slice(0, attempt.hints) : [];
    part("hints").replaceChildren(...hints.flatMap((one) => element("span", "", ...spelled(one))));
    part("verdict").className = "verdict " + said.kind;
    part("verdict").replaceChildren(...spelled(said.key ? sayParts(said.key, said.names) : []));
    setText(part("score"), score.asked ? say("tutor.score", score) : "");
    part("again").hidden = Boolean(question) || !lesson.isOver(view);
    if (isNew) {
      field.value = "";
      isNew = false;
      /* Enter goes on from question to question. */
      if (hasFocus) { (question ? field : action ? part("check") : part("again")).focus({ preventScroll: true }); }
    }
  }

  return {
    /* Begin a lesson, or with null end it. */
    teach(name) {
      if (lesson) { lesson.stop(); }
      lesson = lessons[name] || null;
      if (lesson) { restart(); }
    },
    focus,
    render,
    /* What is hidden after a number of steps: { stage, hides, hints }, null where nothing is asked. */
    stateAt: (index) => (lesson ? { ...lesson.stateAt(index), hints: attempt.hints } : null),
    /* A node that was clicked is an answer where one is asked for. */
    takesNode: () => lesson !== null && lesson.question(stepper.view()) && lesson.takes(stepper.view()) === "node",
    answer,
    /* Leaving a question shows its answer. */
    skip(index) { if (lesson) { lesson.skip(index); tell(""); } },
    isFlawless: () => score.asked > 0 && score.right === score.asked,
  };
}

/* The position of the node of a name, in any case if that is clear; null if there is none. */
function nodeNamed(model, text) {
  const forms = [(name) => name.trim(), (name) => name.normalize("NFKC").trim(), (name) => name.normalize("NFKC").trim().toLowerCase()];
  for (const form of forms) {
    const near = model.nodes.filter(({ name }) => form(name) === form(text));
    if (near.length === 1) { return near[0].position; }
  }
  return null;
}

/* ------------------------------------------------------------------ predict */

/* Each step is asked for in stages: who, before a node's first edge; product; total, if the receiver has a sum; then it
   is done. */
function predicting(model, stepper) {
  const stages = new Map();
  const name = (position) => ({ name: model.nodes[position].name });
  const indexOf = (view) => stepsTaken(view.shot.moment);

  function stageAt(index) {
    if (index === 0) { return "done"; }
    if (stages.has(index)) { return stages.get(index); }
    return index > 1 && model.steps[index - 1].node !== model.steps[index - 2].node ? "who" : "product";
  }

  const eventOf = (view) => view.replay.events[indexOf(view) - 1];
  const stageOf = (view) => stageAt(indexOf(view));
  const taskFor = (view) => taskOf(model, view.run, eventOf(view));
  const isMore = (view) => model.steps[indexOf(view) - 1].contribution > 1;

  function named(view) {
    const { step, upstream, local, product, before, after } = eventOf(view);
    return {
      giver: name(step.node), receiver: name(step.operand), upstream: { upstream: shown(upstream) },
      local: { local: bracketed(local) }, product: shown(product + 0), before: shown(before + 0),
      added: bracketed(product + 0), sum: shown(after + 0), op: model.nodes[step.node].op,
      out: shown(view.run.data[step.node]), own: shown(view.run.data[step.operand]),
    };
  }

  /* The nodes that may pass their gradient on now. */
  function readyNodes(view) {
    const turns = turnsAfter(model, view.replay, indexOf(view) - 1);
    const ready = model.nodes.filter(({ position }) => ["next", "ready"].includes(turns[position].key)).slice(0, 6);
    return listed(ready.map(({ position }) => [name(position)]), say("now.passes.comma"));
  }

  /* To the next stage, which is returned. */
  function pass(view) {
    const stage = { who: "product", product: isMore(view) ? "total" : "done", total: "done" }[stageOf(view)];
    stages.set(indexOf(view), stage);
    return stage;
  }

  function onNode(view, position) {
    const { key, count, total } = turnsAfter(model, view.replay, indexOf(view) - 1)[position];
    const isRight = key === "next" || key === "ready";
    const names = { name: name(position), giver: name(eventOf(view).step.node), count, total };
    if (isRight) { pass(view); }
    return { isRight, key: "turn." + key, names };
  }

  function onNumber(view, guess) {
    const question = stageOf(view) === "total" ? "total" : "contribution";
    if (!agrees(guess, QUESTIONS[question].answer(taskFor(view)))) {
      const mistake = mistakeIn(question, taskFor(view), guess) || question;
      return { isRight: false, key: "mistake." + mistake, names: { ...named(view), guess: shown(guess) } };
    }
    const names = named(view);
    return { isRight: true, key: pass(view) === "done" ? "right" : "right.contribution", names };
  }

  return {
    start() {
      stages.clear();
      stepper.moveTo(model.forward.length + 2);
    },
    stop() {},
    stateAt: (index) => ({ stage: stageAt(index), hides: stageAt(index) !== "done" }),
    takes: (view) => (stageOf(view) === "who" ? "node" : "number"),
    nameOf: (view) => indexOf(view) + stageOf(view),
    question(view) {
      if (stageOf(view) === "done") { return null; }
      return sayParts("ask." + stageOf(view), stageOf(view) === "who" ? {} : named(view));
    },
    answer: (view, given) => (stageOf(view) === "who" ? onNode(view, given) : onNumber(view, given)),
    hints: (view) => ({
      who: () => [sayParts("hint.who.rule"), sayParts("hint.who.ready", { names: readyNodes(view) })],
      product: () => [
        sayParts("hint.rule", { rule: { part: localRule(model, eventOf(view).step) } }), sayParts("hint.numbers", named(view)),
      ],
      total: () => [sayParts("hint.total.rule"), sayParts("hint.total.numbers", named(view))],
    })[stageOf(view)](),
    giveUp(view) {
      const told = ["told." + stageOf(view), named(view)];
      pass(view);
      return told;
    },
    skip(index) { if (index > 0) { stages.set(index, "done"); } },
    closing(view) {
      if (indexOf(view) === 0) { return sayParts(model.steps.length ? "ask.begin" : "ask.none"); }
      return sayParts(isMore(view) ? "now.gives.sum" : "now.gives", named(view)).concat(
        indexOf(view) === model.steps.length ? [say("gap"), say("ask.end")] : []);
    },
    isOver: (view) => indexOf(view) === model.steps.length,
    nextKey: (view) => (indexOf(view) < model.steps.length ? "tutor.next" : ""),
    goOn: () => stepper.next(),
  };
}

/* ------------------------------------------------------------------ find the bug */

function finding(model, stepper) {
  let bugs = []; /* to come, in random order */
  let replay = null; /* with the bug named; null if none would show */
  let isFound = false;
  const name = (position) => ({ name: model.nodes[position].name });

  /* The next bug that shows, of those that are left or of all. */
  function nextReplay() {
    for (let round = 0; round < 2; round += 1) {
      while (bugs.length) {
        const made = planted(model, stepper.run(), bugs.pop());
        if (made.firstWrong >= 0) { return made; }
      }
      bugs = shuffled(possibleBugs(model, stepper.run()));
    }
    return null;
  }

  function another() {
    isFound = false;
    replay = nextReplay();
    stepper.plant(replay && veiled(model, replay));
    stepper.moveTo(model.forward.length + 1);
  }

  function reveal() {
    isFound = true;
    stepper.plant(replay);
    stepper.go(model.forward.length + 2 + replay.firstWrong);
  }

  const first = () => replay.events[replay.firstWrong];

  return {
    start() { bugs = []; another(); },
    stop() { stepper.plant(null); },
    stateAt: () => ({ stage: "find", hides: false }),
    takes: () => "node",
    nameOf: () => "find",
    question: () => (replay && !isFound ? sayParts("ask.find") : null),
    answer(view, position) {
      const key = verdictOn(replay, position);
      if (key === "first") { reveal(); }
      return { isRight: key === "first", key: "found." + key, names: { name: name(position) } };
    },
    hints: () => [
      sayParts("hint.find.kinds"), sayParts("hint.find.giver", { giver: name(first().step.node) }),
    ],
    giveUp() {
      reveal();
      return [""];
    },
    skip() {},
    closing: () => sayParts(replay ? "found.told" : "found.none", replay ? { name: name(first().step.operand) } : {}),
    isOver: () => false,
    nextKey: () => (replay ? "tutor.another.bug" : ""),
    goOn() { another(); stepper.render(); },
  };
}

function shuffled(list) {
  const mixed = list.slice();
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}
