// A model in ten seconds: how accurate it is, what is wrong, and what is asked of the reader.

import { element } from './api.js';
import { history } from './plot.js';
import { headline, percent } from './words.js';

const link = (path, model) => `${path}?${new URLSearchParams({ model: model.model, version: model.version })}`;

export function card(model, all, detailed) {
  const said = headline(model, all.confidence, all.minLabels);
  const window = model.windows.at(-1);
  const parts = [];
  if (!detailed) parts.push(element('h2', {}, element('a', { href: link('/models', model) }, `${model.model} ${model.version}`)));
  parts.push(element('p', { class: 'big' }, said.text), element('p', {}, said.why));
  for (const [name, alarm] of [['Accuracy alarm', window?.accuracyAlarm], ['Validity alarm', window?.validityAlarm]]) {
    if (alarm?.firing) parts.push(element('p', { class: 'panel alarm', role: 'alert' }, element('strong', {}, `${name}: `), alarm.reason));
  }
  if (model.objective !== undefined) {
    parts.push(element('p', {}, `The objective is ${percent(model.objective, 1)}. `, said.estimate ? against(said.estimate, model.objective) : ''));
  }
  parts.push(asked(model));
  const plot = history(model.history, model.objective);
  if (plot) {
    parts.push(element('figure', { class: 'scroll' }, plot, element('figcaption', { class: 'quiet' },
      'Solid: accuracy from labels, with its interval. Dashed: the estimate without labels. Since the sidecar started.')));
  }
  return element('section', { class: 'panel', 'aria-label': `${model.model} ${model.version}` }, ...parts);
}

function against(estimate, objective) {
  if (estimate.lower >= objective) return 'It is met.';
  return estimate.upper < objective ? 'It is missed.' : 'Whether it is met is not certain.';
}

function asked(model) {
  if (model.waiting === 0) {
    return element('p', {}, model.leased > 0
      ? `Nothing waits for a label; ${model.leased} are being labelled.`
      : 'Nothing is asked of you: no prediction waits for a label.');
  }
  const what = model.waiting === 1 ? '1 prediction waits for its label. ' : `${model.waiting} predictions wait for their labels. `;
  return element('p', {}, what, element('a', { class: 'button main', href: link('/label', model) }, 'Label now'));
}
