// What people do on the pages. Usage: node scenarios.mjs SCENARIO ADDRESS; ends with 0 when all went as it should.

import assert from 'node:assert/strict';
import { host, nameIs, open, picture, sent, shown, violations, withBrowser } from './browser.mjs';

const scenarios = {
  /** Thirty requests, each answered by one key. */
  async keyboard(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const seen = [await shown(page)];
    const begin = Date.now();
    for (let i = 0; i < 30; i += 1) {
      await page.keyboard.press(i % 3 === 0 ? '2' : '1');
      if (i < 29) seen.push(await shown(page, seen));
    }
    const seconds = (Date.now() - begin) / 1000;
    await sent(page);
    await page.waitForFunction(() => document.getElementById('today').textContent === '30');
    await page.getByText('Nothing waits for a label').waitFor();
    assert.equal(new Set(seen).size, 30);
    console.log(`${(seconds / 30).toFixed(3)} s per label`);
  },

  /** An answer is taken back and given again, another request is skipped with a reason. */
  async undo(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const first = await shown(page);
    await page.keyboard.press('1');
    const second = await shown(page, [first]);
    await sent(page);
    await page.keyboard.press('Backspace');
    assert.equal(await shown(page, [second]), first);
    await page.keyboard.press('2');
    assert.equal(await shown(page, [first]), second);
    await page.keyboard.press('Space');
    await page.locator('#skip-dialog[open]').waitFor();
    await page.keyboard.press('2');
    await shown(page, [first, second]);
    await sent(page);
    console.log(JSON.stringify({ answered: first, skipped: second }));
  },

  /** Every key that the guide names does what it says there. */
  async guide(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const first = await shown(page);
    await page.keyboard.press('/');
    await page.keyboard.type('aka 1');
    await page.keyboard.press('Enter');
    const second = await shown(page, [first]);
    await sent(page);
    await page.keyboard.press('Control+z');
    assert.equal(await shown(page, [second]), first);
    await page.keyboard.press('1');
    assert.equal(await shown(page, [first]), second);
    await sent(page);
    await page.keyboard.press('Backspace');
    assert.equal(await shown(page, [second]), first);
    await page.keyboard.press('2');
    assert.equal(await shown(page, [first]), second);
    await page.keyboard.press('Space');
    await page.locator('#skip-dialog[open]').waitFor();
    await page.keyboard.press('3');
    await shown(page, [first, second]);
    await sent(page);
    await page.keyboard.press('g');
    await page.getByText('Guidelines for m').waitFor();
    await page.keyboard.press('?');
    await page.locator('#keys-dialog[open]').waitFor();
    console.log(JSON.stringify({ answered: first, skipped: second }));
  },

  /** Somebody who does nothing loses his request, is told so, and sees another. */
  async lease(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const first = await shown(page);
    await page.getByText(`The time for ${first} ran out`).waitFor();
    await shown(page);
  },

  /** Two annotators at once get different requests. */
  async two(browser) {
    const work = async (name) => {
      const page = await open(browser, '/label?model=m&version=1');
      await nameIs(page, name);
      const seen = [];
      for (let i = 0; i < 8; i += 1) {
        seen.push(await shown(page, seen));
        await page.keyboard.press('1');
      }
      await sent(page);
      return seen;
    };
    const [ann, bob] = await Promise.all([work('ann'), work('bob')]);
    assert.equal(new Set([...ann, ...bob]).size, 16);
  },

  /** The sidecar goes away; an answer given meanwhile is kept, also when the page is closed, and arrives when it is back. */
  async away(browser) {
    const context = await browser.newContext();
    let page = await open(browser, '/label?model=m&version=1', { context });
    await nameIs(page, 'ann');
    const first = await shown(page);
    await page.waitForFunction(() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/label/input')).length >= 4);
    await host('stop');
    await page.keyboard.press('2');
    const second = await shown(page, [first]);
    await page.keyboard.press('1');
    await page.getByText('2 answers are kept in this browser').waitFor();
    await page.close();
    await host('start');
    page = await open(browser, '/label?model=m&version=1', { context });
    await shown(page, [first, second]);
    await sent(page);
    console.log(JSON.stringify({ two: first, one: second }));
  },

  /** A thousand classes: typed, found by alias, by prefix before substring, and the recently used first. */
  async search(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const first = await shown(page);
    const names = () => page.locator('#classes button').allTextContents();
    await page.waitForFunction(() => document.activeElement.id === 'search');
    await page.keyboard.type('kind 77');
    assert.deepEqual((await names()).slice(0, 2), ['kind 77', 'kind 770']);
    await page.fill('#search', 'aka 512');
    assert.deepEqual(await names(), ['kind 512']);
    await page.keyboard.press('Enter');
    await shown(page, [first]);
    assert.equal((await names())[0], 'kind 512');
    await page.fill('#search', 'no such');
    await page.getByText('No class fits.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.locator('#keys-dialog[open]').waitFor();
    await sent(page);
    console.log(JSON.stringify({ answered: first }));
  },

  /** Beyond this machine a token is asked for once; the pages then know who it is. */
  async signIn(browser) {
    const page = await open(browser, '/label');
    await page.fill('#token', 'guess');
    await page.keyboard.press('Enter');
    await page.getByText('The token is not valid here.').waitFor();
    await page.fill('#token', 'ann-token');
    await page.keyboard.press('Enter');
    const first = await shown(page);
    assert.match(await page.textContent('#who'), /token:ann/);
    assert.equal(await page.evaluate(() => document.cookie), '');
    await page.keyboard.press('1');
    await shown(page, [first]);
    await sent(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#token').waitFor();
    console.log(JSON.stringify({ answered: first }));
  },

  /** With the setting and his choice a person sees the model's answer, and his label says so. */
  async reveal(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    await shown(page);
    assert.equal(await page.locator('#revealed').count(), 0);
    await page.check('#reveal');
    await page.locator('#revealed').waitFor();
    const first = await shown(page);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('1');
    const second = await shown(page, [first]);
    await page.uncheck('#reveal');
    await page.waitForFunction(() => document.getElementById('input').dataset.prediction && !document.getElementById('revealed'));
    assert.equal(await shown(page), second);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('1');
    await shown(page, [second]);
    await sent(page);
    console.log(JSON.stringify({ answered: first, hidden: second }));
  },

  /** A second opinion is undone and given anew; one that was refused is undone. */
  async opinion(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'bob');
    const first = await shown(page);
    await page.keyboard.press('1');
    const second = await shown(page, [first]);
    await sent(page);
    await page.keyboard.press('Backspace');
    await shown(page, [second]);
    await page.keyboard.press('2');
    await shown(page, [first]);
    await sent(page);
    await page.route('**/label/api/complete*', (route) => route.fulfill(
      { json: { outcomes: [{ code: 'OUTCOME_CODE_LEASE_LOST', reason: 'it is given already' }] } }));
    await page.keyboard.press('2');
    await page.getByText('was not taken: it is given already').waitFor();
    await page.keyboard.press('Backspace');
    await shown(page);
    await sent(page);
    console.log(JSON.stringify({ again: first, refused: second }));
  },

  /** An answer is taken back, and the request then skipped. */
  async skipAfterUndo(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const first = await shown(page);
    await page.keyboard.press('1');
    const second = await shown(page, [first]);
    await sent(page);
    await page.keyboard.press('Backspace');
    await shown(page, [second]);
    await page.keyboard.press('Space');
    await page.locator('#skip-dialog[open]').waitFor();
    await page.keyboard.press('2');
    await shown(page, [first]);
    await sent(page);
    console.log(JSON.stringify({ skipped: first }));
  },

  /** Two tabs of one annotator: an answer that is on its way from one is not sent by the other too, and undoing it comes after it. */
  async tabs(browser) {
    const context = await browser.newContext();
    const page = await open(browser, '/label?model=m&version=1', { context });
    await nameIs(page, 'ann');
    const first = await shown(page);
    const other = await open(browser, '/label?model=m&version=1', { context });
    await shown(other);
    const calls = [];
    let go;
    const gate = new Promise((resolve) => { go = resolve; });
    await context.route(/label\/api\/(complete|retract)/, async (route) => {
      calls.push(route.request().url().replace(/.*api\/(\w+).*/, '$1'));
      if (calls.length === 1) await gate;
      await route.continue();
    });
    const asked = page.waitForRequest('**/label/api/complete*');
    await page.keyboard.press('1');
    await asked;
    await other.evaluate(() => dispatchEvent(new Event('online')));
    await page.keyboard.press('Backspace');
    await other.evaluate(() => dispatchEvent(new Event('online')));
    go();
    await sent(page);
    assert.deepEqual(calls, ['complete', 'retract']);
    console.log(JSON.stringify({ undone: first }));
  },

  /** Revealing is chosen while a lease is on its way: what comes late is given back, and not shown. */
  async late(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const seen = [await shown(page)];
    let go;
    const gate = new Promise((resolve) => { go = resolve; });
    await page.route('**/label/api/lease?*', async (route) => {
      const response = await route.fetch();
      if (!route.request().url().includes('reveal=true')) await gate;
      await route.fulfill({ response });
    });
    const asked = page.waitForRequest('**/label/api/lease?*');
    await page.keyboard.press('1');
    await asked;
    await page.check('#reveal');
    await page.locator('#revealed').waitFor();
    await page.evaluate(() => document.activeElement.blur());
    const released = page.waitForResponse('**/label/api/release?*');
    go();
    await released;
    for (let i = 0; i < 7; i += 1) {
      seen.push(await shown(page, seen));
      assert.equal(await page.locator('#revealed').count(), 1);
      await page.keyboard.press('1');
    }
    await page.getByText('Nothing waits for a label').waitFor();
    await sent(page);
    assert.equal(new Set(seen).size, 8);
  },

  /** What is kept, and what is a refusal. */
  async refusals(browser) {
    const page = await open(browser, '/label?model=m&version=1');
    await nameIs(page, 'ann');
    const seen = [await shown(page)];
    const complete = '**/label/api/complete*';
    const answerWith = (response) => page.route(complete, (route) => route.fulfill(response));

    await answerWith({ status: 404, contentType: 'text/html', body: '<h1>default backend</h1>' });
    await page.keyboard.press('1');
    seen.push(await shown(page, seen));
    await page.getByText('1 answer is kept in this browser').waitFor();
    await page.unroute(complete);
    await sent(page);
    assert.equal(await page.isVisible('#refused'), false);

    await answerWith({ status: 400, json: { error: 'it is wrong' } });
    await page.keyboard.press('1');
    seen.push(await shown(page, seen));
    await page.getByText(`What you said of ${seen[1]} was not taken: it is wrong.`).waitFor();
    await page.unroute(complete);
    await page.keyboard.press('1');
    seen.push(await shown(page, seen));
    assert.equal(await page.isVisible('#refused'), true);
    await page.click('#refused-close');
    assert.equal(await page.isVisible('#refused'), false);
    await sent(page);

    await page.evaluate(() => {
      window.kept = Storage.prototype.setItem;
      Storage.prototype.setItem = () => { throw new Error('it is full'); };
    });
    await page.keyboard.press('1');
    await page.getByText('This browser does not keep your answer: it is full').waitFor();
    assert.equal(await shown(page), seen[3]);
    await page.evaluate(() => { Storage.prototype.setItem = window.kept; });

    await page.route(complete, (route) => (route.request().postData().includes('"other"')
      ? route.fulfill({ status: 403, json: { error: 'not for other' } }) : route.continue()));
    await page.evaluate(() => localStorage.setItem('accuracy-monitor-answer:0', JSON.stringify(
      { name: 'complete', body: { answers: [{ model: 'other' }] }, model: 'other', about: 'q', subject: 'ann', tried: false })));
    await page.keyboard.press('1');
    await shown(page, seen);
    await page.waitForFunction(() => Object.keys(localStorage).filter((k) => k.startsWith('accuracy-monitor-answer:')).join() === 'accuracy-monitor-answer:0');
    await page.getByText('not for other').waitFor();
    console.log(JSON.stringify({ proxy: seen[0], refused: seen[1], last: seen[3] }));
  },

  /** Every page, light and dark, on a phone and on a wide screen, keeps WCAG AA, and no script in the guidelines runs. */
  async accessibility(browser) {
    const found = [];
    for (const colorScheme of ['light', 'dark']) {
      for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['wide', { width: 1280, height: 860 }]]) {
        const context = await browser.newContext({ colorScheme, viewport });
        const label = await open(browser, '/label?model=m&version=1', { context });
        found.push(...await violations(label));
        await nameIs(label, 'ann');
        await shown(label);
        await label.keyboard.press('g');
        await label.locator('#guidelines h1').waitFor();
        assert.equal(await label.evaluate(() => window.hacked), undefined);
        assert.equal(await label.locator('#guidelines a[href^="javascript"], #guidelines script, #guidelines img').count(), 0);
        assert.ok(await label.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${size} ${colorScheme} scrolls sideways`);
        found.push(...await violations(label));
        await picture(label, `label-${size}-${colorScheme}`);
        await label.keyboard.press('Space');
        await label.locator('#skip-dialog[open]').waitFor();
        found.push(...await violations(label));
        await label.keyboard.press('Escape');
        // The start page and the page of a model are made of the same parts: each size in one of the two schemes.
        for (const [name, where] of (size === 'wide') === (colorScheme === 'light') ? [['start', '/'], ['model', '/models?model=m&version=1']] : []) {
          const page = await open(browser, where, { context });
          await page.locator('svg.plot').waitFor();
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} ${size} scrolls sideways`);
          found.push(...await violations(page));
          await picture(page, `${name}-${size}-${colorScheme}`);
          await page.close();
        }
        await context.close();
      }
    }
    assert.deepEqual([...new Set(found)], []);
  },
};

await withBrowser(scenarios[process.argv[2]]);
process.exit(0);
