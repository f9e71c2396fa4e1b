// Every model at a glance: which is below its promise, whose monitor or labels fail, which sidecars are in trouble.
import { better, dashboard, fleetUid, modelUid, row, rule, series, stat, table, timeline, worse } from './grafana.mjs';

const at = 'namespace=~"$namespace",model=~"$model"';
const audited = (name, more = '') => `${rule(name)}{${at},estimate="audited",range="$range"${more}}`;
const byVersion = '{{model}} {{version}}';

export const fleet = dashboard({
  uid: fleetUid,
  title: 'Accuracy: fleet',
  description: 'All models that Accuracy Monitor watches. Accuracy is audited: by labels, over all pods.',
  tags: ['accuracy-monitor'],
  selector: at,
  variables: (query) => [query('model', 'model', 'accuracy_monitor_model_info{namespace=~"$namespace"}', { includeAll: true, allValue: '.*', multi: true, current: { text: ['All'], value: ['$__all'] } })],
  links: [],
  panels: [
    stat('Model versions', 'With predictions in the range.', `count(${rule('predictions:increase')}{${at},range="$range"} > 0)`),
    stat('Least accurate', 'The lowest audited accuracy.', `min(${audited('accuracy:ratio')})`, { unit: 'percentunit', decimals: 1 }),
    stat('Below objective', 'Versions whose 99.9 % upper bound is below their objective.', `count(${rule('accuracy_at_most:ratio')}{${at},range="$range"} < on (namespace, model, version) ${rule('objective:ratio')}) or vector(0)`, { thresholds: worse(1, 1) }),
    stat('Monitors invalid', 'Pods whose validity alarm fires.', `sum(accuracy_monitor_alarm_firing{${at},alarm="validity"}) or vector(0)`, { thresholds: worse(1, 3) }),
    stat('Label requests answered', 'Of those made in the range.', `sum(increase(accuracy_monitor_labels_total{${at},outcome=~"correct|incorrect"}[$range])) / sum(increase(accuracy_monitor_label_requests_total{${at}}[$range]))`, { unit: 'percentunit', thresholds: better(0.25, 0.7) }),
    stat('Sidecars scraped', 'That answer Prometheus.', 'count(accuracy_monitor_build_info{namespace=~"$namespace"})'),
    table('Accuracy by version', 'Audited accuracy over all pods with its 95 % interval. A row without numbers has too few labels.', [
      [audited('accuracy:ratio'), 'accuracy', 'percentunit'],
      [audited('accuracy_lower_bound:ratio', ',confidence="0.95"'), 'at least', 'percentunit'],
      [audited('accuracy_upper_bound:ratio', ',confidence="0.95"'), 'at most', 'percentunit'],
      [`${rule('objective:ratio')}{${at}}`, 'objective', 'percentunit'],
      [`${rule('error_budget_burn:ratio')}{${at},range="$range"}`, 'burn of the error budget', 'short'],
      [audited('accuracy:effective_samples'), 'effective samples', 'short'],
      [`${rule('predictions:increase')}{${at},range="$range"}`, 'predictions', 'short'],
    ], ['estimate', 'range', 'confidence', 'namespace'], { links: [['model', 'Look closer', `/d/${modelUid}?\${datasource:queryparam}&\${namespace:queryparam}&\${range:queryparam}&\${__url_time_range}&var-model=\${__data.fields.model}`]] }),
    series('Audited accuracy', 'Over the range that ends at each moment.', [[audited('accuracy:ratio'), byVersion]], { unit: 'percentunit', max: 1 }),
    series('Error budget burn', 'Wrong predictions over those that the objective allows. 1 uses the budget up in its 30 days.', [[`${rule('error_budget_burn:ratio')}{${at},range="$range"}`, byVersion]], { min: 0 }),
    series('Label-free accuracy', 'Mean correctness score. Withdrawn while a monitor is not valid.', [[`${rule('accuracy:ratio')}{${at},estimate="label_free",range="$range"}`, byVersion]], { unit: 'percentunit', max: 1 }),
    timeline('Alerts', 'Alerts of the rules that fire.', [[`max by (alertname, model, version) (ALERTS{alertname=~"Model.*|Accuracy.*",alertstate="firing"})`, '{{alertname}} {{model}} {{version}}']], { 1: ['firing', 'red'] }),
    row('Traffic and labels'),
    series('Predictions a second', '', [[`sum by (model, version) (rate(accuracy_monitor_predictions_total{${at}}[$__rate_interval]))`, byVersion]], { unit: 'reqps', min: 0, stack: true }),
    series('Labels a second', 'Answers that say right or wrong.', [[`sum by (model, version) (rate(accuracy_monitor_labels_total{${at},outcome=~"correct|incorrect"}[$__rate_interval]))`, byVersion]], { min: 0, stack: true }),
    series('Label queue', 'Requests that wait or are leased.', [['sum by (state) (accuracy_monitor_label_queue_items{namespace=~"$namespace"})', '{{state}}']], { min: 0, stack: true }),
    series('Oldest request', 'How long the oldest waiting request of all pods has waited.', [['max(time() - (accuracy_monitor_label_queue_oldest_timestamp_seconds{namespace=~"$namespace"} > 0)) or vector(0)', 'age']], { unit: 's', min: 0 }),
    row('Sidecars'),
    series('Dropped and rejected a second', 'Dropped: for want of room. Rejected: bad input.', [
      ['sum by (reason) (rate(accuracy_monitor_dropped_total{namespace=~"$namespace"}[$__rate_interval]))', 'dropped: {{reason}}'],
      ['sum by (reason) (rate(accuracy_monitor_rejected_total{namespace=~"$namespace"}[$__rate_interval]))', 'rejected: {{reason}}'],
    ], { min: 0 }),
    series('Time to score a prediction', 'Half and 99 % of predictions take no longer.', [
      ['histogram_quantile(0.5, sum by (le) (rate(accuracy_monitor_score_duration_seconds_bucket{namespace=~"$namespace"}[$__rate_interval])))', 'half'],
      ['histogram_quantile(0.99, sum by (le) (rate(accuracy_monitor_score_duration_seconds_bucket{namespace=~"$namespace"}[$__rate_interval])))', '99 %'],
    ], { unit: 's', min: 0 }),
    series('Age of the last estimate', 'By sidecar.', [['time() - accuracy_monitor_last_estimate_timestamp_seconds{namespace=~"$namespace"}', '{{instance}}']], { unit: 's', min: 0 }),
    series('Open streams', 'Clients connected, by sidecar.', [['accuracy_monitor_open_streams{namespace=~"$namespace"}', '{{instance}}']], { min: 0 }),
  ],
});
