/* Formulas: MathML built here, or copied element by element from the trace. */

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ALLOWED = new Set([
  "math", "mrow", "mi", "mn", "mo", "mfrac", "msup", "msub", "msqrt", "mroot", "mtable", "mtr", "mtd", "mtext",
]);

/* An HTML element with a class, text and children. Text is only ever set as text. */
function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) { made.className = className; }
  made.append(...children);
  return made;
}

function math(tag, ...children) {
  const made = document.createElementNS(MATHML, tag);
  made.append(...children);
  return made;
}

function isPath(name) {
  return name.length > 12 && /^\w+(\.\w+){2,}$/.test(name);
}

function brief(name) {
  return isPath(name) ? "…" + name.split(".").slice(-2).join(".") : name;
}

/* The last two parts of a path such as layers.0.neurons.0.w.0; the whole path goes to the title of the row. */
function shortened(name) {
  const made = math("mi", brief(name));
  made.dataset.name = name;
  return made;
}

/* x1 as x with the subscript 1; any other name as it is. */
function mathName(name) {
  if (isPath(name)) { return shortened(name); }
  const match = /^([A-Za-z]+)_?(\d+)$/.exec(name);
  return match ? math("msub", math("mi", match[1]), math("mn", match[2])) : math("mi", name);
}

/* ∂result/∂node */
function derivative(of, by) {
  return math("mfrac", math("mrow", math("mo", "∂"), of), math("mrow", math("mo", "∂"), by));
}

const APPLICATION = "\u2061"; /* the invisible sign between a function and its argument */

const DEEPEST = 200;

/* A copy with allowed elements only, without attributes and not deeper than a formula is, since the formulas of a trace
   are untrusted. */
function copied(source, depth = 0) {
  if (source.nodeType === Node.TEXT_NODE) {
    const text = source.nodeValue.trim();
    return document.createTextNode(text === APPLICATION ? text : clean(text));
  }
  if (source.nodeType !== Node.ELEMENT_NODE || depth > DEEPEST || !ALLOWED.has(source.localName)) { return null; }
  const text = source.textContent.trim();
  if (["mi", "mtext"].includes(source.localName) && isPath(text)) { return shortened(text); }
  const made = document.createElementNS(MATHML, source.localName === "math" ? "mrow" : source.localName);
  source.childNodes.forEach((child) => {
    const copy = copied(child, depth + 1);
    if (copy) { made.append(copy); }
  });
  return made;
}

/* The MathML of a formula of the trace as one <mrow>; the text of the formula if the MathML cannot be parsed. */
function fromTrace(formula, fallback) {
  if (formula && formula.mathml) {
    const parsed = new DOMParser().parseFromString(formula.mathml, "application/xml").documentElement;
    if (parsed.localName === "math") { return copied(parsed); }
  }
  return math("mtext", clean(formula && formula.text ? formula.text : fallback));
}

function formulaOf(model, position) {
  return model.formulas[String(position)] || { forward: null, partials: [] };
}

/* ∂out/∂b += ∂out/∂n · ∂n/∂b */
function chainRule(model, step, bug) {
  const name = (position) => mathName(model.nodes[position].name);
  const result = model.result;
  return math("math", math("mrow",
    derivative(name(result), name(step.operand)),
    math("mo", bug === "assign" ? "=" : "+="),
    derivative(name(result), name(step.node)),
    math("mo", "·"),
    derivative(name(step.node), name(step.operand)),
  ));
}

/* ∂(a · b)/∂a = b: the operation written out if it is short, else the name of the node. */
function localRule(model, step) {
  const formula = formulaOf(model, step.node);
  const node = model.nodes[step.node];
  const isShort = formula.forward && formula.forward.text.replace(/\w+(\.\w+){2,}/g, "…").length <= 40;
  const written = isShort
    ? math("mrow", math("mo", "("), fromTrace(formula.forward, node.expression), math("mo", ")"))
    : mathName(node.name);
  return math("math", math("mrow",
    derivative(written, mathName(model.nodes[step.operand].name)),
    math("mo", "="),
    fromTrace(formula.partials[step.slot], step.rule),
  ));
}

function forwardRule(model, position) {
  const node = model.nodes[position];
  return math("math", math("mrow",
    mathName(node.name), math("mo", "="), fromTrace(formulaOf(model, position).forward, node.expression),
  ));
}

/* An operation with numbers in the place of names, as text: 2 × (−3), tanh(0.8814). */
function withNumbers(model, data, position) {
  const node = model.nodes[position];
  const numbers = argumentsOf(node, data);
  const signs = { "*": "×", "-": MINUS, "**": "^" };
  const symbol = signs[node.symbol] || node.symbol;
  const isInfix = node.symbol && !/^\w/.test(node.symbol);
  if (isInfix && numbers.length === 2) {
    const base = shown(numbers[0]);
    return (symbol === "^" ? bracketed(numbers[0]) : base) + " " + symbol + " " + bracketed(numbers[1]);
  }
  if (isInfix && numbers.length === 1) { return symbol + bracketed(numbers[0]); }
  let start = 0;
  const groups = node.groups.map((length) => {
    const part = numbers.slice(start, start + length);
    start += length;
    const texts = part.slice(0, 6).map((number) => shown(number)).concat(part.length > 6 ? ["…"] : []);
    return length === 1 ? texts[0] : "[" + texts.join(", ") + "]";
  });
  return node.op + "(" + groups.join(", ") + ")";
}

/* A number with a caption under it. */
function captioned(number, caption, className = "") {
  const text = element("b", "", typeof number === "number" ? shown(number) : number);
  if (typeof number === "number") { text.title = inFull(number); }
  return element("span", "number " + className, text, element("small", "", caption));
}

function sign(text) {
  return element("span", "sign", text);
}
