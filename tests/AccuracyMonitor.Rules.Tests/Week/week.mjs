// Two weeks of a cluster as a scenario for promtool: the first is what the alerts compare with, the second has a deployment, restarts, a holiday, and one
// real incident. node week.mjs RULES-FOLDER SCENARIO
import { writeFileSync } from 'node:fs';
import { counter, day, gauge, hour, step } from './series.mjs';

const [rules, scenario] = process.argv.slice(2);
const end = 14 * day + 12 * hour;

// Day 0 is a Monday. On Wednesday of the second week is a holiday: few customers, no annotators.
const holiday = 9;
const dayOf = (t) => Math.floor(t / day);
const hourOf = (t) => (t % day) / hour;
const works = (t) => dayOf(t) % 7 < 5 && dayOf(t) !== holiday;
const between = (t, from, to) => hourOf(t) >= from && hourOf(t) < to;

const always = { from: 0, to: Infinity, end };
const deployed = 8 * day + 10 * hour;
const series = [];

/** One pod of a model: predictions and labels per scrape, how accurate it is, where labels weigh 1/0.01. */
const pod = (labels, life, { predictions, requests, answers, accuracy, objective, budget }) => {
  const count = (name, rate, more = {}) => series.push(counter(`accuracy_monitor_${name}_total`, { ...labels, ...more }, life, rate));
  const keep = (name, value, more = {}) => series.push(gauge(`accuracy_monitor_${name}`, { ...labels, ...more }, life, value));
  count('predictions', predictions);
  count('expected_correct', (t) => 0.9 * predictions(t));
  count('expected_correct_variance', (t) => 0.09 * predictions(t));
  count('label_requests', requests, { policy: 'mixed' });
  count('labels', (t) => accuracy(t) * answers(t), { outcome: 'correct' });
  count('labels', (t) => (1 - accuracy(t)) * answers(t), { outcome: 'incorrect' });
  const w = 1 / budget;
  const moments = { w: 1, w_correct: null, w_score: 0.9, w2: w, w2_correct: null, w2_score: 0.9 * w, w2_correct_score: null, w2_score2: 0.81 * w };
  for (const [moment, weight] of Object.entries(moments)) {
    const right = { w_correct: 1, w2_correct: w, w2_correct_score: 0.9 * w }[moment];
    count('label_moment', (t) => w * answers(t) * (weight ?? right * accuracy(t)), { moment });
  }
  if (objective) keep('accuracy_objective_ratio', () => objective);
  keep('label_budget_ratio', () => budget);
  keep('monitor_valid', () => 1);
  process_(labels, life);
};

/** What every sidecar has. */
const process_ = ({ namespace, pod: name }, life) => {
  const target = { namespace, job: 'ml/sidecars', instance: name, pod: name };
  series.push(gauge('up', target, { ...life, restarts: [] }, (t) => (life.restarts?.includes(t) ? 0 : 1)));
  series.push(gauge('accuracy_monitor_build_info', { ...target, version: '1.0' }, life, () => 1));
  series.push(gauge('accuracy_monitor_last_estimate_timestamp_seconds', target, life, (t) => t * step));
  for (const reason of ['queue_full', 'storage_full']) series.push(counter('accuracy_monitor_dropped_total', { ...target, reason }, life, () => 0));
  series.push(counter('accuracy_monitor_internal_errors_total', { ...target, kind: 'call' }, life, () => 0));
  series.push(gauge('accuracy_monitor_component_up', { ...target, component: 'store' }, life, () => 1));
  series.push(gauge('accuracy_monitor_annotators_standing_out', target, life, () => 0));
};

// A shop: many customers by day, few from 22 to 8, two thirds at the weekend; the truth comes at once. 70 % accurate on Thursday from 12 to 16.
const shopping = (t) => (between(t, 8, 22) ? 300 : 2) * (works(t) ? 1 : 0.66);
const shop = {
  predictions: shopping, requests: (t) => 0.01 * shopping(t), answers: (t) => 0.01 * shopping(t), objective: 0.9, budget: 0.01,
  accuracy: (t) => (dayOf(t) === 10 && between(t, 12, 16) ? 0.7 : 0.93),
};
for (const name of ['a', 'b']) pod({ namespace: 'ml', pod: name, model: 'shop', version: '1' }, { ...always, to: deployed }, shop);
for (const name of ['c', 'd']) {
  pod({ namespace: 'ml', pod: name, model: 'shop', version: '2' }, { ...always, from: deployed - 2, restarts: name === 'c' ? [9 * day + 3 * hour, 11 * day + 15 * hour] : [] }, shop);
}

// Claims: traffic around the clock, annotators from 9 to 18 on working days, who answer what came within a day. The oldest request waits since they left.
const answering = (t) => works(t) && between(t, 9, 18);
const claims = { namespace: 'ml', pod: 'e', model: 'claims', version: '1' };
pod(claims, always, {
  predictions: () => 60, requests: () => 0.6, answers: (t) => (answering(t) ? 0.6 * 24 / 9 : 0), objective: 0.9, budget: 0.01, accuracy: () => 0.95,
});
let left = 0;
series.push(gauge('accuracy_monitor_label_queue_oldest_timestamp_seconds', { namespace: 'ml', job: 'ml/sidecars', instance: 'e', pod: 'e' }, always, (t) => {
  if (answering(t)) left = t;
  return Math.max(left, t - day, 1) * step;
}));

// An office: predictions from 8 to 20 on working days, a few on the holiday.
const office = (t) => (dayOf(t) % 7 < 5 && between(t, 8, 20) ? (works(t) ? 100 : 30) : 0);
pod({ namespace: 'ml', pod: 'f', model: 'office', version: '1' }, always, {
  predictions: office, requests: (t) => 0.01 * office(t), answers: (t) => 0.01 * office(t), budget: 0.01, accuracy: () => 0.95,
});

// A prediction every half hour.
const rarely = (t) => (t % (hour / 2) === 7 ? 1 : 0);
pod({ namespace: 'ml', pod: 'g', model: 'rare', version: '1' }, always, { predictions: rarely, requests: rarely, answers: rarely, budget: 1, accuracy: () => 0.95 });

// Twenty pods whose monitors fit: by chance the test of one has reached its threshold, e³ and a little.
for (let i = 0; i < 20; i++) {
  const labels = { namespace: 'ml', pod: `many-${i}`, model: 'many', version: '1' };
  series.push(gauge('accuracy_monitor_validity_evidence', labels, always, (t) => (i === 7 && t > 3 * day ? 3.5 : -0.5)));
  series.push(gauge('accuracy_monitor_alarm_firing', { ...labels, alarm: 'validity' }, always, (t) => (i === 7 && t > 3 * day ? 1 : 0)));
}

// Two replicas of the injector, renewed with the deployment.
const replicas = [['i', { ...always, to: deployed }], ['j', { ...always, to: deployed + 4 }], ['k', { ...always, from: deployed - 4 }], ['l', { ...always, from: deployed }]];
for (const [name, life] of replicas) {
  const target = { namespace: 'am', job: 'am/accuracy-monitor', instance: name, pod: name };
  const count = (metric, labels, rate) => series.push(counter(`accuracy_monitor_injector_${metric}_total`, { ...target, ...labels }, life, rate));
  series.push(gauge('up', target, life, () => 1));
  series.push(gauge('accuracy_monitor_injector_build_info', { ...target, version: '1.0' }, life, () => 1));
  series.push(gauge('accuracy_monitor_injector_certificate_expiry_timestamp_seconds', target, life, (t) => t * step + 40 * 86400));
  count('injections', { outcome: 'patched', reason: 'requested' }, (t) => (between(t, 9, 18) ? 1 : 0));
  count('injections', { outcome: 'skipped', reason: 'not_requested' }, () => 1);
  count('injections', { outcome: 'left_alone', reason: 'quota' }, () => 0);
  count('injections', { outcome: 'failed', reason: 'internal_error' }, () => 0);
  count('certificate_steps', { step: 'failed' }, () => 0);
  count('rules_reads', { outcome: 'failed' }, () => 0);
  count('malformed_requests', {}, () => 0);
}

const critical = 'ALERTS{alertname="ModelAccuracyBelowObjective",alertstate="firing",model="shop",namespace="ml",severity="critical",version="2"}';
const check = (at, labels, value, expression) =>
  `      - { eval_time: ${at}, expr: '${expression}', exp_samples: [{ labels: '${labels}', value: ${value} }] }`;
const firing = 'ALERTS{alertstate="firing"}';
const incident = 10 * 24 + 12;

// Nine evaluations in the two weeks found any alert firing, and all of them the page: from one hour after the incident began until one hour after it ended.
writeFileSync(scenario, `rule_files: [${rules}/recording.yaml, ${rules}/alerts.yaml]
group_eval_order: [accuracy-monitor-recording, accuracy-monitor-usual, accuracy-monitor-alerts]
# No range is shorter than this for long: sums of 5 m that make up 2 h are thinned out, the others are whole.
evaluation_interval: 30m
tests:
  - name: two weeks
    interval: ${step}s
    input_series:
${series.join('\n')}
    promql_expr_test:
${check(`${end * step}s`, critical.replace('ALERTS', ''), 9, `count_over_time(${firing}[${end * step}s])`)}
${check(`${incident + 1}h`, critical, 1, firing)}
${check(`${incident + 5}h`, critical, 1, firing)}
`);
