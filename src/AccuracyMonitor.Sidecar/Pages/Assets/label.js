// The label page: one request at a time, answered by a key or a button.

import { Unreachable, element, get, session } from './api.js';
import { Choices } from './choices.js';
import { Outbox } from './outbox.js';
import { Progress } from './progress.js';
import { Requests, classesOf } from './requests.js';

const nameKey = 'accuracy-monitor-annotator';
const undoLimit = 20;
const pollInterval = 3000;
const reasons = ['unreadable', 'none of the classes', 'several fit', 'needs an expert', 'not allowed'];
const reasonTexts = ['The input is missing or unreadable', 'None of the classes fits', 'Several classes fit', 'It needs an expert', 'I may not look at this'];
const id = (name) => document.getElementById(name);

const who = await session('label');
const annotator = who.authenticated ? '' : await nameOfPerson();
const asked = new URLSearchParams(location.search);
const reference = (item) => ({ model: item.model, version: item.version, predictionId: item.predictionId });
const filterOf = () => Object.fromEntries([...asked].filter(([k, v]) => ['model', 'version'].includes(k) && v));
const tables = new Map();
const done = [];
let current;
let shownAt;
let poll;
let drawing = 0;

const progress = new Progress(annotator);
const outbox = new Outbox(who.authenticated ? who.subject : annotator, (waiting, why) => {
  id('offline').hidden = waiting === 0;
  if (waiting > 0) {
    id('offline').textContent = waiting === 1
      ? `1 answer is kept in this browser, because the sidecar did not take it yet (${why}). It is sent again by itself.`
      : `${waiting} answers are kept in this browser, because the sidecar did not take them yet (${why}). They are sent again by themselves.`;
  } else if (current) {
    progress.refresh(current);
  }
}, (about, why) => {
  // One that nobody has read yet stays beside the next.
  id('refusals').append(element('li', {}, `What you said of ${about} was not taken: ${why}.`));
  id('refused').hidden = false;
});

const requests = new Requests(annotator, filterOf(), (item) => {
  notice(`The time for ${item.predictionId} ran out; it was given back, and others may answer it.`);
  current = undefined;
  show();
});
const choices = new Choices(answer);

function nameOfPerson() {
  const known = localStorage.getItem(nameKey);
  const dialog = id('name-dialog');
  return new Promise((resolve) => {
    const settle = (name) => {
      localStorage.setItem(nameKey, name);
      id('who').replaceChildren(`${name} `, element('button', {
        type: 'button',
        onclick: () => {
          localStorage.removeItem(nameKey);
          location.reload();
        },
      }, 'Change'));
      resolve(name);
    };
    if (known) {
      settle(known);
      return;
    }
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    id('name-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const name = id('name').value.trim();
      if (!name) return;
      dialog.close();
      settle(name);
    });
    dialog.showModal();
  });
}

function say(text) {
  id('said').textContent = text;
}

function notice(text) {
  id('notice').textContent = text;
  id('notice').hidden = !text;
}

/** Shows the first request, and asks for more behind it. */
async function show() {
  clearTimeout(poll);
  drawing += 1;
  const turn = drawing;
  if (!requests.first) {
    try {
      await requests.fill();
    } catch (error) {
      if (turn !== drawing) return;
      nothing(`${error instanceof Unreachable ? 'The sidecar can\'t be reached' : 'No request could be had'}: ${error.message}. Asking again.`);
      return;
    }
    if (turn !== drawing) return;
  }
  if (!requests.first) {
    nothing('Nothing waits for a label. New requests appear here by themselves.');
    return;
  }
  const item = requests.first;
  let table;
  try {
    table = await classesOf(item, tables);
  } catch (error) {
    if (turn === drawing) nothing(`The classes could not be read: ${error.message}`);
    return;
  }
  const draw = await item.input;
  if (turn !== drawing || item !== requests.first) return;
  item.table = table;
  current = item;
  shownAt = new Date();
  id('input').replaceChildren(draw(), ...(item.revealed && item.predictedClass !== undefined
    ? [element('p', { class: 'note', id: 'revealed' },
      `The model says: ${table.classes[item.predictedClass].name} (${(100 * item.confidence).toFixed(0)} %)`)] : []),
  element('p', { class: 'quiet' }, [item.model, item.version, item.segment].filter((t) => t).join(' · ')));
  id('input').dataset.prediction = item.predictionId;
  if (table.problem) notice(table.problem);
  choices.show(item.model, table);
  id('skip').disabled = false;
  progress.refresh(item);
  requests.fill().catch(() => {});
}

/** The model or revealing was chosen anew: what was shown or is on its way is given back. */
function restart() {
  nothing('Asking for a request …');
  requests.restart(filterOf(), id('reveal').checked);
  show();
}

function nothing(text) {
  current = undefined;
  id('input').replaceChildren(element('p', { class: 'quiet' }, text));
  delete id('input').dataset.prediction;
  choices.clear();
  id('skip').disabled = true;
  poll = setTimeout(show, pollInterval);
}

/** Keeps what a person did until the sidecar has it, and goes on. @returns false: the browser keeps nothing more, and the request stays. */
function move(item, kind, body) {
  let key;
  try {
    key = outbox.add(kind, body, item);
  } catch (error) {
    notice(`This browser does not keep your answer: ${error.message}. It was not given. Free the browser's storage for this page and answer again.`);
    return false;
  }
  done.push({ item, key, kind });
  if (done.length > undoLimit) done.shift().item.input.then((draw) => draw.done?.());
  id('undo').disabled = false;
  requests.remove(item);
  current = undefined;
  notice('');
  show();
  return true;
}

function answer(number) {
  const item = current;
  if (!item) return;
  const given = move(item, 'complete', {
    answers: [{
      ...reference(item), leaseId: item.leaseId || item.answerLease, label: number, annotator, shownAt: shownAt.toISOString(),
      answeredAt: new Date().toISOString(), revealed: item.revealed, tool: 'page', classNamesVersion: item.table.version,
    }],
  });
  if (!given) return;
  choices.used(number);
  say(`${item.table.classes[number].name}.`);
}

function skip(number) {
  id('skip-dialog').close();
  const item = current;
  if (!item) return;
  // The lease of one that came back by undo has ended.
  const what = item.leaseId ? { leaseIds: [item.leaseId] } : { predictions: [reference(item)] };
  if (move(item, 'skip', { ...what, reason: reasons[number] })) say(`Skipped: ${reasonTexts[number]}.`);
}

function undo() {
  const last = done.at(-1);
  if (!last) return;
  const { item, key, kind } = last;
  try {
    outbox.undo(key, item, kind === 'complete' ? { name: 'retract', body: { predictions: [reference(item)], annotator } } : undefined);
  } catch (error) {
    notice(`This browser does not keep that you took it back: ${error.message}. Free its storage for this page and undo again.`);
    return;
  }
  done.pop();
  id('undo').disabled = done.length === 0;
  requests.back(item);
  current = undefined;
  if (outbox.wasRefused(key)) notice('The sidecar had not taken your answer: nothing of it is to be taken back.');
  else notice(kind === 'skip' ? 'You skipped this one. An answer now counts all the same.' : 'Your answer is taken back. Answer again.');
  say('Undone.');
  show();
}

async function guidelines() {
  const panel = id('guidelines');
  panel.hidden = !panel.hidden;
  if (panel.hidden || !current) return;
  const { html } = await get('guidelines', { model: current.model }).catch((error) => ({ html: '', error }));
  const title = element('h2', {}, `Guidelines for ${current.model}`);
  // The sidecar made it from Markdown: no element of the file reaches it, and the policy of the page lets no script in it run.
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  panel.replaceChildren(title, ...(html ? body.childNodes : [element('p', { class: 'quiet' }, 'There are none (setting Labelling:Guidelines).')]));
  panel.focus();
}

function keysDialog() {
  const rows = [['0-9, a-z', 'the class with this key, at once'], ['/', 'search the classes; Enter takes the first'],
    ['space', 'skip, then 1 to 5 for the reason'], ['⌫ or Ctrl+Z', 'undo the last answer'], ['g', 'guidelines'], ['?', 'these keys']];
  id('keys').replaceChildren(...rows.map(([key, what]) => element('li', {}, element('kbd', {}, key), ` ${what}`)));
  id('keys-dialog').showModal();
}

function openSkip() {
  if (current && !id('skip-dialog').open) id('skip-dialog').showModal();
}

id('reasons').replaceChildren(...reasonTexts.map((text, i) => element('li', {},
  element('button', { type: 'button', onclick: () => skip(i) }, element('kbd', {}, `${i + 1}`), text))));
id('skip').addEventListener('click', openSkip);
id('undo').addEventListener('click', undo);
id('skip-cancel').addEventListener('click', () => id('skip-dialog').close());
id('keys-close').addEventListener('click', () => id('keys-dialog').close());
id('show-keys').addEventListener('click', keysDialog);
id('show-guidelines').addEventListener('click', guidelines);
id('reveal-choice').hidden = !who.mayReveal;
id('reveal').addEventListener('change', restart);
id('refused-close').addEventListener('click', () => {
  id('refusals').replaceChildren();
  id('refused').hidden = true;
});

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.metaKey || (event.ctrlKey && event.key.toLowerCase() !== 'z')) return;
  if (id('skip-dialog').open) {
    const number = reasons.findIndex((_, i) => event.key === `${i + 1}`);
    if (number >= 0) {
      event.preventDefault();
      skip(number);
    }
    return;
  }
  // No keys while somebody types, and none twice while one is held.
  if (event.repeat || document.querySelector('dialog[open]') || event.target.matches('input, select, textarea')) return;
  const button = event.target.matches('button, a');
  const actions = { '?': keysDialog, '/': () => choices.focusSearch(), g: guidelines, Backspace: undo, ' ': button ? undefined : openSkip };
  const act = event.ctrlKey ? undo : Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
  if (act) {
    event.preventDefault();
    act();
    return;
  }
  const number = event.ctrlKey ? undefined : choices.of(event.key);
  if (number !== undefined) {
    event.preventDefault();
    answer(number);
  }
});

setInterval(() => {
  const left = current ? Math.ceil(requests.left() / 1000) : Infinity;
  id('lease').textContent = Number.isFinite(left) && left >= 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left` : '';
}, 500);

/** The models to choose from, for who may read them. */
async function models() {
  const select = id('model');
  const all = who.mayRead ? (await get('models').catch(() => ({ models: [] }))).models : [];
  const chosen = filterOf();
  const value = (m) => JSON.stringify([m.model ?? '', m.version ?? '']);
  const options = [{}, ...all];
  if (chosen.model && !all.some((m) => m.model === chosen.model && m.version === (chosen.version ?? m.version))) options.push(chosen);
  select.replaceChildren(...options.map((m) => element('option', { value: value(m) }, m.model ? `${m.model} ${m.version ?? ''}` : 'All models')));
  select.value = value(chosen);
  select.addEventListener('change', () => {
    const [model, version] = JSON.parse(select.value);
    model ? asked.set('model', model) : asked.delete('model');
    version ? asked.set('version', version) : asked.delete('version');
    history.replaceState(null, '', `?${asked}`);
    select.blur();
    restart();
  });
}

await models();
await show();
