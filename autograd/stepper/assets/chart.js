/* A chart as SVG: two axes with numbers at their ends, and a field in which lines are clipped, not bent. */

const FIELD = { left: 62, top: 22, width: 322, height: 116 }; /* what is between the ends of the axes */
const FAR = 1e6; /* where an infinite number is drawn */
const ROOM = 7; /* around it, for points at its edge */

/* Begin a chart anew. Gives its field, and where a number is on it: x(number), y(number). */
function chartOn(svg, { across, up, isLog = false, names, label }) {
  const scale = (number) => (isLog ? Math.log10(number) : number);
  const share = (number, [low, high]) => (number / 2 - low / 2) / (high / 2 - low / 2); /* high - low may be too large */
  const kept = (place) => Math.max(Math.min(place, FAR), -FAR);
  const { left, top, width, height } = FIELD;
  const field = drawn("svg", {
    class: "field", x: left - ROOM, y: top - ROOM, width: width + 2 * ROOM, height: height + 2 * ROOM,
    viewBox: [-ROOM, -ROOM, width + 2 * ROOM, height + 2 * ROOM].join(" "),
    "data-across": across.join(" "), "data-up": up.join(" "),
  });
  const bottom = top + height;
  const text = (x, y, anchor, written) => drawn("text", { x, y, "text-anchor": anchor }, written);
  let digits = 3;
  while (digits < 12 && shown(up[0], digits) === shown(up[1], digits)) { digits += 1; }
  const numbers = up.map((number) => shown(number, digits));
  const more = Math.max(...numbers.map((number) => widthOf(number, "13px system-ui, sans-serif") + 8 - left), 0);
  svg.setAttribute("viewBox", [-more, 0, 400 + more, 166].join(" "));
  svg.setAttribute("aria-label", label);
  svg.replaceChildren(
    drawn("path", { class: "axes", d: "M" + left + " " + top + "V" + bottom + "H" + (left + width) }),
    text(left - 6, top + 9, "end", numbers[1]), text(left - 6, bottom, "end", numbers[0]),
    text(left, bottom + 16, "start", shown(across[0], 3)),
    text(left + width, bottom + 16, "end", shown(across[1], 3)),
    text(left, top - 10, "middle", shortly(names[1])), text(left + width / 2, bottom + 16, "middle", shortly(names[0])),
    field,
  );
  const ends = up.map(scale);
  return {
    field,
    x: (number) => kept(share(number, across) * width),
    y: (number) => kept(height - share(scale(number), ends) * height),
  };
}

/* The end of a long name. */
function shortly(name, most = 22) {
  return name.length > most ? "…" + name.slice(1 - most) : name;
}

/* A line through points, broken where there is no number. What is beyond the field stays where it is: it is clipped. */
function brokenLine(xs, ys) {
  let isOn = false;
  return xs.map((x, index) => {
    const y = ys[index];
    const isThere = !Number.isNaN(x) && !Number.isNaN(y);
    const part = isThere ? (isOn ? "L" : "M") + x.toFixed(2) + " " + Math.max(Math.min(y, FAR), -FAR).toFixed(2) : "";
    isOn = isThere;
    return part;
  }).join("");
}
