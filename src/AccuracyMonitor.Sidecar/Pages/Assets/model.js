import { element, get, session } from './api.js';
import { card } from './cards.js';
import { estimate, ok, percent, seconds, span } from './words.js';

const asked = new URLSearchParams(location.search);
const [model, version] = [asked.get('model') ?? '', asked.get('version') ?? ''];
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
  const given = new Map();
  for (const r of list.filter((l) => l.label !== undefined)) given.set(r.annotator || 'unnamed', (given.get(r.annotator || 'unnamed') ?? 0) + 1);
  document.getElementById('annotators').replaceChildren(given.size === 0 ? '' : element('p', {},
    `Of these, labelled by ${[...given].map(([who, count]) => `${who} (${count})`).join(', ')}.`));
  table.replaceChildren(head('Prediction', 'Asked', 'State', 'Label', 'By'), element('tbody', {}, ...list.map((r) => row(
    element('th', { scope: 'row' }, r.predictionId), cell(new Date(r.created).toLocaleString()), cell(stateName(r.state)),
    cell(labelOf(r, names)), cell(r.annotator || '–')))));
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
