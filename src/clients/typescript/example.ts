// node example.js ADDRESS PROTOS [AUTHORITY_FILE TOKEN_FILE] (AUTHORITY_FILE -: without TLS): reports 300 made-up predictions, labels those the monitor asks for, and prints what became of them as JSON.
import { MonitorClient, type Outcome } from "./monitor-client.js";

const classes = 4;

function softmax(logits: number[]): number[] {
  const exponentials = logits.map(Math.exp);
  const total = exponentials.reduce((a, b) => a + b);
  return exponentials.map(e => e / total);
}

async function main(address: string, protos: string, authorityFile?: string, tokenFile?: string): Promise<void> {
  const truths = new Map<string, number>();
  const wanted: string[] = [];
  const monitor = new MonitorClient({
    address, protos, authorityFile, tokenFile, model: "typescript-example", version: "1", classes, onWanted: id => wanted.push(id),
  });
  for (let i = 0; i < 300; i++) {
    const id = `p-${i}`;
    const truth = i % classes;
    truths.set(id, truth);
    const vector = softmax(Array.from({ length: classes }, (_, c) => (c === truth ? 3 : 0) + 2 * Math.sin(i * 7 + c)));
    monitor.observe(vector, id, { input: `made-up example ${i}`, inputReference: `s3://examples/${i}.txt` });
  }
  monitor.observe([0.25, 0.25, 0.25, NaN], "not-a-number"); // Rejected by the sidecar, alone.
  monitor.observe([0.5, 0.5], "too-short"); // Never sent.
  await monitor.flushAndStop();

  let outcomes: Outcome[] = [];
  if (wanted.length > 0) {
    try {
      outcomes = await monitor.complete(new Map(wanted.map(id => [id, truths.get(id)!])), "example");
    } catch (error) {
      console.error("labels not taken:", error);
    }
  }
  await monitor.close();
  const labelled = outcomes.filter(o => o.code === "OUTCOME_CODE_OK").length;
  console.log(JSON.stringify({ ...monitor.counts, wanted: wanted.length, labelled }));
}

const [, , address, protos, authorityFile, tokenFile] = process.argv;
void main(address, protos, authorityFile === "-" ? undefined : authorityFile, tokenFile);
