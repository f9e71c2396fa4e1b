// The TypeScript client's inputs. ADDRESSES: of a sidecar that requests half of the labels, apart by a space; without them those tests are skipped.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { MonitorChannel } from "./monitor-channel.js";
import { MonitorClient, type Observed } from "./monitor-client.js";
import { InputRing, InputSender, type HeldInput } from "./monitor-inputs.js";

const protos = process.env.PROTOS!;
const addresses = (process.env.ADDRESSES ?? "").split(" ").filter(a => a !== "");
const sidecar = { skip: addresses.length === 0 };

test("the bound holds over what is held and what waits to be sent", () => {
  let state = 7;
  const chance = (n: number) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
  const ring = new InputRing(50, 100_000, 60_000);
  const taken: HeldInput[] = [];
  for (let i = 0; i < 5000; i++) {
    ring.hold(`p-${i}`, "text/plain", new Uint8Array(1 + chance(20_000)));
    const one = i % 2 === 0 ? ring.take(`p-${i - chance(20)}`) : undefined;
    if (one !== undefined) {
      taken.push(one);
    }
    if (i % 3 === 0 && taken.length > 0) {
      ring.release(taken.shift()!);
    }
    assert.ok(ring.bytes <= 100_000, `${ring.bytes}`);
  }
  assert.ok(ring.bytes > 0);
});

test("inputs that wait to be sent do not make room", () => {
  const ring = new InputRing(10, 3000, 60_000);
  assert.ok(ring.hold("a", "t", new Uint8Array(1500)));
  const taken = ring.take("a")!;
  assert.ok(!ring.hold("b", "t", new Uint8Array(1500)));
  ring.release(taken);
  assert.ok(ring.hold("b", "t", new Uint8Array(1500)));
});

test("the oldest goes first by number and by age", () => {
  let now = 0;
  const ring = new InputRing(2, 1 << 20, 10, () => now);
  ["a", "b", "c"].forEach(id => ring.hold(id, "t", new Uint8Array(1)));
  assert.equal(ring.take("a"), undefined);
  assert.notEqual(ring.take("b"), undefined);
  now = 10.5;
  assert.equal(ring.take("c"), undefined);
});

test("an input that never fits lets the others stay", () => {
  const ring = new InputRing(10, 5000, 60_000);
  ring.hold("a", "t", new Uint8Array(1));
  assert.ok(!ring.hold("b", "t", new Uint8Array(5000)));
  assert.notEqual(ring.take("a"), undefined);
});

test("what waits when the time to close is over is counted, and its room is free", async () => {
  const ring = new InputRing(10, 1 << 20, 60_000);
  const counts: string[] = [];
  const sender = new InputSender(ring, () => Promise.reject({ code: grpc.status.UNAVAILABLE }), what => counts.push(what));
  for (const id of ["a", "b"]) {
    ring.hold(id, "t", new Uint8Array(1));
    sender.send(ring.take(id)!);
  }
  await sender.close(0);
  assert.deepEqual(counts, ["inputs_missing_closed", "inputs_missing_closed"]);
  assert.equal(ring.bytes, 0);
});

test("a sidecar that is away harms nothing, and all is counted", async () => {
  const client = new MonitorClient({ address: "unix:///nowhere/at/all.sock", protos, model: "m", version: "1", classes: 2, heldInputBytes: 1 << 20 });
  for (let i = 0; i < 300; i++) {
    client.observe([0.5, 0.5], `p-${i}`, { input: new Uint8Array(20_000), contentType: "image/png" });
  }
  await client.close();
  assert.deepEqual({ ...client.counts }, { dropped_unavailable: 300 });
});

test("the inputs of requested predictions alone are attached", sidecar, async () => {
  for (const address of addresses) {
    const model = `typescript-inputs-${addresses.indexOf(address)}`;
    const wanted: string[] = [];
    const client = new MonitorClient({ address, protos, model, version: "1", classes: 2, onWanted: id => wanted.push(id) });
    for (let i = 0; i < 100; i++) {
      const input = Buffer.from(`given ${i}`);
      client.observe([0.6, 0.4], `漢字-😀-${i}`, { input, contentType: "text/plain", inputReference: `s3://b/${i}` });
      input.fill(0); // The client has its own copy.
    }
    await client.close();

    assert.ok(wanted.length >= 20 && wanted.length <= 80, `${wanted.length}`);
    assert.deepEqual({ ...client.counts }, { accepted: 100, rejected: 0, inputs_attached: wanted.length });
    const channel = new MonitorChannel({ address, protos });
    for (let i = 0; i < 100; i++) {
      const request = { model, version: "1", predictionId: `漢字-😀-${i}` };
      const getting = channel.call<{ content: Buffer }>("LabelService", "GetInput", request);
      if (wanted.includes(request.predictionId)) {
        assert.equal((await getting).content.toString(), `given ${i}`);
      } else {
        await assert.rejects(getting);
      }
    }
    const { items: [leased] } = await channel.call<{ items: { predictionId: string; inputReference: string }[] }>("LabelService", "Lease", { model });
    assert.equal(leased.inputReference, `s3://b/${leased.predictionId.split("-").at(-1)}`);
    channel.close();
  }
});

test("what is missing is counted by reason", sidecar, async () => {
  const wanted: string[] = [];
  const client = new MonitorClient({
    address: addresses[0], protos, model: "typescript-missing", version: "1", classes: 2, onWanted: id => wanted.push(id), maxInputBytes: 2000,
  });
  const given: Record<string, Observed> = {
    not_given: {}, too_large: { input: new Uint8Array(2001) }, invalid: { input: 5 as any }, reference: { inputReference: "s3://b/1" },
    attached: { input: "x" }, invalid_argument: { input: "x", contentType: "no media type" },
  };
  for (let i = 0; i < 40; i++) {
    for (const [kind, observed] of Object.entries(given)) {
      client.observe([0.6, 0.4], `${kind}-${i}`, observed);
    }
  }
  await client.close();

  const expected: Record<string, number> = { accepted: 40 * Object.keys(given).length, rejected: 0 };
  for (const kind of Object.keys(given).filter(k => k !== "reference")) {
    const count = wanted.filter(id => id.startsWith(`${kind}-`)).length;
    if (count > 0) {
      expected[kind === "attached" ? "inputs_attached" : `inputs_missing_${kind}`] = count;
    }
  }
  assert.deepEqual({ ...client.counts }, expected);
});

test("whatever is handed over, reporting goes on", sidecar, async () => {
  const client = new MonitorClient({ address: addresses[0], protos, model: "typescript-odd", version: "1", classes: 2 });
  const odd: [any, any, any?][] = [
    [[0.5, 0.5], "\ud800"], [[0.5, 0.5], ""], [[0.5, 0.5], 5], [null, "a"], [["a", {}], "a"], [[0.5], "a"], [[0.5, Symbol()], "a"],
    [[0.5, 0.5], "a", { inputReference: 5 }], [[0.5, 0.5], "a", { inputReference: "x".repeat(2049) }], [[0.5, 0.5], "a", { inputReference: "\udc00" }],
  ];
  for (const [softmax, id, observed] of odd) {
    const isTaken = client.observe(softmax, id, observed);
    assert.ok(!isTaken || typeof softmax[0] === "string", `${id}`);
  }
  assert.ok(client.observe([0.5, 0.5], "b", { input: {} as any, contentType: 7 as any }));
  assert.ok(client.observe([0.5, 0.5], "c", null as any));
  assert.ok(client.observe([0.5, 0.5], "d", { inputReference: "😀".repeat(1024) }));
  await client.close();
  assert.equal(client.counts["accepted"], 3);
});

test("references that fill a message are sent in several", sidecar, async () => {
  const client = new MonitorClient({ address: addresses[0], protos, model: "typescript-references", version: "1", classes: 2, batch: 2000 });
  for (let i = 0; i < 1500; i++) {
    client.observe([0.6, 0.4], `p-${i}`, { inputReference: "s3://" + "x".repeat(2043) });
  }
  await client.close();
  assert.equal(client.counts["accepted"], 1500);
});
