// Series in the notation of promtool, from what happens by the hour.

export const step = 120;
export const hour = 3600 / step;
export const day = 24 * hour;

// promtool adds the slope up, so a piece can end a little above the number that the next begins with, which would look like a restart: `rise` prevents it.
const runs = (values, rise = 0) => {
  const pieces = [];
  for (let i = 0; i < values.length;) {
    if (typeof values[i] === 'string') {
      let n = 1;
      while (values[i + n] === values[i]) n++;
      pieces.push(values[i] === 'stale' ? 'stale' : `_x${n}`);
      i += values[i] === 'stale' ? 1 : n;
      continue;
    }
    const slope = typeof values[i + 1] === 'number' ? round(values[i + 1] - values[i]) : 0;
    let n = 1;
    while (typeof values[i + n] === 'number' && Math.abs(values[i + n] - values[i] - n * slope) < 1e-6) n++;
    const first = round(values[i] + rise * pieces.length);
    pieces.push(n === 1 ? `${first}` : `${first}${slope < 0 ? '' : '+'}${slope}x${n - 1}`);
    i += n;
  }
  return pieces.join(' ');
};

const round = (x) => Math.round(x * 1e6) / 1e6;

const line = (name, labels, values, rise) =>
  `      - { series: '${name}{${Object.entries(labels).map(([k, v]) => `${k}="${v}"`).join(',')}}', values: '${runs(values, rise)}' }`;

/** What a process exports while it lives: a counter that begins at 0 and again at 0 after each restart, when a scrape or two are missed. */
export const counter = (name, labels, life, rate) => {
  const values = [];
  let total = 0;
  for (let t = 0; t <= life.end; t++) {
    if (t < life.from || life.restarts?.some((r) => t === r)) {
      values.push('_');
      total = 0;
      continue;
    }
    if (t === life.to) {
      values.push('stale');
      break;
    }
    values.push(round(total));
    total += rate(t);
  }
  return line(name, labels, values, 1e-5);
};

/** A gauge; `value` gives a number, or nothing where there is none. */
export const gauge = (name, labels, life, value) => {
  const values = [];
  for (let t = 0; t <= life.end; t++) {
    if (t === life.to) {
      values.push('stale');
      break;
    }
    values.push(t < life.from || life.restarts?.includes(t) ? '_' : value(t) ?? '_');
  }
  return line(name, labels, values);
};
