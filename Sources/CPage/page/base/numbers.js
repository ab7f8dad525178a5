/** Numbers as the page writes them, the same in every locale. */

const grouped = new Intl.NumberFormat("en-US");

/** With thousands apart: 12,345. */
export function count(value) {
  return grouped.format(value);
}

/** "1 column", "12,345 columns". */
export function counted(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Up to `digits` significant digits, without exponents between 1e-4 and 1e6 and without trailing zeros. */
export function short(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 1e-4 && size < 1e6);
  const text = isPlain ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
  return text.replace("-", "−");
}

/** A length in nm with the unit that reads best. */
export function length(nanometres) {
  if (nanometres >= 1000) return `${short(nanometres / 1000, 3)} µm`;
  if (nanometres < 0.1) return `${short(nanometres * 1000, 3)} pm`;
  return `${short(nanometres, 3)} nm`;
}

/** The largest of 1, 2, 5 · 10^n that is not above `value`. */
export function roundBelow(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((step) => step * power).find((step) => step <= value * (1 + 1e-9)) ?? power;
}
