// Reports softmax outputs to an Accuracy Monitor sidecar from timers: serving never waits for it and never meets its errors.
import * as grpc from "@grpc/grpc-js";
import { MonitorChannel, type Connection } from "./monitor-channel.js";
import { InputRing, InputSender, type HeldInput, type Input } from "./monitor-inputs.js";

interface Row { values: Buffer; id: string; timeUnixUs: number; inputReference: string; inputState: string }
interface Item { id: string; reason: string; labelRequested: boolean }
interface ScoreResponse { items: Item[]; accepted: number; rejected: number }
export interface Outcome { predictionId: string; code: string; reason: string }

export interface Options extends Connection {
  model: string;
  version: string;
  classes: number;
  /** Called with the id of each prediction whose label is wanted. */
  onWanted?: (predictionId: string) => void;
  capacity?: number;
  batch?: number;
  intervalMs?: number;
  /** A larger input is not attached. Default 1 MiB, which the sidecar takes by default. */
  maxInputBytes?: number;
  /** Of all inputs that are held or wait to be sent. Default 64 MiB. */
  heldInputBytes?: number;
}

export interface Observed {
  /** What the model was given: a text, or bytes such as a picture's. It is sent if the prediction's label is wanted, and else let go. */
  input?: Input;
  /** A media type such as image/png. Default: text/plain for a text. */
  contentType?: string;
  /** Where you keep the input, a URI. */
  inputReference?: string;
}

// What the sidecar takes of the input references of one batch and of one row.
const maxReferences = 1 << 20;
const maxReference = 2048;

/**
 * One for each model version. `counts` says what became of the predictions: accepted, rejected, dropped_<reason>; and of the inputs of those whose labels
 * are wanted: inputs_attached, inputs_missing_<reason>.
 */
export class MonitorClient {
  readonly counts: Record<string, number> = {};
  private readonly channel: MonitorChannel;
  private readonly options: Required<Omit<Options, keyof Connection>>;
  private readonly inputs: InputRing;
  private readonly sender: InputSender;
  private hasInputs = false;
  private queue: Row[] = [];
  private sending: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** Throws when a file can't be used, or when the token would be sent in clear text to another machine. */
  constructor(options: Options) {
    this.options = { onWanted: () => {}, capacity: 8192, batch: 256, intervalMs: 5, maxInputBytes: 1 << 20, heldInputBytes: 64 << 20, ...options };
    this.channel = new MonitorChannel(options);
    // An answer that comes later than the timeout is not waited for.
    this.inputs = new InputRing(this.options.capacity, this.options.heldInputBytes, this.channel.timeoutMs + 5000);
    this.sender = new InputSender(this.inputs, input => this.attach(input), what => this.count(what));
  }

  /** Hands over one vector of K numbers. Never waits or throws; false: dropped and counted. */
  observe(softmax: ArrayLike<number>, id: string, observed?: Observed): boolean {
    const { input, contentType, inputReference = "" } = observed ?? {};
    let values: Buffer;
    try {
      if (softmax.length !== this.options.classes || !isText(id) || id === "" || !isText(inputReference) || inputReference.length > maxReference) {
        throw new TypeError();
      }
      values = Buffer.alloc(4 * softmax.length);
      for (let i = 0; i < softmax.length; i++) {
        values.writeFloatLE(softmax[i], 4 * i);
      }
    } catch { // Whatever is wrong with what was handed over must not reach the serving application.
      this.count("dropped_invalid");
      return false;
    }
    if (this.queue.length >= this.options.capacity) {
      this.count("dropped_queue_full");
      return false;
    }
    this.queue.push({ values, id, timeUnixUs: Date.now() * 1000, inputReference, inputState: this.hold(id, input, contentType) });
    this.timer ??= setTimeout(() => void this.flush(), this.options.intervalMs);
    return true;
  }

  /** Sends what is queued, one batch after the other, and says when it is answered or dropped. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending = this.sending.then(async () => {
      while (this.queue.length > 0) {
        await this.send(this.takeBatch());
      }
    });
    return this.sending;
  }

  /** Gives labels (prediction id to true class). Rejects with a grpc.ServiceError: a label must not be lost in silence. */
  async complete(labels: Map<string, number>, annotator: string): Promise<Outcome[]> {
    const { model, version } = this.options;
    const answers = [...labels].map(([predictionId, label]) => ({ model, version, predictionId, label, annotator }));
    return (await this.channel.call<{ outcomes: Outcome[] }>("LabelService", "Complete", { answers })).outcomes;
  }

  /** Sends what is queued, then the inputs that wait. `complete` still works afterwards, until `close`. */
  async flushAndStop(): Promise<void> {
    await this.flush();
    await this.sender.close(this.channel.timeoutMs);
  }

  async close(): Promise<void> {
    await this.flushAndStop();
    this.channel.close();
  }

  /** Says what there is to attach: held, or why there is nothing. */
  private hold(id: string, input: Input | undefined, contentType: string | undefined): string {
    if (input === undefined || input === null) {
      return "not_given";
    }
    this.hasInputs = true;
    try {
      const { maxInputBytes } = this.options;
      const isString = typeof input === "string";
      const size = isString ? Buffer.byteLength(input) : input.byteLength;
      if (size > maxInputBytes) {
        return "too_large";
      }
      const type = contentType ?? (isString ? "text/plain; charset=utf-8" : "application/octet-stream");
      if (!(size > 0) || !(isString || input instanceof Uint8Array) || !isText(type)) {
        return "invalid";
      }
      // A copy of its own: a view would keep all of the buffer that it is a part of.
      const content = isString ? new TextEncoder().encode(input) : new Uint8Array(input);
      return this.inputs.hold(id, type, content) ? "held" : "no_room";
    } catch { // As in observe; the prediction itself is reported.
      return "invalid";
    }
  }

  private takeBatch(): Row[] {
    let rows = 0;
    for (let references = 0; rows < Math.min(this.options.batch, this.queue.length) && references <= maxReferences - maxReference; rows++) {
      references += this.queue[rows].inputReference.length;
    }
    return this.queue.splice(0, rows);
  }

  private async send(rows: Row[]): Promise<void> {
    const { model, version, classes } = this.options;
    const references = rows.map(r => r.inputReference);
    const batch = {
      model, version, classCount: classes, form: "OUTPUT_FORM_PROBABILITIES",
      values: Buffer.concat(rows.map(r => r.values)), ids: rows.map(r => r.id), timesUnixUs: rows.map(r => r.timeUnixUs),
      inputReferences: references.some(r => r !== "") ? references : [],
    };
    let answer: ScoreResponse;
    try {
      answer = await this.channel.call<ScoreResponse>("PredictionService", "Score", { batch });
    } catch (error) {
      // UNAVAILABLE: not there. RESOURCE_EXHAUSTED: overloaded. Sending the same again would only add to it; the next batch is the retry.
      const { code, details } = error as grpc.ServiceError;
      const name = grpc.status[code] ?? "UNKNOWN";
      this.count(`dropped_${name.toLowerCase()}`, rows.length);
      console.warn(`${rows.length} predictions not taken: ${name}: ${details}${this.channel.hint(code)}`);
      return;
    }
    this.count("accepted", answer.accepted);
    this.count("rejected", answer.rejected);
    answer.items.forEach((item, i) => {
      if (item.reason !== "") {
        console.warn(`prediction ${item.id} rejected: ${item.reason}`);
      }
      if (item.labelRequested) {
        this.want(rows[i]);
        this.tell(item.id);
      }
    });
  }

  private want(row: Row): void {
    const held = this.inputs.take(row.id);
    if (held !== undefined) {
      this.sender.send(held);
    } else if (this.hasInputs && row.inputReference === "") {
      this.count(`inputs_missing_${row.inputState === "held" ? "evicted" : row.inputState}`);
    }
  }

  private async attach({ id, contentType, content }: HeldInput): Promise<Outcome> {
    const { model, version } = this.options;
    const request = { model, version, predictionId: id, contentType, content };
    return (await this.channel.call<{ outcome: Outcome }>("LabelService", "AttachInput", request)).outcome;
  }

  private tell(id: string): void {
    try {
      this.options.onWanted(id);
    } catch (error) {
      console.error(`onWanted failed for prediction ${id}:`, error);
    }
  }

  private count(what: string, n = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + n;
  }
}

/** A string that can be sent as UTF-8: without halves of surrogate pairs. */
function isText(value: unknown): boolean {
  return typeof value === "string" && !/\p{Surrogate}/u.test(value);
}
