import { element, get, session } from './api.js';
import { card } from './cards.js';
import { estimate, ok, percent, seconds, span } from './words.js';

const search = new URLSearchParams(location.search);
const [model, version] = [search.get('model') ?? '', search.get('version') ?? ''];
const status = document.getElementById('status');
const cell = (text, number = true) => element('td', number ? { class: 'number' } : {}, text);
const row = (...cells) => element('tr', {}, ...cells);
const head = (...names) => element('thead', {}, row(...names.map((n, i) => element('th', i ? { class: 'number', scope: 'col' } : { scope: 'col' }, n))));

const states = {
  ESTIMATE_STATE_INSUFFICIENT_SAMPLES: 'too few predictions',
  ESTIMATE_STATE_INSUFFICIENT_LABELS: 'too few labels',
  ESTIMATE_STATE_MONITOR_INVALID: 'withdrawn: the monitor is not valid',
};

const written = (e) => (ok(e) ? `${percent(e.value, 1)} (${percent(e.lower, 1)}–${percent(e.upper, 1)})` : states[e?.state] ?? '–');

function windows(found) {
  document.getElementById('windows').replaceChildren(
    head('Window', 'Predictions', 'Labels', 'Waiting', 'Unanswered', 'Audited', 'From labels alone', 'Without labels'),
    element('tbody', {}, ...found.windows.map((w) => row(
      element('th', { scope: 'row' }, span(seconds(w.window))), cell(w.predictions), cell(w.labels), cell(w.pendingLabels), cell(w.unanswered),
      cell(written(estimate(w, 'AUDITED'))), cell(written(estimate(w, 'LABELLED'))), cell(written(estimate(w, 'LABEL_FREE')))))));
}

function running(found) {
  document.getElementById('running').replaceChildren(...(found.running.length === 0 ? [element('p', { class: 'quiet' }, 'No label has been given yet.')]
    : found.running.map((r) => element('p', {}, `${percent(r.value, 1)}, between ${percent(r.lower, 1)} and ${percent(r.upper, 1)}: `
      + (r.sequence === 'SEQUENCE_KIND_ASYMPTOTIC' ? `over ${r.windows} closed windows.` : `over ${r.labels} labels of the uniform sample.`)
      + ' These bounds hold at all times at once.'))));
}

const stateName = (state) => state.replace('REQUEST_STATE_', '').toLowerCase();

function labelOf(request, names) {
  if (request.label !== undefined) return names[request.label]?.name ?? `${request.label}`;
  return request.withheld ? 'hidden: another opinion is wanted' : request.skipReason || '–';
}

function requests(list, names) {
  const table = document.getElementById('requests');
  if (list.length === 0) {
    table.replaceChildren(element('caption', { class: 'quiet' }, 'No label has been asked for yet.'));
    return;
  }
  table.replaceChildren(head('Prediction', 'Asked', 'State', 'Label', 'By'), element('tbody', {}, ...list.map((r) => row(
    element('th', { scope: 'row' }, r.predictionId), cell(new Date(r.created).toLocaleString()), cell(stateName(r.state)),
    cell(labelOf(r, names)), cell(r.annotator || '–')))));
}

const often = 60000;
let qualityDue = 0;

/** Agreement of annotators, label error and labels by annotator. Once a minute: second opinions are read no more often. */
async function quality(asked) {
  if (performance.now() < qualityDue) return;
  const q = await get('quality', asked);
  qualityDue = performance.now() + often;
  const total = (of) => q.annotators.reduce((sum, a) => sum + of(a), 0);
  const [labels, revealed, blind] = [total((a) => a.labels), total((a) => a.revealed), total((a) => a.blind)];
  const lines = [labels === 0 ? 'No label in this window.' : `Of ${labels} labels in this window, ${revealed} (${percent(revealed / labels, 0)}) were given with the `
    + `model's answer in view, ${blind} without it${labels > revealed + blind ? `; of ${labels - revealed - blind} it is not known` : ''}.`];
  if (q.agreement === undefined) {
    lines.push('No label has a second opinion yet.');
  } else {
    lines.push(`${q.doubles} labels have a second opinion: ${percent(q.agreement, 1)} agree`
      + `${q.kappa === undefined ? '' : `, Cohen's kappa ${q.kappa.toFixed(2)}`}`
      + `${q.alpha === undefined ? '' : `, Krippendorff's alpha ${q.alpha.toFixed(2)} (${q.alphaLower.toFixed(2)}–${q.alphaUpper.toFixed(2)})`}.`);
  }
  if (q.labelError !== undefined) {
    lines.push(`About ${percent(q.labelError, 1)} of the labels are wrong`
      + `${q.labelErrorStandardError === undefined ? '' : ` (standard error ${(100 * q.labelErrorStandardError).toFixed(1)} points)`}, by ${q.drawnDoubles} second `
      + 'opinions that were drawn before any answer.');
  }
  document.getElementById('quality').replaceChildren(...lines.map((line) => element('p', {}, line)));
  document.getElementById('annotators').replaceChildren(...(q.annotators.length === 0 ? [] : [
    head('Annotator', 'Labels', 'Revealed', 'Mean time', 'Second opinions', 'Disagreements', 'Overruled'),
    element('tbody', {}, ...q.annotators.map((a) => row(
      element('th', { scope: 'row' }, (a.annotator || 'unnamed') + (a.standsOut ? ' (stands out)' : '')), cell(a.labels), cell(a.revealed),
      cell(a.meanTime === undefined ? '–' : `${seconds(a.meanTime).toFixed(1)} s`), cell(a.doubles), cell(a.disagreements), cell(a.overruled))))]));
}

async function refresh(who) {
  try {
    const all = await get('models');
    const found = all.models.find((m) => m.model === model && m.version === version);
    if (!found) {
      status.textContent = `No prediction of ${model} ${version} has been seen, or you may not read it.`;
    } else {
      status.textContent = '';
      document.getElementById('models').replaceChildren(card(found, all, true));
      document.getElementById('details').hidden = false;
      windows(found);
      running(found);
      await quality({ model, version });
      if (who.mayLabel) {
        const [list, classes] = await Promise.all([get('requests', { model, version }), get('classes', { model })]);
        requests(list.requests, classes.classes);
      }
    }
  } catch (error) {
    status.textContent = `The sidecar can't be read: ${error.message}. Trying again.`;
  }
  setTimeout(() => refresh(who), 5000);
}

document.getElementById('name').textContent = `${model} ${version}`;
document.title = `${model} ${version}, Accuracy Monitor`;
await refresh(await session('read'));
