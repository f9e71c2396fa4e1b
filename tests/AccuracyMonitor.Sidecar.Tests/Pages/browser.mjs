// What the scenarios of the pages share: a real Chromium, and a line to the test that holds the sidecar.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const tools = createRequire(path.join(process.env.ACCURACY_MONITOR_TOOLS, 'browser', 'package.json'));
const { chromium } = tools('playwright-core');
const axe = tools.resolve('axe-core');

export const address = process.argv[3];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has the test do something, such as stop the sidecar. */
export async function host(command) {
  process.stdout.write(`@${command}\n`);
  return (await lines.next()).value;
}

export async function withBrowser(work) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync'],
  });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** A page of its own, that fails on errors of scripts and of the content policy, and on requests to other servers. */
export async function open(browser, where, options = {}) {
  const context = options.context ?? await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.on('pageerror', (error) => fail(`error in the page: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) fail(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url())) fail(`request to ${request.url()}`);
  });
  await page.goto(address + where);
  return page;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** Says who labels, where the page asks. */
export async function nameIs(page, name) {
  await page.fill('#name', name);
  await page.press('#name', 'Enter');
}

/** Waits for a request that is not one of these. @returns its prediction id. */
export async function shown(page, not = []) {
  const handle = await page.waitForFunction((seen) => {
    const id = document.getElementById('input').dataset.prediction;
    return id && !seen.includes(id) ? id : null;
  }, not);
  return handle.jsonValue();
}

/** Waits until nothing is left to be sent. */
export const sent = (page) => page.waitForFunction(() => Object.keys(localStorage).every((k) => !k.startsWith('accuracy-monitor-answer:')));

/** Violations of WCAG A and AA. */
export async function violations(page) {
  // Not as an element: the policy of the page takes no script but its own.
  await page.evaluate((await import('node:fs')).readFileSync(axe, 'utf8'));
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
}

export async function picture(page, name) {
  const folder = process.env.ACCURACY_MONITOR_KEEP_PICTURES;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
