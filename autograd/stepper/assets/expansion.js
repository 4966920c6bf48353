/* What a page leaves out and makes again: the formulas of each node. lists.js makes its rows.

   The formulas of the trace have places for names: ${0} is the first operand, ${out} the result, $$ the sign $. They are
   filled in as autograd/trace/formulas.py and autograd/symbols/mathml.py do it. */

const LONGEST = 300; /* characters that a local derivative may have; a longer one is shown as a number */

/* The formulas of each result, {forward, partials}, by its position; made when they are asked for. */
function formulasOf(json, model) {
  return new Proxy({}, {
    get(target, position) {
      const operation = json.nodes.operation[position] === undefined ? null : operationOf(json, position);
      if (!operation) { return undefined; }
      const names = namesOf(json, model, position);
      const stepOf = new Map(model.leaving[position].map((index) => [model.steps[index].slot, index]));
      return {
        forward: filledIn(json.formulas[operation.forward], names),
        partials: operation.partials.map((index, slot) => {
          if (!stepOf.has(slot)) { return null; } /* a constant */
          const formula = index === null ? null : filledIn(json.formulas[index], names);
          const isShown = formula && [...formula.text].length <= LONGEST;
          return isShown ? formula : numberIn(model.original.local[stepOf.get(slot)] ?? 0);
        }),
      };
    },
  });
}

/* What stands in the places of the formulas of a node: for each place a formula. */
function namesOf(json, model, position) {
  const named = (at) => nameIn(json.nodes.name[at]);
  const { operands } = model.nodes[position];
  const names = new Map([["out", named(Number(position))]]);
  operands.forEach((operand, slot) => {
    names.set(String(slot), "node" in operand ? named(operand.node) : numberIn(operand.constant, false));
  });
  return names;
}

function filledIn(formula, names) {
  const fill = (notation) => formula[notation].replace(
    /\$(?:\$|\{(\w+)\})/g, (sign, place) => (place ? names.get(place)[notation] : "$"));
  return { text: fill("text"), mathml: fill("mathml") };
}

/* A variable with its indices, or a path, stands as it is, any other name in brackets: w[0], layers.0.bias, (a + b). */
const PLAIN = new RegExp(
  "^(?!\\p{Nd})[W](?:[W])*(?:\\.[W]+|\\[(?:[W]+|'[W]+')\\][W]*)*$".replaceAll("[W]", "[\\p{L}\\p{N}_]"), "u");

/* A name in a formula; digits at its end are a subscript. */
function nameIn(given) {
  const name = PLAIN.test(given) ? given : "(" + given + ")";
  if (!/^[_\p{XID_Start}]\p{XID_Continue}*$/u.test(name)) { return { text: name, mathml: tagged("mtext", name) }; }
  const index = /[0-9]*$/.exec(name)[0];
  const stem = name.slice(0, name.length - index.length).replace(/_+$/, "");
  const mathml = index && stem
    ? "<msub>" + tagged("mi", stem) + "<mrow>" + tagged("mn", index) + "</mrow></msub>" : tagged("mi", name);
  return { text: name, mathml };
}

/* A number in a formula, or as one: 2.5e-07 is 2.5 × 10 to the power of −7. */
function numberIn(number, isWhole = true) {
  const size = shown(Math.abs(number));
  const [mantissa, exponent] = size.split("e");
  const digits = /^[0-9]/.test(mantissa) ? tagged("mn", mantissa) : tagged("mi", mantissa.replace("inf", "∞"));
  let mathml = digits;
  if (exponent) {
    const power = Number(exponent.replace(MINUS, "-"));
    const raised = power < 0 ? negative(tagged("mn", -power)) : tagged("mn", power);
    const ten = "<msup><mrow><mn>10</mn></mrow><mrow>" + raised + "</mrow></msup>";
    mathml = mantissa === "1" ? ten : digits + "<mo>×</mo>" + ten;
  }
  if (number < 0 || Object.is(number, -0)) { mathml = negative(mathml); }
  const text = shown(number).replaceAll(MINUS, "-");
  return { text, mathml: isWhole ? '<math displaystyle="true">' + mathml + "</math>" : mathml };
}

function negative(mathml) {
  return "<mrow><mo>" + MINUS + "</mo>" + mathml + "</mrow>";
}

/* An element with a text, which XML may not have control characters in, nor half of a surrogate pair. */
function tagged(tag, text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
  const printable = String(text).replace(/(?! )[\p{C}\p{Z}]/gu, "\ufffd");
  return "<" + tag + ">" + printable.replace(/[&<>\x22\x27]/g, (sign) => signs[sign]) + "</" + tag + ">";
}
