// Checks dashboards against the JSON Schema made of Grafana's own types: node validate.mjs FILE…
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cwd } from 'node:process';

const tools = join(cwd(), 'artifacts/tools/');
const installed = createRequire(tools);
const { createGenerator } = installed('ts-json-schema-generator');
const Ajv = installed('ajv').default;

const schema = createGenerator({
  path: join(tools, 'node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen.d.ts'), type: 'Dashboard', skipTypeCheck: true,
}).createSchema('Dashboard');
const valid = new Ajv({ strict: false, allErrors: true }).compile(schema);

// Where the schema is stricter than Grafana: what a data source reads of an annotation is the plugin's own matter, and Prometheus' reads these.
const read = (path) => {
  const dashboard = JSON.parse(readFileSync(path, 'utf8'));
  for (const annotation of dashboard.annotations.list) for (const field of ['expr', 'titleFormat', 'step']) delete annotation[field];
  return dashboard;
};

for (const path of process.argv.slice(2)) {
  if (valid(read(path))) continue;
  process.exitCode = 1;
  for (const error of valid.errors) console.error(`${path} ${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
}
