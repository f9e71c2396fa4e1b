// The few shapes of panel that both dashboards are made of.
export const fleetUid = 'accuracy-monitor-fleet';
export const modelUid = 'accuracy-monitor-model';

export const rule = (name) => `namespace_model_version:accuracy_monitor_${name}`;

const datasource = { type: 'prometheus', uid: '${datasource}' };

const target = (expr, legend, index, more = {}) => ({
  datasource, refId: String.fromCharCode(65 + index), expr, legendFormat: legend, editorMode: 'code', range: true, ...more,
});

const steps = (...pairs) => ({ mode: 'absolute', steps: pairs.map(([value, color]) => ({ value, color })) });

/** Green from `good` on, red below `bad`; the other way round where less is better. */
export const better = (bad, good) => steps([null, 'red'], [bad, 'orange'], [good, 'green']);
export const worse = (warn, bad) => steps([null, 'green'], [warn, 'orange'], [bad, 'red']);

/** Series over time. `queries`: [expression, legend][]. `overrides`: what `byName` makes. */
export const series = (title, description, queries, { unit = 'short', min, max, overrides = [], stack = false, width = 12 } = {}) => ({
  type: 'timeseries', title, description, datasource, width, height: 8,
  targets: queries.map(([expr, legend], i) => target(expr, legend, i)),
  fieldConfig: {
    defaults: {
      unit, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }),
      custom: { lineWidth: 2, fillOpacity: stack ? 20 : 0, showPoints: 'never', spanNulls: false, stacking: { mode: stack ? 'normal' : 'none' } },
    },
    overrides,
  },
  options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
});

export const byName = (pattern, properties) => ({
  matcher: { id: 'byRegexp', options: pattern },
  properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
});

/** The upper bound filled down to the lower: a band. */
export const band = (lower, upper, color) => [
  byName(lower, { 'custom.lineWidth': 0, color: { mode: 'fixed', fixedColor: color } }),
  byName(upper, { 'custom.lineWidth': 0, 'custom.fillOpacity': 15, 'custom.fillBelowTo': lower, color: { mode: 'fixed', fixedColor: color } }),
];

export const stat = (title, description, expr, { unit = 'short', thresholds = steps([null, 'blue']), decimals, width = 4, none } = {}) => ({
  type: 'stat', title, description, datasource, width, height: 4,
  targets: [target(expr, '', 0, { instant: true, range: false })],
  fieldConfig: { defaults: { unit, thresholds, ...(decimals === undefined ? {} : { decimals }), ...(none ? { noValue: none } : {}) }, overrides: [] },
  options: { colorMode: 'value', graphMode: 'none', textMode: 'auto', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
});

/** One row per label set, one column per query. `columns`: [expression, name, unit][]. */
export const table = (title, description, columns, hidden, { width = 24, links = [] } = {}) => ({
  type: 'table', title, description, datasource, width, height: 8,
  targets: columns.map(([expr], i) => target(expr, '', i, { format: 'table', instant: true, range: false })),
  transformations: [
    { id: 'merge', options: {} },
    { id: 'organize', options: { excludeByName: Object.fromEntries(['Time', ...hidden].map((n) => [n, true])), renameByName: Object.fromEntries(columns.map(([, name], i) => [`Value #${String.fromCharCode(65 + i)}`, name])) } },
  ],
  fieldConfig: {
    defaults: { custom: { align: 'auto' } },
    overrides: [
      ...columns.map(([, name, unit]) => ({ matcher: { id: 'byName', options: name }, properties: [{ id: 'unit', value: unit }] })),
      ...links.map(([field, title_, url]) => ({ matcher: { id: 'byName', options: field }, properties: [{ id: 'links', value: [{ title: title_, url }] }] })),
    ],
  },
  options: { showHeader: true, cellHeight: 'sm' },
});

/** States over time, one lane per series. `values`: number → [text, colour]. */
export const timeline = (title, description, queries, values, { width = 12 } = {}) => ({
  type: 'state-timeline', title, description, datasource, width, height: 8,
  targets: queries.map(([expr, legend], i) => target(expr, legend, i)),
  fieldConfig: {
    defaults: {
      mappings: [{ type: 'value', options: Object.fromEntries(Object.entries(values).map(([v, [text, color]], index) => [v, { text, color, index }])) }],
      custom: { fillOpacity: 80, lineWidth: 0 },
    },
    overrides: [],
  },
  options: { mergeValues: true, showValue: 'never', rowHeight: 0.8, legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'single' } },
});

export const row = (title) => ({ type: 'row', title, collapsed: false, panels: [], width: 24, height: 1 });

/** Left to right, top to bottom; ids in order. */
const placed = (panels) => {
  let [x, y, tallest] = [0, 0, 0];
  return panels.map(({ width, height, ...panel }, i) => {
    if (x + width > 24) [x, y, tallest] = [0, y + tallest, 0];
    const gridPos = { x, y, w: width, h: height };
    x += width;
    tallest = Math.max(tallest, height);
    return { id: i + 1, gridPos, ...panel };
  });
};

const query = (name, label, metric, more = {}) => ({
  type: 'query', name, label, datasource, query: { query: `label_values(${metric}, ${name})`, refId: name }, refresh: 2, sort: 1, ...more,
});

const annotation = (name, expr, title, color) => ({ name, datasource, enable: true, hide: false, iconColor: color, expr, titleFormat: title, step: '30s' });

export const dashboard = ({ uid, title, description, tags, variables, links, panels, selector }) => ({
  uid, title, description, tags, timezone: 'browser', schemaVersion: 39, version: 1, refresh: '30s', editable: true, graphTooltip: 1,
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { type: 'datasource', name: 'datasource', label: 'Prometheus', query: 'prometheus' },
      query('namespace', 'namespace', 'accuracy_monitor_model_info', { includeAll: true, allValue: '.*', multi: false, current: { text: 'All', value: '$__all' } }),
      ...variables(query),
      { type: 'custom', name: 'range', label: 'range', query: '5m,30m,1h,2h,6h,1d,3d', current: { text: '1h', value: '1h' }, options: ['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map((r) => ({ text: r, value: r, selected: r === '1h' })) },
    ],
  },
  annotations: {
    list: [
      { builtIn: 1, name: 'Annotations & Alerts', datasource: { type: 'grafana', uid: '-- Grafana --' }, enable: true, hide: true, iconColor: 'rgba(0, 211, 255, 1)', type: 'dashboard' },
      annotation('Promotions', `sum by (model, version, kind) (increase(accuracy_monitor_challenger_decisions_total{decision="promoted",${selector}}[$__rate_interval])) > 0`, '{{model}} {{version}}: a {{kind}} was promoted', 'blue'),
      annotation('Alarms', `max by (model, version, alarm) (accuracy_monitor_alarm_firing{${selector}}) == 1`, '{{model}} {{version}}: {{alarm}} alarm', 'red'),
      annotation('Alerts', `max by (alertname, model, version) (ALERTS{alertstate="firing",${selector}})`, '{{alertname}} {{model}} {{version}}', 'orange'),
    ],
  },
  links,
  panels: placed(panels),
});
