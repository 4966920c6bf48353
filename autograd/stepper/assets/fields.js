/* Fields in which numbers are typed. What the reader is typing stays as it is until Enter is pressed or the field is left,
   whatever else changes meanwhile, and a field that was not edited changes nothing: it may show fewer digits than the
   number has. */

/* `problem` is where it is said, as the message `wrong`, that a text is no number, or none that `isGood`. */
function numberField(box, { problem, wrong, isGood = () => true, onNumber }) {
  let isEdited = false;

  function commit() {
    if (!isEdited) { return; }
    const number = typed(box.value);
    const isRight = number !== null && isGood(number);
    isEdited = !isRight;
    box.setAttribute("aria-invalid", String(!isRight));
    setText(problem, isRight ? "" : say(wrong, { text: clean(box.value).slice(0, 40) }));
    if (isRight) { onNumber(number); }
  }
  box.addEventListener("input", () => { isEdited = true; });
  box.addEventListener("change", commit);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { commit(); } });

  return {
    show(text) {
      if (isEdited && box === document.activeElement) { return; }
      isEdited = false;
      box.value = text;
      box.removeAttribute("aria-invalid");
      setText(problem, "");
    },
    /* Forget what is typed. */
    drop() { isEdited = false; },
  };
}
