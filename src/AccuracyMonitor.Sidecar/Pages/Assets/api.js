// Calls of the sidecar. A page that finds nobody signed in shows the sign-in form.

export class Unreachable extends Error {}

/** The sidecar itself said no, or somebody asks who this is (401, 403). */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const patience = 30000;

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(patience), ...options });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  const text = await response.text();
  let body;
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = undefined;
  }
  if (response.ok && body) return body;
  const { status } = response;
  // Errors of the sidecar are JSON. Any other answer comes from a proxy, often while the sidecar starts: the same call can succeed later.
  const said = typeof body?.error === 'string' ? body.error : '';
  const refused = status === 401 || status === 403 || (said && status >= 400 && status < 500 && status !== 429);
  throw refused ? new Refused(status, said || `status ${status}`) : new Unreachable(said || `status ${status}`);
}

const query = (values) => new URLSearchParams(values).toString();

export const get = (name, values = {}) => call(`/label/api/${name}?${query(values)}`);

export const post = (name, body, values = {}, keepalive = false) => call(`/label/api/${name}?${query(values)}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), keepalive,
});

/** An element with attributes and children; text is always text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((c) => c !== undefined && c !== null));
  return made;
}

/** Who is here. Where a token is needed and none is given, asks for it and never returns. */
export async function session(role) {
  const who = await get('session');
  const may = role === 'label' ? who.mayLabel : who.mayRead;
  if (!may) {
    signIn(who, role);
    return new Promise(() => {});
  }
  const place = document.getElementById('who');
  if (place && who.authenticated) {
    place.replaceChildren(`${who.subject} `, element('button', { type: 'button', onclick: signOut }, 'Sign out'));
  }
  const link = document.getElementById('dashboard');
  if (link && /^https?:/.test(who.dashboard)) {
    link.href = who.dashboard;
    link.hidden = false;
  }
  return who;
}

export async function signOut() {
  await post('sign-out', {});
  location.reload();
}

function signIn(who, role) {
  const main = document.querySelector('main');
  if (!who.takesTokens) {
    main.replaceChildren(element('p', { class: 'note' }, `${who.subject} does not have the role ${role} here (settings Access:LocalRoles, Access:Grants).`));
    return;
  }
  const wrong = element('p', { role: 'alert' });
  const token = element('input', { id: 'token', type: 'password', required: true, autocomplete: 'off', class: 'search' });
  main.replaceChildren(element('section', { class: 'panel' },
    element('h2', {}, 'Sign in'),
    element('p', {}, who.authenticated
      ? `${who.subject} does not have the role ${role} (setting Access:Grants). Another token may.`
      : 'This sidecar asks for an access token. The person who runs it can give you one.'),
    element('form', {
      onsubmit: async (event) => {
        event.preventDefault();
        try {
          await post('sign-in', { token: token.value });
          location.reload();
        } catch (error) {
          wrong.textContent = error.message;
        }
      },
    }, element('label', { for: 'token' }, 'Access token'), token, element('button', { class: 'main' }, 'Sign in'), wrong)));
  token.focus();
}
