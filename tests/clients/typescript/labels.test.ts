// The TypeScript client's lists and deletions. ADDRESSES: of a sidecar that requests half of the labels, apart by a space; without them the tests are skipped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MonitorClient } from "./monitor-client.js";
import { MonitorLabels } from "./monitor-labels.js";

const protos = process.env.PROTOS!;
const addresses = (process.env.ADDRESSES ?? "").split(" ").filter(a => a !== "");
const sidecar = { skip: addresses.length === 0, timeout: 120_000 };
const longAgo = new Date("2000-01-01T00:00:00Z");

async function all<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

test("labels are listed, taken back and forgotten, and the trail says so", sidecar, async () => {
  for (const [number, address] of addresses.entries()) {
    const [model, annotator] = [`typescript-labels-${number}`, `typescript-ann-${number}`];
    const wanted: string[] = [];
    let three = () => {};
    const wantsThree = new Promise<void>(resolve => three = resolve);
    const client = new MonitorClient({
      address, protos, model, version: "1", classes: 2,
      onWanted: id => {
        if (wanted.push(id) === 3) {
          three();
        }
      },
    });
    for (let i = 0; i < 50; i++) {
      client.observe([0.7, 0.3], `p-${i}`);
    }
    await wantsThree;
    await client.complete(new Map([[wanted[0], 1], [wanted[1], 0]]), annotator);
    await client.close();

    const labels = new MonitorLabels({ address, protos });
    const answered = await all(labels.requests({ model, version: "1", states: ["ANSWERED"], annotator, since: longAgo }));
    assert.deepEqual(new Map(answered.map(r => [r.predictionId, r.label])), new Map([[wanted[1], 0], [wanted[0], 1]]));
    assert.equal(answered[0].modelAnswer, null);
    assert.notEqual((await all(labels.requests({ model, reveal: true })))[0].modelAnswer, null);

    assert.deepEqual(await labels.retractBy(annotator, longAgo, { model }), { labels: 2, opinions: 0 });
    assert.deepEqual(await labels.retractBy(annotator, longAgo, { model }), { labels: 0, opinions: 0 });
    const unknown = Array.from({ length: 1200 }, (_, i) => `unknown-${i}`);
    assert.equal((await labels.forget(model, "1", [wanted[0], ...unknown])).forgotten, 1);
    assert.ok(!(await all(labels.requests({ model }))).some(r => r.predictionId === wanted[0]));

    const actions = (await all(labels.auditEntries({ model, since: longAgo }))).map(e => e.action);
    assert.deepEqual(actions.slice(0, 2), ["AUDIT_ACTION_PREDICTIONS_FORGOTTEN", "AUDIT_ACTION_ANNOTATOR_RETRACTED"]);
    labels.close();
  }
});

test("every page is read", sidecar, async () => {
  const client = new MonitorClient({ address: addresses[0], protos, model: "typescript-pages", version: "1", classes: 2 });
  for (let i = 0; i < 4000; i++) {
    client.observe([0.7, 0.3], `p-${i}`);
  }
  await client.close();
  const labels = new MonitorLabels({ address: addresses[0], protos });
  const ids = (await all(labels.requests({ model: "typescript-pages" }))).map(r => r.predictionId);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length > 1000, `${ids.length}`);
  labels.close();
});
