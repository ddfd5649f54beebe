/** Axes: from a number or a date to a place on the drawing. The conventions are those of the printed figures. */

const STEPS = [1, 2, 5] as const;
const MOST_TICKS = 9;
/** How many times beyond the outermost effects an axis goes for the ends of intervals; ends beyond it get an arrow. */
const REACH = 5;
const YEAR_STEPS = [1, 2, 5, 10, 20, 50] as const;
/** Pixels that the label of a year needs. */
const YEAR_ROOM = 40;

export interface Scale {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly logarithmic: boolean;
}

/** Where a number lies; outside the axis it is at the nearer end. */
export function place(scale: Scale, number: number): number {
  const inside = Math.min(Math.max(number, scale.low), scale.high);
  const share = scale.logarithmic
    ? (Math.log(inside) - Math.log(scale.low)) / (Math.log(scale.high) - Math.log(scale.low))
    : (inside - scale.low) / (scale.high - scale.low);
  return scale.left + share * (scale.right - scale.left);
}

/** A logarithmic axis that shows 1, all effects, and the ends of intervals unless they are far away. */
export function ratioScale(left: number, right: number, effects: readonly number[], ends: readonly number[]): Scale {
  const bounds = [...effects, ...ends.filter((end) => end > 0)];
  const low = Math.min(...effects, 1, Math.max(Math.min(...bounds), Math.min(...effects) / REACH));
  const high = Math.max(...effects, 1, Math.min(Math.max(...bounds), Math.max(...effects) * REACH));
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power++) {
    for (const step of STEPS) steps.push(Number(`${step}e${power}`));
  }
  const first = Math.max(...steps.filter((step) => step <= low * (1 + 1e-9) && step < 1));
  const last = Math.min(...steps.filter((step) => step >= high * (1 - 1e-9) && step > 1));
  const fitting = steps.filter((step) => first <= step && step <= last);
  const powers = fitting.filter((tick) => /^(0\.0*1|10*)$/.test(String(tick)));
  const ticks = fitting.length > MOST_TICKS ? powers : fitting;
  return { left, right, low: first, high: last, ticks: thinned(ticks, MOST_TICKS), logarithmic: true };
}

/** An even axis that shows 0 and all numbers. */
export function differenceScale(left: number, right: number, numbers: readonly number[]): Scale {
  const low = Math.min(...numbers, 0);
  const high = Math.max(...numbers, 0);
  const step = evenStep(high - low || 1);
  let first = Math.floor(low / step);
  let last = Math.ceil(high / step);
  if (first === last) [first, last] = [first - 1, last + 1];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(10)),
  );
  return { left, right, low: first * step, high: last * step, ticks, logarithmic: false };
}

/** An axis of years that begins with `first` and ends with the end of `last`. */
export function yearScale(left: number, right: number, first: number, last: number): Scale {
  const years = last - first + 1;
  const step = YEAR_STEPS.find((one) => ((right - left) * one) / years >= YEAR_ROOM) ?? 50;
  const ticks = Array.from({ length: years + 1 }, (_, index) => first + index).filter((year) => year % step === 0);
  return { left, right, low: first, high: last + 1, ticks, logarithmic: false };
}

/** The time that a date says, in years: a whole year for `2018`, a month for `2018-02`, else a day. */
export function span(date: string): readonly [number, number] {
  const [year = 0, month, day] = date.split("-").map(Number);
  if (month === undefined) return [year, year + 1];
  const begins = year + (month - 1) / 12;
  if (day === undefined) return [begins, year + month / 12];
  const width = 1 / 12 / new Date(Date.UTC(year, month, 0)).getUTCDate();
  return [begins + (day - 1) * width, begins + day * width];
}

/** A tick's label, with a true minus sign. */
export function tickLabel(number: number): string {
  return String(Number(number.toPrecision(10))).replace("-", "−");
}

function evenStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 4));
  return ([...STEPS, 10].find((step) => range / (step * power) <= MOST_TICKS - 2) ?? 10) * power;
}

function thinned(ticks: readonly number[], most: number): number[] {
  const stride = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % stride === 0);
}
