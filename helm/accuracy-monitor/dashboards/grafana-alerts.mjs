// The alerts of ../rules/alerts.yaml as Grafana-managed ones, in the format of its file provisioning.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cwd } from 'node:process';

const installed = createRequire(join(cwd(), 'artifacts/tools/'));
const { parse, stringify } = installed('yaml');

// Grafana expands $NAME from its environment when it reads a file, so a dollar of our own is doubled. Its templates have no query function; the number
// that a summary takes from another series is left out. $value is a sentence there, and $values.A.Value the number.
const text = (template) => template
  .replace(/; promised are \{\{ with .*?\}\}\.$/s, '.')
  .replace(/\s*\{\{ with .*?\{\{ end \}\}( times)? too fast/s, ' too fast')
  .replaceAll('$value', '$values.A.Value')
  .replaceAll('$', '$$$$');

// Of alerts that share a name, a label beside the severity says which it is.
const title = ({ alert, labels: { severity: _, ...which } }) => [alert, ...Object.values(which).map((w) => `(${w})`)].join(' ');

const rule = (alert, uid) => ({
  uid,
  title: title(alert),
  condition: 'C',
  data: [
    { refId: 'A', relativeTimeRange: { from: 600, to: 0 }, datasourceUid: '$ACCURACY_MONITOR_DATASOURCE_UID', model: { refId: 'A', expr: alert.expr.replaceAll('$', '$$$$'), instant: true, range: false, editorMode: 'code' } },
    // The expression answers only where the alert is due, with a number of at least 0.
    { refId: 'C', datasourceUid: '__expr__', model: { refId: 'C', type: 'threshold', expression: 'A', conditions: [{ evaluator: { type: 'gt', params: [-1] } }] } },
  ],
  noDataState: 'OK',
  execErrState: 'Error',
  for: alert.for,
  ...(alert.keep_firing_for ? { keepFiringFor: alert.keep_firing_for } : {}),
  labels: alert.labels,
  annotations: Object.fromEntries(Object.entries(alert.annotations).map(([name, value]) => [name, name === 'runbook_url' ? value : text(value)])),
  isPaused: false,
});

export const grafanaAlerts = (rules) => {
  const alerts = parse(rules).groups.flatMap((group) => group.rules);
  const document = {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'accuracy-monitor', folder: 'Accuracy Monitor', interval: '1m', rules: alerts.map((alert, i) => rule(alert, `accuracy-monitor-${String(i + 1).padStart(2, '0')}`)) }],
  };
  return '# Written by dashboards/build.mjs from rules/alerts.yaml. Needs the recording rules in the data source, and in Grafana\'s environment\n'
    + '# ACCURACY_MONITOR_DATASOURCE_UID: the uid of that data source.\n' + stringify(document, { lineWidth: 0 });
};
