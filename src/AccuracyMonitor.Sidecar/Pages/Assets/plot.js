// Plots as SVG, drawn from numbers.

const space = 'http://www.w3.org/2000/svg';

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const time = (at) => new Date(at).toLocaleString([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

/** The history of a model: audited accuracy with its interval, the label-free one, and the objective. Null: fewer than two points. */
export function history(points, objective) {
  const known = points.filter((p) => p.audited || p.labelFree);
  if (known.length < 2) return null;
  // Of the window, so that the text is as large as the rest of the page.
  const [width, height, left, right, top, bottom] = [Math.max(300, Math.min(1180, innerWidth - 80)), 220, 58, 10, 10, 26];
  const values = known.flatMap((p) => [...(p.audited || []), ...(p.labelFree ? [p.labelFree[0]] : [])]).concat(objective === undefined ? [] : [objective]);
  const low = Math.max(0, Math.floor(20 * Math.min(...values)) / 20);
  const high = Math.min(1, Math.max(Math.ceil(20 * Math.max(...values)) / 20, low + 0.05));
  const begin = known[0].at;
  const length = Math.max(1, known.at(-1).at - begin);
  const x = (at) => left + ((width - left - right) * (at - begin)) / length;
  const y = (value) => top + ((height - top - bottom) * (high - value)) / (high - low);
  const path = (list, of) => list.map((p, i) => `${i ? 'L' : 'M'}${x(p.at).toFixed(1)},${y(of(p)).toFixed(1)}`).join('');
  const audited = known.filter((p) => p.audited);
  const free = known.filter((p) => p.labelFree);
  const drawn = svg('svg', { class: 'plot', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': said(known) });
  for (let i = 0; i <= 4; i += 1) {
    const value = low + ((high - low) * i) / 4;
    drawn.append(svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      svg('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, `${(100 * value).toFixed(high - low < 0.1 ? 1 : 0)} %`));
  }
  drawn.append(svg('text', { x: left, y: height - 6 }, time(begin)),
    svg('text', { x: width - right, y: height - 6, 'text-anchor': 'end' }, time(known.at(-1).at)));
  if (audited.length > 1) {
    const back = [...audited].reverse();
    drawn.append(svg('path', { class: 'band-a', d: `${path(audited, (p) => p.audited[2])}${path(back, (p) => p.audited[1]).replace('M', 'L')}Z` }),
      svg('path', { class: 'line-a', d: path(audited, (p) => p.audited[0]) }));
  }
  if (free.length > 1) drawn.append(svg('path', { class: 'line-b', d: path(free, (p) => p.labelFree[0]) }));
  if (objective !== undefined) drawn.append(svg('line', { class: 'objective', x1: left, x2: width - right, y1: y(objective), y2: y(objective) }));
  return drawn;
}

function said(points) {
  const last = points.findLast((p) => p.audited)?.audited ?? points.at(-1).labelFree;
  return `Accuracy from ${time(points[0].at)} to ${time(points.at(-1).at)}; at the end ${(100 * last[0]).toFixed(0)} percent.`;
}

/** The audited interval, and what it was when this person began. */
export function interval(then, now) {
  const x = (value) => 10 + 280 * value;
  const low = Math.min(then.lower, now.lower);
  const high = Math.max(then.upper, now.upper);
  const pad = Math.max(0.01, 0.1 * (high - low));
  const [from, to] = [Math.max(0, low - pad), Math.min(1, high + pad)];
  const at = (value) => x((value - from) / Math.max(1e-6, to - from));
  return svg('svg', { class: 'interval', viewBox: '0 0 300 48', role: 'img', 'aria-label': 'The interval now, above the interval when you began' },
    svg('line', { class: 'now', x1: at(now.lower), x2: at(now.upper), y1: 14, y2: 14 }),
    svg('circle', { class: 'point', cx: at(now.value), cy: 14, r: 5 }),
    svg('line', { class: 'then', x1: at(then.lower), x2: at(then.upper), y1: 34, y2: 34 }));
}
