/* The drawers: what is there on demand beside the picture, each opened by a button on the shelf.

   A drawer is a <details>, so that without scripts it opens by itself. Here all are closed at first, and one that is
   closed is not there; on a wide page those that are open stand beside the picture, which stays in sight. */

function drawersPanel(root, onChange) {
  const shelf = root.querySelector(".shelf");
  const drawers = [...root.querySelectorAll("[data-drawer]")];

  function buttonOf(drawer) {
    const button = sayOn(element("button", "drawer-button"), { text: "drawer." + drawer.dataset.drawer });
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => { drawer.open = !drawer.open; });
    return button;
  }

  const buttons = drawers.map(buttonOf);
  drawers.forEach((drawer, index) => {
    drawer.open = false;
    drawer.addEventListener("toggle", () => {
      buttons[index].setAttribute("aria-expanded", String(drawer.open));
      const isBeside = root.classList.contains("with-drawers");
      root.classList.toggle("with-drawers", drawers.some(({ open }) => open));
      if (isBeside !== root.classList.contains("with-drawers")) { onChange(); }
      if (drawer.open) { bringUp(drawer); }
    });
  });
  shelf.prepend(...buttons);

  /* Beside the picture they scroll by themselves, below it with the page. */
  function bringUp(drawer) {
    const column = drawer.parentElement;
    if (getComputedStyle(column).position !== "sticky") { drawer.scrollIntoView({ block: "nearest" }); return; }
    column.scrollTop = drawer.offsetTop - column.offsetTop;
  }

  /* On paper all are open. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = drawers.filter(({ open }) => !open);
    closed.forEach((drawer) => { drawer.open = true; });
  });
  addEventListener("afterprint", () => { closed.forEach((drawer) => { drawer.open = false; }); });
}
