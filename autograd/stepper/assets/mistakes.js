/* What a wrong answer tells of the thought behind it: the mistakes that are made with the chain rule, each with the
   number that it leads to. Read mistakeIn first. No words: each mistake has a key, and messages.json has its sentence. */

/* What is asked at a step of the backward phase: the numbers of the step, and the operation that it goes through. */
function taskOf(model, run, event) {
  const { position, op, program, operands, groups } = model.nodes[event.step.node];
  const { upstream, local, product, before, after } = event;
  const other = operands[(event.step.slot + operands.length / 2) % operands.length];
  return {
    upstream, local, product, before, after, op, program, groups,
    slot: event.step.slot,
    out: run.data[position],
    inputs: argumentsOf(model.nodes[position], run.data),
    isSquare: other !== undefined && other.node === event.step.operand,
    isOfOne: operands.filter((operand) => "node" in operand).length === 1,
  };
}

/* The derivative of the operation of a task by its formula, with other numbers in it. */
function slopeAt(task, out, inputs) {
  return elementary.slope(task.program.partials[task.slot](out, ...inputs));
}

/* The inputs of a task with another number in its slot. */
function inputsWith(task, number) {
  return task.inputs.map((input, slot) => (slot === task.slot ? number : input));
}

const isProduct = ({ op, isSquare }) => (op === "mul" || op === "dot") && !isSquare;
const isPower = ({ op, slot }) => (op === "pow" && slot === 0) || op === "square";
const isFunction = ({ isOfOne, program }) => isOfOne && Boolean(program);
const isOne = (number) => Math.abs(number) === 1;

/* Local derivatives by a wrong rule. */
const WRONG_RULES = [
  { key: "own", applies: isProduct, slope: (task) => task.inputs[task.slot] },
  { key: "exponent", applies: isPower, slope: ({ inputs: [base, power = 2] }) => elementary.pow(base, power - 1) },
  /* 1 − x² in place of 1 − out², and then the derivative of tanh at its output. */
  { key: "input", applies: isFunction, slope: (task) => slopeAt(task, task.inputs[task.slot], task.inputs) },
  { key: "output", applies: isFunction, slope: (task) => {
    const inputs = inputsWith(task, task.out);
    return slopeAt(task, task.program.forward(...inputs), inputs);
  } },
];

/* Contributions that are wrong. Where a factor is −1, to forget it is a matter of the sign, and where one is 0, nothing
   is left to be said of a sum. */
const WRONG_CONTRIBUTIONS = [
  { key: "sign", applies: () => true, value: ({ product }) => -product },
  { key: "total", applies: ({ before }) => before !== 0, value: ({ after }) => after },
  { key: "local", applies: ({ upstream }) => !isOne(upstream), value: ({ local }) => local },
  { key: "upstream", applies: ({ local }) => !isOne(local), value: ({ upstream }) => upstream },
  { key: "added", applies: ({ upstream, local }) => upstream * local !== 0, value: ({ upstream, local }) => upstream + local },
  ...WRONG_RULES.map(({ key, applies, slope }) => ({ key, applies, value: (task) => task.upstream * slope(task) })),
];

/* Running totals that are wrong: = in place of +=, and the like. Of two equal contributions, as of a * a, nobody can tell
   which one was left. */
const areEqual = ({ before, product }) => isClose(before, product);
const WRONG_TOTALS = [
  { key: "overwritten", applies: (task) => !areEqual(task), value: ({ product }) => product },
  { key: "kept", applies: (task) => !areEqual(task), value: ({ before }) => before },
  { key: "single", applies: areEqual, value: ({ product }) => product },
  { key: "subtracted", applies: () => true, value: ({ before, product }) => before - product },
];

const QUESTIONS = {
  contribution: { mistakes: WRONG_CONTRIBUTIONS, answer: ({ product }) => product },
  total: { mistakes: WRONG_TOTALS, answer: ({ after }) => after },
};

/* The mistakes that can be made at a question, each with its number. One that leads to the right number is none. */
function mistakesAt(question, task) {
  const { mistakes, answer } = QUESTIONS[question];
  return mistakes.filter(({ applies }) => applies(task))
    .map(({ key, value }) => ({ key, number: value(task) }))
    .filter(({ number }) => !agrees(number, answer(task)));
}

/* The key of the mistake that a wrong answer shows; null if none fits, or several do. That only the sign is wrong is true
   of the number, whatever was thought. */
function mistakeIn(question, task, guess) {
  const found = mistakesAt(question, task).filter(({ number }) => agrees(guess, number)).map(({ key }) => key);
  return found.length === 1 || found[0] === "sign" ? found[0] : null;
}

/* Whether the answers to a question are finite and differ by so much that each mistake can be told from the others. Many
   rules have the result, or the input, not in them; then it does not matter what stands there. */
function isClear(question, task) {
  const { mistakes, answer } = QUESTIONS[question];
  const right = answer(task);
  const isAny = (key, number) => isClose(number, right) && (right === 0 || key === "input" || key === "output");
  const numbers = mistakes.filter(({ applies }) => applies(task))
    .map(({ key, value }) => ({ key, number: value(task) }))
    .filter(({ key, number }) => !isAny(key, number))
    .map(({ number }) => number);
  const all = [right, ...numbers];
  const isApart = (x, y) => Math.abs(x - y) > 0.02 * Math.max(Math.abs(x), Math.abs(y));
  return all.every((x, index) => Number.isFinite(x) && all.slice(index + 1).every((y) => isApart(x, y)));
}

/* ------------------------------------------------------------------ whose turn it is */

/* After some steps, for each node what is to be said to "it is next": { key, count, total }. The key is next, or ready for a
   node that may as well be next, or says why it may not: input, done, waits. */
function turnsAfter(model, replay, taken) {
  const counts = model.nodes.map(() => 0);
  const done = new Set();
  replay.events.slice(0, taken).forEach(({ step }) => {
    counts[step.operand] += 1;
    done.add(step.node);
  });
  return model.nodes.map(({ position }) => {
    const [count, total] = [counts[position], model.entering[position].length];
    const isNext = replay.events[taken].step.node === position;
    const key = isNext ? "next" : !model.leaving[position].length ? "input" : done.has(position) ? "done"
      : count < total ? "waits" : "ready";
    return { key, count, total };
  });
}
