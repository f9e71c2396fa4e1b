// One page with a dashboard drawn from a Prometheus, without Grafana: to look at it where there is none, and for the tests.
//   node helm/accuracy-monitor/dashboards/view.mjs accuracy-model http://localhost:9090 [--minutes 60 | --from UNIX --to UNIX] [--step 15]
//        [--set model=clothing] [--set window=1h] > page.html
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [name, prometheus, ...options] = process.argv.slice(2);
if (!name || !prometheus) {
  console.error('usage: view.mjs accuracy-fleet|accuracy-model PROMETHEUS [--minutes N | --from UNIX --to UNIX] [--step SECONDS] [--set VARIABLE=VALUE]…');
  process.exit(64);
}

const all = (flag) => options.flatMap((option, i) => (option === flag ? [options[i + 1]] : []));
const number = (flag, otherwise) => Number(all(flag)[0] ?? otherwise);
const to = number('--to', Date.now() / 1000);
const from = number('--from', to - 60 * number('--minutes', 60));
const step = number('--step', Math.max(1, (to - from) / 300));
const settings = {
  prometheus, from, to, step,
  variables: {
    namespace: '.*', model: '.*', version: '.*', range: '1h', window: '1h', __rate_interval: `${Math.ceil(4 * step)}s`,
    ...Object.fromEntries(all('--set').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
  },
};
const inlined = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');
const dashboard = JSON.parse(readFileSync(join(here, `${name}.json`), 'utf8'));
process.stdout.write(readFileSync(join(here, 'viewer.html'), 'utf8').replace('/*DASHBOARD*/null', () => inlined(dashboard)).replace('/*SETTINGS*/null', () => inlined(settings)));
