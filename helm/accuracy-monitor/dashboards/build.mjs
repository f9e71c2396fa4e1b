// Writes the dashboards beside it, and ../grafana-alerts/alerts.yaml from ../rules/alerts.yaml. Run after a change here or there:
//   node helm/accuracy-monitor/dashboards/build.mjs [--check]
// Needs the npm package yaml (tests/install-tools puts it under artifacts/tools). --check writes nothing and fails where a file is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fleet } from './fleet.mjs';
import { model } from './model.mjs';
import { grafanaAlerts } from './grafana-alerts.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const json = (dashboard) => `${JSON.stringify(dashboard, null, 2)}\n`;
const files = {
  [join(here, 'accuracy-fleet.json')]: json(fleet),
  [join(here, 'accuracy-model.json')]: json(model),
  [join(here, '../grafana-alerts/alerts.yaml')]: grafanaAlerts(readFileSync(join(here, '../rules/alerts.yaml'), 'utf8')),
};

let stale = 0;
for (const [path, text] of Object.entries(files)) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale++;
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what build.mjs writes.`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
process.exitCode = process.argv.includes('--check') && stale > 0 ? 1 : 0;
