// Reports one prediction with a known, no and an unknown client certificate, and prints what became of it.
import { MonitorClient } from "./monitor-client.js";

const { ADDRESS, AUTHORITY, CERTIFICATE, KEY, PROTOS, UNKNOWN, UNKNOWN_KEY } = process.env as Record<string, string>;

async function report(name: string, files: { certificateFile?: string; keyFile?: string }): Promise<void> {
  const client = new MonitorClient({ address: ADDRESS, protos: PROTOS, model: "typescript", version: "1", classes: 2, authorityFile: AUTHORITY, ...files });
  client.observe([0.7, 0.3], name);
  await client.close();
  console.log(`${name}:`, ...Object.entries(client.counts).filter(([, n]) => n > 0).map(([what, n]) => `${what} ${n}`));
}

async function main(): Promise<void> {
  await report("known", { certificateFile: CERTIFICATE, keyFile: KEY });
  await report("none", {});
  await report("unknown", { certificateFile: UNKNOWN, keyFile: UNKNOWN_KEY });
  for (const [name, files] of [["half", { certificateFile: "a.crt" }], ["missing", { certificateFile: "/nowhere.crt", keyFile: KEY }]] as const) {
    try {
      await report(name, files);
    } catch (error) {
      console.log(`${name}:`, (error as Error).message.split("; ")[1]);
    }
  }
}

void main();
