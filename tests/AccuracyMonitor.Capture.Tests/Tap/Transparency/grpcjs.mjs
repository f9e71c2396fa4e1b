// Makes the calls that come as JSON on standard input, one after the other, and prints what came back.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [modules, port] = process.argv.slice(2);
const grpc = createRequire(join(resolve(modules), 'x'))('@grpc/grpc-js');
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1, 'grpc.enable_retries': 0,
});
const same = (x) => x;
const flat = (metadata) => Object.fromEntries(Object.entries(metadata.toJSON())
  .filter(([name]) => name !== 'date').map(([name, values]) => [name, values.map((v) => (Buffer.isBuffer(v) ? v.toString('base64') : v))]));

const make = (plan) => new Promise((done) => {
  const metadata = new grpc.Metadata();
  metadata.add('x-call', `${plan.number}`);
  for (const [name, value] of plan.metadata) {
    const bytes = Buffer.from(value, 'base64');
    metadata.add(name, name.endsWith('-bin') ? bytes : bytes.toString());
  }
  const record = { initial: {}, messages: [] };
  const finish = (status) => done({ ...record, code: status.code, details: status.details, trailing: flat(status.metadata) });
  const requests = plan.requests.map((r) => Buffer.from(r, 'base64'));
  let call;
  if (plan.streams) {
    call = client.makeBidiStreamRequest(plan.method, same, same, metadata);
    call.on('data', (m) => record.messages.push(m.toString('base64')));
    call.on('error', () => {});
    for (const request of requests) call.write(request);
    call.end();
  } else {
    call = client.makeUnaryRequest(plan.method, same, same, requests[0], metadata, (error, m) => { if (!error) record.messages.push(m.toString('base64')); });
  }
  call.on('metadata', (m) => { record.initial = flat(m); });
  call.on('status', finish);
});

const records = [];
for (const plan of JSON.parse(readFileSync(0, 'utf8'))) records.push(await make(plan));
client.close();
console.log(JSON.stringify(records));
