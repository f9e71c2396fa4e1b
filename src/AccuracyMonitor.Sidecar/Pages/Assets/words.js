// Estimates in words.

export const percent = (value, digits = 0) => `${(100 * value).toFixed(digits)} %`;

export function span(seconds) {
  for (const [unit, length] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (seconds < length || seconds % length !== 0) continue;
    return seconds > length ? `last ${seconds / length} ${unit}s` : `last ${unit === 'day' ? '24 hours' : unit}`;
  }
  return `last ${seconds} s`;
}

export const seconds = (duration) => Number.parseFloat(duration);

const of = (window, kind) => window.estimates.find((e) => e.kind === `ESTIMATE_KIND_${kind}`);

export const ok = (estimate) => estimate?.state === 'ESTIMATE_STATE_OK';

export { of as estimate };

/** The one sentence about a model: the audited estimate of its longest window, or what takes its place. */
export function headline(model, confidence, minLabels) {
  const window = model.windows.at(-1);
  const sure = `with ${percent(confidence)} confidence`;
  if (!window) return { text: 'Nothing is known yet.', why: 'No prediction has been estimated yet.' };
  const audited = of(window, 'AUDITED');
  const free = of(window, 'LABEL_FREE');
  const range = (e) => `between ${Math.round(100 * e.lower)} and ${Math.round(100 * e.upper)}`;
  const length = span(seconds(window.window));
  if (ok(audited)) {
    return {
      text: `About ${Math.round(100 * audited.value)} of 100 answers are right.`,
      why: `That is ${range(audited)} of 100 ${sure}, from ${window.labels} labels in the ${length}.`,
      estimate: audited,
    };
  }
  const missing = Math.max(1, minLabels - window.labels);
  if (ok(free)) {
    return {
      text: `About ${Math.round(100 * free.value)} of 100 answers seem to be right.`,
      why: `This is the monitor's own estimate (${range(free)} of 100, ${sure}) without enough labels: `
        + `${missing} more label${missing === 1 ? '' : 's'} check it.`,
      estimate: free,
    };
  }
  const reason = audited?.state === 'ESTIMATE_STATE_INSUFFICIENT_SAMPLES'
    ? `There are ${window.predictions} predictions in the ${length}, too few to say.`
    : `There are ${window.labels} labels in the ${length}; ${missing} more give the first estimate.`;
  return { text: 'How accurate it is cannot be said yet.', why: reason };
}
