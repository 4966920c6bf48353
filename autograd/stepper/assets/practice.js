/* Practice: graphs that stand in the page as templates, one after another, each with other numbers every time. The numbers
   are drawn until each mistake that can be made leads to a number of its own. Read practise first. */

const LAST_LEVEL = 4;

/* Show exercises in an element of the page. */
function practise(place, programs) {
  const templates = [...place.querySelectorAll("template")];
  let level = 1;
  let shownNow = null;

  function next() {
    const others = templates.filter((one) => Number(one.dataset.level) === level && one !== shownNow);
    shownNow = others[Math.floor(Math.random() * others.length)];
    const before = place.querySelector(".stepgrad");
    const mode = before ? before.dataset.mode : "predict";
    const root = shownNow.content.firstElementChild.cloneNode(true);
    if (before) {
      if (root.dataset.language) { root.dataset.language = ""; }
      root.lang = before.lang;
      before.remove();
    }
    place.append(root);
    const trace = JSON.parse(root.querySelector("script.trace").textContent);
    const model = modelOf(trace, programs);
    const stepper = start(root, trace, programs, {
      level,
      numbers: clearNumbers(model),
      /* Another exercise: of the level that was chosen, or after one without a mistake of the next. */
      another(chosen, isFlawless) {
        level = chosen === level && isFlawless ? Math.min(level + 1, LAST_LEVEL) : chosen;
        next();
      },
    });
    stepper.setMode(mode);
  }

  next();
}

/* The level and the button in the panel of the tutor, on a page with exercises. */
function practiceControls(panel, stepper) {
  const controls = panel.querySelector(".practice");
  controls.hidden = !stepper.practice;
  if (!stepper.practice) { return; }
  const choice = controls.querySelector("select");
  choice.value = String(stepper.practice.level);
  choice.addEventListener("change", () => stepper.practice.another(Number(choice.value), false));
  controls.querySelector("button").addEventListener("click", () => {
    stepper.practice.another(stepper.practice.level, stepper.isFlawless());
  });
}

/* ------------------------------------------------------------------ numbers */

const DRAWS = 400;

/* Numbers for the leaves, a map from position to number, with which a graph makes a clear exercise; none, which leaves the
   graph as it is, if that takes too long. */
function clearNumbers(model) {
  const whole = [-4, -3, -2, 2, 3, 4, 5];
  const small = [-1.5, -1.2, -0.8, -0.6, -0.5, -0.4, 0.3, 0.4, 0.5, 0.7, 0.8, 1.2, 1.5];
  const isCurved = model.nodes.some(({ op }) => ["tanh", "exp", "sigmoid"].includes(op));
  const numbers = isCurved ? small : whole;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const leaves = new Map(model.leaves.map((leaf) => [leaf, numbers[Math.floor(Math.random() * numbers.length)]]));
    if (isClearExercise(model, recomputed(model, leaves))) { return leaves; }
  }
  return new Map();
}

/* Whether each mistake at each question shows: all numbers are of a size to be typed, and none is like another. There is a
   0 only where relu makes one. */
function isClearExercise(model, run) {
  const isHandy = (number) => Math.abs(number) >= 0.01 && Math.abs(number) < 200;
  const hasZeros = model.nodes.some(({ op }) => op === "relu");
  if (!run.data.every((number) => isHandy(number) || (number === 0 && hasZeros))) { return false; }
  return replayed(model, run).events.every((event) => {
    const task = taskOf(model, run, event);
    return (isHandy(event.product) || event.local === 0) && isClear("contribution", task)
      && (event.step.contribution === 1 || isClear("total", task));
  });
}
