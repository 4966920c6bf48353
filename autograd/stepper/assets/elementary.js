/* The functions beside Math that code printed from the table of operations calls: one object, `elementary`.

   A printed partial derivative returns null where no gradient flows, as on the branch of relu that is not taken. Its
   product with an infinite gradient is 0, while 0 * Infinity is NaN. So multiply with product and never with *:

     const local = programs["relu:1"].partials[0](out, x);
     gradient += elementary.product(upstream, local);

   To show a local derivative as a number write elementary.slope(local).

   The other functions give what the engine gives: C's pow, Python's % and round, IEEE 754 at infinities, nan and
   signed zeros. */

const elementary = (function () {
  /* The error function: W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of
     Computation 23 (1969), pages 631-637, with the coefficients for double precision. Numerators and denominators
     from the highest power down. */
  const NEAR = [
    [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3],
    [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3],
  ];
  const MIDDLE = [
    [2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
      2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
      1.23033935479799725e3],
    [1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
      3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3],
  ];
  const FAR = [
    [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
      1.60837851487422766e-2, 6.58749161529837803e-4],
    [1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
      2.33520497626869185e-3],
  ];
  const SQRT_PI = 1.7724538509055160273;

  function ratio(coefficients, x) {
    const at = (polynomial) => polynomial.reduce((sum, coefficient) => sum * x + coefficient, 0);
    return at(coefficients[0]) / at(coefficients[1]);
  }

  /* exp(-x * x) * factor for x > 0. Rounding x * x would cost digits, but the square of x truncated to sixteenths is
     exact. For large x, exp(600) keeps the factors from becoming subnormal before the last multiplication. */
  function timesGaussian(x, factor) {
    const cut = Math.trunc(x * 16) / 16;
    const rest = Math.exp(-(x - cut) * (x + cut)) * factor;
    return cut < 26 ? Math.exp(-cut * cut) * rest : Math.exp(600 - cut * cut) * rest * Math.exp(-600);
  }

  /* erfc(x) for x > 0.46875. */
  function upperTail(x) {
    if (x > 28) { return 0; }
    if (x <= 4) { return timesGaussian(x, ratio(MIDDLE, x)); }
    const square = 1 / (x * x);
    return timesGaussian(x, (1 / SQRT_PI - square * ratio(FAR, square)) / x);
  }

  function erf(x) {
    const size = Math.abs(x);
    if (size <= 0.46875) { return x * ratio(NEAR, x * x); }
    return x > 0 ? 1 - upperTail(size) : upperTail(size) - 1;
  }

  function erfc(x) {
    if (Math.abs(x) <= 0.46875) { return 1 - erf(x); }
    return x < 0 ? 2 - upperTail(-x) : upperTail(x);
  }

  /* Math.pow gives NaN for 1 to the power NaN and for (-1) to an infinite power, where C's pow gives 1. */
  function pow(x, y) {
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
  }

  function exp2(x) {
    return Math.pow(2, x);
  }

  function copysign(x, y) {
    const isNegative = y < 0 || Object.is(y, -0);
    return isNegative ? -Math.abs(x) : Math.abs(x);
  }

  /* The remainder with the sign of the divisor, as in Python. */
  function remainder(x, y) {
    const rest = x % y;
    if (rest === 0) { return copysign(0, y); }
    return (rest < 0) === (y < 0) ? rest : rest + y;
  }

  /* To the nearest whole number; ties to the even one. */
  function round(x) {
    const below = Math.floor(x);
    const above = x - below;
    if (!(above > 0)) { return x; }
    const isUp = above > 0.5 || (above === 0.5 && below % 2 !== 0);
    return copysign(isUp ? below + 1 : below, x);
  }

  function product(upstream, local) {
    return local === null ? 0 : upstream * local;
  }

  function slope(local) {
    return local === null ? 0 : local;
  }

  return { erf, erfc, pow, exp2, copysign, remainder, round, product, slope };
})();
