// One model in depth: is the number right, why did it move, what does it cost.
import { band, byName, dashboard, fleetUid, modelUid, row, rule, series, stat, timeline, worse } from './grafana.mjs';

const at = 'namespace=~"$namespace",model=~"$model",version=~"$version"';
const of = (name, more = '') => `${rule(name)}{${at},range="$range"${more}}`;
const audited = (name, more = '') => of(name, `,estimate="audited"${more}`);
const window = `segment="",window="$window"`;
const pod = '{{version}} {{instance}}';

export const model = dashboard({
  uid: modelUid,
  title: 'Accuracy: one model',
  description: 'Accuracy of one model without its truth, and everything that it rests on.',
  tags: ['accuracy-monitor'],
  selector: at,
  variables: (query) => [
    query('model', 'model', 'accuracy_monitor_model_info{namespace=~"$namespace"}'),
    query('version', 'version', 'accuracy_monitor_model_info{namespace=~"$namespace",model=~"$model"}', { includeAll: true, allValue: '.*', multi: false, current: { text: 'All', value: '$__all' } }),
    query('window', 'window of the sidecars', 'accuracy_monitor_window_labels{model=~"$model"}'),
  ],
  links: [{ type: 'link', title: 'Fleet', url: `/d/${fleetUid}?\${datasource:queryparam}&\${namespace:queryparam}`, keepTime: true, includeVars: false, asDropdown: false, icon: 'arrow-left', tags: [], targetBlank: false, tooltip: 'All models' }],
  panels: [
    stat('Audited accuracy', 'Over the range, all pods.', audited('accuracy:ratio'), { unit: 'percentunit', decimals: 1 }),
    stat('At least', 'Lower end of the 95 % interval.', audited('accuracy_lower_bound:ratio', ',confidence="0.95"'), { unit: 'percentunit', decimals: 1 }),
    stat('At most', 'Upper end of the 95 % interval.', audited('accuracy_upper_bound:ratio', ',confidence="0.95"'), { unit: 'percentunit', decimals: 1 }),
    stat('Objective', 'Accuracy promised (Alarms:Objective).', `${rule('objective:ratio')}{${at}}`, { unit: 'percentunit', decimals: 1, none: 'none set' }),
    stat('Error budget burn', '1 uses it up in 30 days.', of('error_budget_burn:ratio'), { decimals: 1, thresholds: worse(1, 6), none: 'no objective' }),
    stat('Effective samples', 'Uniform labels that would be as precise.', audited('accuracy:effective_samples'), { decimals: 0 }),
    series('Accuracy', 'Audited: from labels, holds whatever the monitor is worth; the band is its 95 % interval. Label-free: the mean score. Grey: what the model believes of itself, no estimate of accuracy.', [
      [audited('accuracy:ratio'), 'audited {{version}}'],
      [audited('accuracy_lower_bound:ratio', ',confidence="0.95"'), 'at least {{version}}'],
      [audited('accuracy_upper_bound:ratio', ',confidence="0.95"'), 'at most {{version}}'],
      [of('accuracy:ratio', ',estimate="label_free"'), 'label-free {{version}}'],
      [`avg by (version) (accuracy_monitor_model_confidence_ratio{${at},${window}})`, 'confidence {{version}}'],
      [`${rule('objective:ratio')}{${at}}`, 'objective {{version}}'],
    ], {
      unit: 'percentunit', max: 1, width: 24,
      overrides: [
        ...band('/^at least/', '/^at most/', 'blue'),
        byName('/^audited/', { color: { mode: 'fixed', fixedColor: 'blue' } }),
        byName('/^label-free/', { color: { mode: 'fixed', fixedColor: 'green' } }),
        byName('/^confidence/', { color: { mode: 'fixed', fixedColor: 'gray' }, 'custom.lineWidth': 1 }),
        byName('/^objective/', { color: { mode: 'fixed', fixedColor: 'red' }, 'custom.lineStyle': { fill: 'dash', dash: [8, 8] } }),
      ],
    }),
    series('Since the first label', 'By each sidecar for its own predictions. Bounds that hold at all times at once, so they may be watched.', [
      [`accuracy_monitor_running_accuracy_ratio{${at},sequence="beta_binomial"}`, pod],
      [`accuracy_monitor_running_accuracy_lower_bound_ratio{${at},sequence="beta_binomial"}`, `at least ${pod}`],
      [`accuracy_monitor_running_accuracy_upper_bound_ratio{${at},sequence="beta_binomial"}`, `at most ${pod}`],
    ], { unit: 'percentunit', max: 1 }),
    series('Against the other version', 'Audited accuracy less that of the version with most predictions, all pods, 95 % interval. Below zero: worse.', [
      [audited('accuracy_difference:ratio'), '{{version}} − {{baseline}}'],
      [audited('accuracy_difference_lower_bound:ratio', ',confidence="0.95"'), 'at least {{version}} − {{baseline}}'],
      [audited('accuracy_difference_upper_bound:ratio', ',confidence="0.95"'), 'at most {{version}} − {{baseline}}'],
    ], { unit: 'percentunit' }),
    row('Labels and budget'),
    series('Outcomes a second', 'What became of label requests.', [[`sum by (outcome) (rate(accuracy_monitor_labels_total{${at}}[$__rate_interval]))`, '{{outcome}}']], { min: 0, stack: true }),
    series('Share of predictions chosen', 'Beside the budget.', [
      [`sum by (version) (rate(accuracy_monitor_label_requests_total{${at}}[$__rate_interval])) / sum by (version) (rate(accuracy_monitor_predictions_total{${at}}[$__rate_interval]))`, 'chosen {{version}}'],
      [`max by (version) (accuracy_monitor_label_budget_ratio{${at}})`, 'budget {{version}}'],
    ], { unit: 'percentunit', min: 0 }),
    series('Labels that count', 'Labels in the range, and how many uniform labels would be as precise as they are.', [
      [of('labels:effective'), 'of equal weight {{version}}'],
      [audited('accuracy:effective_samples'), 'effective samples {{version}}'],
    ], { min: 0 }),
    series('What the score is worth', 'Weight of the score in the audited estimate: 0 labels alone, 1 the score believed.', [[of('score_weight:ratio'), '{{version}}']], { min: 0, max: 1 }),
    row('Can the monitor be trusted'),
    timeline('Monitor valid', 'By sidecar. Not valid: unproven, or the validity alarm has fired.', [[`accuracy_monitor_monitor_valid{${at}}`, pod]], { 0: ['not valid', 'red'], 1: ['valid', 'green'] }),
    timeline('Alarms of the sidecars', 'Accuracy against the objective, validity of the monitor.', [[`max by (version, alarm) (accuracy_monitor_alarm_firing{${at}})`, '{{alarm}} {{version}}']], { 0: ['quiet', 'green'], 1: ['firing', 'red'] }),
    series('Evidence', 'Logarithms: against the monitor fitting, and against the objective being met. Each sidecar sees its own labels only.', [
      [`accuracy_monitor_validity_evidence{${at}}`, `validity ${pod}`],
      [`accuracy_monitor_accuracy_evidence{${at}}`, `accuracy ${pod}`],
    ]),
    series('Challengers judged', 'Heads and networks fitted to labels, promoted or refused.', [[`sum by (kind, decision) (accuracy_monitor_challenger_decisions_total{${at}})`, '{{kind}} {{decision}}']], { min: 0 }),
    row('Drift'),
    series('Mean score, now and over a day', 'The monitor\'s own view of the traffic: a step here without one in the audited accuracy is a covariate shift that it follows.', [
      [`${rule('expected_correct:increase')}{${at},range="5m"} / ${rule('predictions:increase')}{${at},range="5m"}`, '5m {{version}}'],
      [`${rule('expected_correct:increase')}{${at},range="1h"} / ${rule('predictions:increase')}{${at},range="1h"}`, '1h {{version}}'],
    ], { unit: 'percentunit', max: 1 }),
    series('Labelled and expected', 'Of the labelled predictions, weighted: share right, and mean score. Apart: the monitor no longer fits.', [
      [of('labelled_correct:ratio'), 'right {{version}}'],
      [of('labelled_expected:ratio'), 'expected {{version}}'],
    ], { unit: 'percentunit', max: 1 }),
    series('By predicted class', 'Audited, by each sidecar over its window, from Estimation:LabelFloor labels on.', [[`avg by (version, predicted_class) (accuracy_monitor_class_accuracy_ratio{${at},window="$window",estimate="audited"})`, 'class {{predicted_class}} {{version}}']], { unit: 'percentunit', max: 1 }),
    series('By segment', 'Audited, by each sidecar over its window.', [[`avg by (version, segment) (accuracy_monitor_accuracy_ratio{${at},segment!="",window="$window",estimate="audited"})`, '{{segment}} {{version}}']], { unit: 'percentunit', max: 1 }),
    row('Traffic and cost'),
    series('Predictions a second', '', [[`sum by (version) (rate(accuracy_monitor_predictions_total{${at}}[$__rate_interval]))`, '{{version}}']], { unit: 'reqps', min: 0 }),
    series('Labels a day', 'At the rate of the range: what the annotators are asked for, and give.', [
      [`86400 * sum by (version) (rate(accuracy_monitor_label_requests_total{${at}}[$range]))`, 'asked {{version}}'],
      [`86400 * sum by (version) (rate(accuracy_monitor_labels_total{${at},outcome=~"correct|incorrect"}[$range]))`, 'given {{version}}'],
    ], { min: 0 }),
    series('Dropped a second', 'By all models of these sidecars.', [['sum by (reason) (rate(accuracy_monitor_dropped_total{namespace=~"$namespace"}[$__rate_interval]))', '{{reason}}']], { min: 0 }),
    series('Cores spent on scoring', 'By sidecar, all models.', [['rate(accuracy_monitor_score_duration_seconds_sum{namespace=~"$namespace"}[$__rate_interval])', '{{instance}}']], { min: 0 }),
  ],
});
