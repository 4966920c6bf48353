/* The cards of the picture as something to take hold of: dragged sideways, moved by keys, or typed on. It knows nothing
   of what follows; `actions` do it: { isFree(), held(), value(), label(), grab(position), drag(pixels), type(number),
   step(count, isFine), back() }, and result() is the element of the result. */

const CLICK = 5; /* pixels within which a press is a click */

function cardHolder(root, model, prefix, actions) {
  const viewport = root.querySelector(".viewport");
  const figure = root.querySelector(".graph");
  const part = (id) => root.querySelector("#" + prefix + id);
  let press = null;
  let hasDragged = false;

  function positionOf(target) {
    const card = target.closest(".node");
    return card && card.id.startsWith(prefix + "node-") ? Number(card.id.slice(prefix.length + 5)) : null;
  }

  /* ---------------------------------------------------------------- dragging */

  /* In the capture phase, so that a drag on a card neither moves the picture nor counts as a click. */
  viewport.addEventListener("pointerdown", (event) => {
    hasDragged = false;
    const position = actions.isFree() && event.button === 0 ? positionOf(event.target) : null;
    press = position === null ? null : { position, x: event.clientX };
    if (press) { event.target.closest(".node").setPointerCapture(event.pointerId); } /* a click stays one on the card */
  }, true);
  viewport.addEventListener("pointermove", (event) => {
    if (!press) { return; }
    event.stopPropagation();
    const pixels = Math.round(event.clientX - press.x);
    if (!hasDragged && Math.abs(pixels) < CLICK) { return; }
    if (!hasDragged) {
      hasDragged = true;
      viewport.setPointerCapture(event.pointerId);
      actions.grab(press.position);
    }
    actions.drag(pixels * (event.shiftKey ? 0.1 : 1));
  }, true);
  ["pointerup", "pointercancel"].forEach((kind) => viewport.addEventListener(kind, () => { press = null; }, true));
  viewport.addEventListener("click", (event) => {
    if (hasDragged) { event.stopPropagation(); }
    hasDragged = false;
  }, true);

  /* ---------------------------------------------------------------- typing, and keys */

  const field = element("input", "on-card");
  field.type = "text";
  field.inputMode = "decimal";
  field.autocomplete = "off";
  field.hidden = true;
  const handle = element("div", "handle");
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.hidden = true;
  const pinned = element("p", "pinned");
  pinned.hidden = true;
  pinned.setAttribute("aria-hidden", "true");
  viewport.append(handle, field);
  figure.append(pinned);
  let typedAt = null;

  function open(position) {
    if (!actions.isFree()) { return; }
    if (!actions.grab(position)) { return; }
    typedAt = position;
    field.value = field.dataset.before = inFull(actions.value());
    field.setAttribute("aria-label", actions.label());
    field.removeAttribute("aria-invalid");
    field.hidden = false;
    place();
    field.focus();
    field.select();
  }

  function close(isBack) {
    if (typedAt === null) { return; }
    typedAt = null;
    field.hidden = true;
    if (isBack) { (handle.hidden ? viewport : handle).focus({ preventScroll: true }); }
  }

  /* Take what is typed; text that is no number is marked, and the field stays. */
  function commit() {
    if (field.value === field.dataset.before) { return true; } /* nothing was typed */
    const number = typed(field.value);
    field.setAttribute("aria-invalid", String(number === null));
    if (number !== null) { actions.type(number); }
    return number !== null;
  }

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { close(true); }
    if (event.key === "Enter" && !event.isComposing && commit()) { close(true); }
  });
  field.addEventListener("blur", () => {
    if (typedAt !== null) { commit(); }
    close(false);
  });
  field.addEventListener("pointerdown", (event) => event.stopPropagation());
  viewport.addEventListener("dblclick", (event) => {
    const position = positionOf(event.target);
    if (position !== null) { open(position); }
  });
  handle.addEventListener("keydown", (event) => {
    if (keys(event)) { event.preventDefault(); event.stopPropagation(); }
  });

  /* Arrows move the number, finer with Shift, PageUp and PageDown ten times as far. */
  function keys({ key, shiftKey }) {
    const count = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key];
    if (count) { actions.step(count, shiftKey); return true; }
    if (key === "Escape") { return actions.back(); }
    if (key === "Enter" && actions.held() !== null) { open(actions.held()); return true; }
    return false;
  }

  /* ---------------------------------------------------------------- where they are */

  function boundsOn(position) {
    return boundsOf(position === null ? null : part("node-" + position));
  }

  function boundsOf(box) {
    const card = box ? box.querySelector(":scope > rect") : null;
    const bounds = card ? card.getBoundingClientRect() : null;
    return bounds && bounds.width ? bounds : null;
  }

  /* Put the handle and the field on the card that is held, and the result to the border if it is out of sight. */
  function place() {
    const held = actions.held();
    const [card, result, outer] = [boundsOn(held), boundsOf(actions.result()), viewport.getBoundingClientRect()];
    const isSeen = result && result.right > outer.left + 20 && result.left < outer.right - 20
      && result.bottom > outer.top + 10 && result.top < outer.bottom - 10;
    handle.hidden = !card;
    pinned.hidden = held === null || Boolean(isSeen);
    if (!card) { return; }
    const [left, top] = [card.left - outer.left + viewport.scrollLeft, card.top - outer.top + viewport.scrollTop];
    const lay = (over, from, width) => {
      over.style.cssText = "left:" + from + "px;top:" + top + "px;width:" + width + "px;height:" + card.height + "px";
    };
    lay(handle, left, card.width);
    /* The field leaves the name in sight. */
    const width = Math.max(0.62 * card.width, 96);
    lay(field, left + card.width - width, width);
  }

  viewport.addEventListener("scroll", () => { if (actions.held() !== null) { place(); } }, { passive: true });
  new ResizeObserver(() => { if (actions.held() !== null) { place(); } }).observe(viewport.querySelector("svg"));

  return {
    keys,
    place,
    /* What is read at the handle, and written at the border: {label, value, text, result}. */
    tell({ label, value, text, result }) {
      handle.setAttribute("aria-label", label);
      handle.setAttribute("aria-valuenow", String(Number.isFinite(value) ? value : 0));
      handle.setAttribute("aria-valuetext", text);
      setText(pinned, result);
    },
    hide() {
      close(false);
      handle.hidden = pinned.hidden = true;
    },
  };
}
