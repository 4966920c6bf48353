/* Fields in which numbers are typed. A field that the reader is in stays as it is until Enter is pressed or it is left,
   whatever else changes meanwhile, and one that was not edited changes nothing: it may show fewer digits than the number
   has. */

/* `problem` is where it is said, as the message `wrong`, that a text is no number, or none that `isGood`. */
function numberField(box, { problem, wrong, isGood = () => true, onNumber }) {
  let isEdited = false;
  let isIn = false; /* the reader, since the last Enter */
  let latest = "";

  function commit() {
    isIn = false;
    if (!isEdited) { write(); return; }
    const number = typed(box.value);
    const isRight = number !== null && isGood(number);
    isEdited = !isRight;
    box.setAttribute("aria-invalid", String(!isRight));
    setText(problem, isRight ? "" : say(wrong, { text: clean(box.value).slice(0, 40) }));
    if (isRight) { onNumber(number); }
  }

  function write() {
    isEdited = false;
    box.value = latest;
    box.removeAttribute("aria-invalid");
    setText(problem, "");
  }

  box.addEventListener("focus", () => { isIn = true; });
  box.addEventListener("blur", () => {
    isIn = false;
    if (!isEdited) { write(); }
  });
  box.addEventListener("input", () => { isEdited = true; });
  box.addEventListener("change", commit);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { commit(); } });

  return {
    show(text) {
      latest = text;
      if (!(isIn || isEdited) || box !== document.activeElement) { write(); }
    },
    /* Forget what is typed. */
    drop() { isEdited = isIn = false; },
  };
}
