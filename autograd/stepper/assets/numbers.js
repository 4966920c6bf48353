/* Print and parse numbers: four significant digits, as format_number in autograd/symbols/expressions.py, with a true
   minus sign. */

const MINUS = "\u2212";

/* A number of the trace: JSON has no nan and no infinity, and readers lose the sign of zero, so these are strings. */
function decoded(number) {
  if (typeof number === "number") { return number; }
  return { "nan": NaN, "inf": Infinity, "-inf": -Infinity, "-0": -0 }[number];
}

/* As Python's f"{x:.4g}". JavaScript's toPrecision rounds a tie away from zero, Python to the even digit
   (2.0625 is 2.062), so the rounding is done here, on the exact decimal digits. */
function shown(number, digits = 4) {
  if (Number.isNaN(number)) { return "nan"; }
  const sign = number < 0 || Object.is(number, -0) ? MINUS : "";
  const size = Math.abs(number);
  if (size === Infinity) { return sign + "inf"; }
  if (size === 0) { return sign + "0"; }
  let [exact, exponent] = digitsOf(size, 16);
  /* Only what looks like a tie needs all digits, which take many times as long. */
  if (/^50*$/.test(exact.slice(digits))) { [exact, exponent] = digitsOf(size, 60); }
  let kept = Number(exact.slice(0, digits));
  const rest = exact.slice(digits);
  const half = "5" + "0".repeat(rest.length - 1);
  if (rest > half || (rest === half && kept % 2 === 1)) { kept += 1; }
  if (kept === 10 ** digits) { kept /= 10; exponent += 1; }
  const significant = String(kept).replace(/0+$/, "");
  if (exponent < -4 || exponent >= digits) {
    const mantissa = significant[0] + (significant.length > 1 ? "." + significant.slice(1) : "");
    return sign + mantissa + "e" + (exponent < 0 ? MINUS : "+") + String(Math.abs(exponent)).padStart(2, "0");
  }
  if (exponent < 0) { return sign + "0." + "0".repeat(-exponent - 1) + significant; }
  const whole = significant.padEnd(exponent + 1, "0");
  return sign + whole.slice(0, exponent + 1) + (whole.length > exponent + 1 ? "." + whole.slice(exponent + 1) : "");
}

/* The first digits of a number, and its exponent. */
function digitsOf(number, count) {
  const [mantissa, exponent] = number.toExponential(count).split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

/* Every digit, for the tooltip. */
function inFull(number) {
  if (Object.is(number, -0)) { return MINUS + "0"; }
  if (Math.abs(number) === Infinity) { return (number < 0 ? MINUS : "") + "inf"; }
  return Number.isNaN(number) ? "nan" : String(number).replace(/-/g, MINUS);
}

/* Products are shown as shown(product + 0): adding 0 turns −0 into 0. */

/* A negative number in brackets, to follow a sign: 2 × (−3). */
function bracketed(number) {
  const text = shown(number);
  return text.startsWith(MINUS) ? "(" + text + ")" : text;
}

/* What a learner types: a number, a fraction such as −3/4, nan or inf, also with the wide digits of Chinese keyboards; null
   if it is none of them, as 1,000, which is one here and a thousand there. 0,125 is an eighth everywhere. */
function typed(text) {
  const given = text.normalize("NFKC").toLowerCase().replace(/[\u2212\u2013]/g, "-").replace(/\u2044/g, "/")
    .replace(/\s+/g, "");
  if (/(?:^|\D)[1-9]\d{0,2},\d{3}(?!\d)/.test(given)) { return null; }
  const plain = given.replace(/,/g, ".").replace(/infinity|\u221e/, "inf");
  const words = { "nan": NaN, "inf": Infinity, "+inf": Infinity, "-inf": -Infinity };
  if (Object.hasOwn(words, plain)) { return words[plain]; }
  const number = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";
  const match = plain.match(new RegExp("^(" + number + ")(?:/(" + number + "))?$"));
  if (!match) { return null; }
  return match[2] === undefined ? Number(match[1]) : Number(match[1]) / Number(match[2]);
}

/* Right within one percent, or to the digits shown. */
function agrees(guess, truth) {
  if (Number.isNaN(truth) || Math.abs(truth) === Infinity) { return Object.is(guess, truth); }
  return Math.abs(guess - truth) <= 0.01 * Math.abs(truth) || shown(guess + 0) === shown(truth + 0);
}

/* Equal up to rounding, as two sums are whose terms are in different order. */
function isClose(x, y) {
  return Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
}

/* A name as one printable line: control characters would move or hide the text around them. */
function clean(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
}
