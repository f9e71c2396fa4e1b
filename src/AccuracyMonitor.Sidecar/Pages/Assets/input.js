// The input of a request, as far as one is kept.

import { element } from './api.js';

/** Begins to load it. @returns a promise of a function that makes the element to show. */
export async function load(item) {
  let response;
  try {
    response = await fetch(`/label/input?${new URLSearchParams({ model: item.model, version: item.version, id: item.predictionId })}`,
      { credentials: 'same-origin', cache: 'no-store' });
  } catch {
    return () => missing(item, 'The input could not be loaded.');
  }
  if (!response.ok) {
    // An answer whose body nobody reads keeps its connection.
    await response.text().catch(() => {});
    return () => missing(item, response.status === 404 ? 'No input is kept.' : `The input could not be loaded (status ${response.status}).`);
  }
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('image/')) return media('img', await response.blob(), { alt: 'The input to label' });
  if (type.startsWith('audio/')) return media('audio', await response.blob(), { controls: true, 'aria-label': 'The input to label' });
  const text = await response.text();
  if (type.startsWith('application/json')) return () => described(text);
  return () => element('pre', {}, text);
}

function media(tag, blob, attributes) {
  const source = URL.createObjectURL(blob);
  const made = element(tag, { src: source, ...attributes });
  return Object.assign(() => made, { done: () => URL.revokeObjectURL(source) });
}

function missing(item, why) {
  const reference = item.inputReference;
  const web = /^https?:\/\//i.test(reference);
  return element('div', {},
    element('p', {}, why),
    reference ? element('p', {}, 'Reference: ', web
      ? element('a', { href: reference, target: '_blank', rel: 'noreferrer noopener' }, reference)
      : element('code', {}, reference)) : null,
    element('p', { class: 'quiet' }, `Prediction ${item.predictionId}`));
}

function described(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return element('pre', {}, text);
  }
  const rows = Array.isArray(value?.features) ? value.features : null;
  if (rows) {
    return element('table', {}, element('tbody', {}, ...rows.map((r) => element('tr', {},
      element('th', { scope: 'row' }, `${r.name}`), element('td', { class: 'number' }, `${r.value}`)))));
  }
  return element('pre', {}, JSON.stringify(value, null, 1));
}
