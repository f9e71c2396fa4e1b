// Reports softmax outputs to an Accuracy Monitor sidecar from timers: serving never waits for it and never meets its errors.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";

interface Row { values: Buffer; id: string; timeUnixUs: number }
interface Item { id: string; reason: string; labelRequested: boolean }
interface ScoreResponse { items: Item[]; accepted: number; rejected: number }
export interface Outcome { predictionId: string; code: string; reason: string }

export interface Options {
  /** unix:///path or host:port. */
  address: string;
  /** The folder that holds accuracy_monitor/v1. */
  protos: string;
  model: string;
  version: string;
  classes: number;
  /** PEM file of the authorities that signed the sidecar's certificate; the connection is then TLS. */
  authorityFile?: string;
  /** File with a bearer token, read again every few seconds because Kubernetes replaces it. */
  tokenFile?: string;
  /** Called with the id of each prediction whose label is wanted. */
  onWanted?: (predictionId: string) => void;
  capacity?: number;
  batch?: number;
  intervalMs?: number;
  timeoutMs?: number;
}

/** The bearer token of a file. While the file can't be used, because it is being replaced, the token before stays in use. */
class TokenFile {
  private static readonly maxAgeMs = 5000;
  private token: string;
  private readAt = performance.now();

  /** Throws when the file can't be read, or is not one token. */
  constructor(private readonly path: string) {
    this.token = TokenFile.parse(readFileSync(path, "utf8"), path);
  }

  async current(): Promise<string> {
    if (performance.now() - this.readAt > TokenFile.maxAgeMs) {
      try {
        this.token = TokenFile.parse(await readFile(this.path, "utf8"), this.path);
      } catch (error) {
        console.warn(`the token before stays in use: ${error}`);
      }
      this.readAt = performance.now();
    }
    return this.token;
  }

  private static parse(text: string, path: string): string {
    const token = text.trim();
    if (!/^[!-~]+$/.test(token)) {
      throw new Error(`${path} must hold one token of printable ASCII characters, and nothing else`);
    }
    return token;
  }
}

/** One for each model version. `counts` says what became of the predictions: accepted, rejected, dropped_<reason>. */
export class MonitorClient {
  readonly counts: Record<string, number> = {};
  private readonly predictions: grpc.Client;
  private readonly labels: grpc.Client;
  private readonly token: TokenFile | undefined;
  private readonly options: Required<Omit<Options, "authorityFile" | "tokenFile">> & Options;
  private queue: Row[] = [];
  private sending: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** Throws when a file can't be used, or when the token would be sent in clear text to another machine. */
  constructor(options: Options) {
    this.options = { onWanted: () => {}, capacity: 8192, batch: 256, intervalMs: 5, timeoutMs: 10_000, ...options };
    const definition = loader.loadSync(["prediction", "label"].map(f => `accuracy_monitor/v1/${f}.proto`), {
      includeDirs: [options.protos], longs: Number, enums: String, defaults: true,
    });
    const api = (grpc.loadPackageDefinition(definition) as any).accuracy_monitor.v1;
    const { address, authorityFile, tokenFile } = options;
    if (tokenFile !== undefined && authorityFile === undefined && !/^(unix:|localhost:|127\.0\.0\.1:|\[::1\]:)/.test(address)) {
      throw new Error(`address is ${address}; a token is sent with authorityFile (TLS), over a Unix socket or to this machine only`);
    }
    this.token = tokenFile === undefined ? undefined : new TokenFile(tokenFile);
    // The proxy of the environment variable http_proxy would get the token in clear text.
    const channel = tokenFile !== undefined && authorityFile === undefined ? { "grpc.enable_http_proxy": 0 } : {};
    const credentials = authorityFile === undefined ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(readFileSync(authorityFile));
    this.predictions = new api.PredictionService(address, credentials, { ...channel, "grpc.max_send_message_length": 64 << 20 });
    this.labels = new api.LabelService(address, credentials, channel);
  }

  /** Hands over one vector of K numbers. Never waits or throws; false: dropped and counted. */
  observe(softmax: ArrayLike<number>, id: string): boolean {
    if (softmax.length !== this.options.classes || id === "") {
      this.count("dropped_invalid", 1);
      return false;
    }
    if (this.queue.length >= this.options.capacity) {
      this.count("dropped_queue_full", 1);
      return false;
    }
    const values = Buffer.alloc(4 * softmax.length);
    for (let i = 0; i < softmax.length; i++) {
      values.writeFloatLE(softmax[i], 4 * i);
    }
    this.queue.push({ values, id, timeUnixUs: Date.now() * 1000 });
    this.timer ??= setTimeout(() => void this.flush(), this.options.intervalMs);
    return true;
  }

  /** Sends what is queued, one batch after the other, and says when it is answered or dropped. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending = this.sending.then(async () => {
      while (this.queue.length > 0) {
        await this.send(this.queue.splice(0, this.options.batch));
      }
    });
    return this.sending;
  }

  /** Gives labels (prediction id to true class). Rejects with a grpc.ServiceError: a label must not be lost in silence. */
  async complete(labels: Map<string, number>, annotator: string): Promise<Outcome[]> {
    const { model, version } = this.options;
    const answers = [...labels].map(([predictionId, label]) => ({ model, version, predictionId, label, annotator }));
    return (await this.call<{ outcomes: Outcome[] }>(this.labels, "Complete", { answers })).outcomes;
  }

  async close(): Promise<void> {
    await this.flush();
    this.predictions.close();
    this.labels.close();
  }

  private async send(rows: Row[]): Promise<void> {
    const { model, version, classes } = this.options;
    const batch = {
      model, version, classCount: classes, form: "OUTPUT_FORM_PROBABILITIES",
      values: Buffer.concat(rows.map(r => r.values)), ids: rows.map(r => r.id), timesUnixUs: rows.map(r => r.timeUnixUs),
    };
    let answer: ScoreResponse;
    try {
      answer = await this.call<ScoreResponse>(this.predictions, "Score", { batch });
    } catch (error) {
      // UNAVAILABLE: not there. RESOURCE_EXHAUSTED: overloaded. Sending the same again would only add to it; the next batch is the retry.
      const { code, details } = error as grpc.ServiceError;
      const name = grpc.status[code] ?? "UNKNOWN";
      this.count(`dropped_${name.toLowerCase()}`, rows.length);
      console.warn(`${rows.length} predictions not taken: ${name}: ${details}`);
      return;
    }
    this.count("accepted", answer.accepted);
    this.count("rejected", answer.rejected);
    for (const item of answer.items) {
      if (item.reason !== "") {
        console.warn(`prediction ${item.id} rejected: ${item.reason}`);
      }
      if (item.labelRequested) {
        this.tell(item.id);
      }
    }
  }

  private tell(id: string): void {
    try {
      this.options.onWanted(id);
    } catch (error) {
      console.error(`onWanted failed for prediction ${id}:`, error);
    }
  }

  private async call<T>(client: grpc.Client, method: string, request: object): Promise<T> {
    const metadata = new grpc.Metadata();
    if (this.token !== undefined) {
      metadata.set("authorization", `Bearer ${await this.token.current()}`);
    }
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.options.timeoutMs;
      (client as any)[method](request, metadata, { deadline }, (error: grpc.ServiceError | null, answer: T) => error ? reject(error) : resolve(answer));
    });
  }

  private count(what: string, n: number): void {
    this.counts[what] = (this.counts[what] ?? 0) + n;
  }
}
