/* Bugs that are planted into the backward pass in secret: nothing on the page tells which one, until its first wrong node is
   found. Read possibleBugs, planted and veiled in this order. */

/* The bugs that a run may have, each { kind, early, op, slot }: those of the engine, and wrong rules of operations. Some
   have no effect. */
function possibleBugs(model, run) {
  const early = earlyNode(model, run);
  const bugs = [{ kind: "assign" }, { kind: "leftover" }];
  if (early !== null) { bugs.push({ kind: "order", early }); }
  const kinds = [{ key: "sign", applies: () => true }, ...WRONG_RULES];
  const seen = new Set();
  replayed(model, run).events.forEach((event) => {
    const task = taskOf(model, run, event);
    kinds.filter(({ applies }) => applies(task)).forEach(({ key: kind }) => {
      const bug = { kind, op: task.op, slot: task.slot };
      const name = [kind, task.op, task.slot].join();
      if (!seen.has(name)) { bugs.push(bug); }
      seen.add(name);
    });
  });
  return bugs;
}

/* The backward pass with a bug. */
function planted(model, run, bug) {
  if (!bug.op) { return replayed(model, run, bug.kind, bug.early); }
  const wrong = WRONG_RULES.find(({ key }) => key === bug.kind);
  const local = run.local.slice();
  replayed(model, run).events.forEach((event) => {
    const task = taskOf(model, run, event);
    if (task.op !== bug.op || task.slot !== bug.slot) { return; }
    local[event.index] = wrong ? wrong.slope(task) : -event.local;
  });
  return replayed(model, run, bug.kind, null, local);
}

/* The same pass without a word of what is wrong in it. Each input shows its gradient from the start, as the engine has it
   there: 0, unless something was left over. */
function veiled(model, replay) {
  const leftovers = replay.leftovers.slice();
  model.leaves.forEach((leaf) => { leftovers[leaf] = leftovers[leaf] || 0; });
  const events = replay.events.map((event) => ({ ...event, wrong: false }));
  return { ...replay, events, leftovers, bug: "", right: null, firstWrong: -1, isSecret: true };
}

/* What is to be said of a node taken for the first wrong one: first, later for one that is wrong because of another,
   or right. All that was left over is wrong from the start. */
function verdictOn(replay, position) {
  const isLeft = replay.bug === "leftover" && Boolean(replay.leftovers[position]);
  if (isLeft || replay.events[replay.firstWrong].step.operand === position) { return "first"; }
  return isClose(replay.gradients[position], replay.right.gradients[position]) ? "right" : "later";
}
