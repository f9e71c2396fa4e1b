// Inputs of recent predictions: held until the sidecar has said whose labels it wants, then sent. Bounded in bytes, in number and in age.
import * as grpc from "@grpc/grpc-js";

/** What the model was given. Bytes are copied. */
export type Input = string | Uint8Array;

export interface HeldInput { id: string; contentType: string; content: Uint8Array; size: number; since: number }

/** `maxBytes` bounds what is held and what has been taken and not yet released, together. */
export class InputRing {
  /** What an input takes beside its content, about. */
  static readonly overhead = 1024;
  private readonly held = new Map<string, HeldInput>();
  private heldBytes = 0;
  private takenBytes = 0;

  constructor(
    private readonly capacity: number, private readonly maxBytes: number, private readonly lifetimeMs: number,
    private readonly now: () => number = () => performance.now()) {}

  get bytes(): number {
    return this.heldBytes + this.takenBytes;
  }

  /** The oldest inputs make room. False: there is none, because inputs that wait to be sent fill the ring. */
  hold(id: string, contentType: string, content: Uint8Array): boolean {
    const size = content.byteLength + InputRing.overhead;
    this.remove(id);
    this.letGoOfOld();
    if (this.capacity <= 0 || this.takenBytes + size > this.maxBytes) {
      return false;
    }
    for (const oldest of this.held.keys()) {
      if (this.held.size < this.capacity && this.bytes + size <= this.maxBytes) {
        break;
      }
      this.remove(oldest);
    }
    this.held.set(id, { id, contentType, content, size, since: this.now() });
    this.heldBytes += size;
    return true;
  }

  /** Its bytes count until `release`. Undefined: the ring has let go of it. */
  take(id: string): HeldInput | undefined {
    this.letGoOfOld();
    const taken = this.remove(id);
    this.takenBytes += taken?.size ?? 0;
    return taken;
  }

  release(taken: HeldInput): void {
    this.takenBytes -= taken.size;
  }

  private letGoOfOld(): void {
    const now = this.now();
    for (const oldest of this.held.values()) {
      if (now - oldest.since <= this.lifetimeMs) {
        break;
      }
      this.remove(oldest.id);
    }
  }

  private remove(id: string): HeldInput | undefined {
    const held = this.held.get(id);
    if (held !== undefined) {
      this.held.delete(id);
      this.heldBytes -= held.size;
    }
    return held;
  }
}

/** Sends the inputs of a ring one after the other. */
export class InputSender {
  private static readonly attempts = 4;
  private static readonly firstDelayMs = 250;
  private static readonly again = [grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED, grpc.status.CANCELLED];
  private static readonly stored = ["OUTCOME_CODE_OK", "OUTCOME_CODE_UNCHANGED", "OUTCOME_CODE_REPLACED"];
  private sending: Promise<void> = Promise.resolve();
  private ended = false;
  private wake: (() => void) | undefined;

  /** `attach` sends one input. `count` is told what became of each. */
  constructor(
    private readonly ring: InputRing, private readonly attach: (input: HeldInput) => Promise<{ code: string; reason: string }>,
    private readonly count: (what: string) => void) {}

  send(taken: HeldInput): void {
    this.sending = this.sending.then(async () => {
      this.count(await this.trySend(taken));
      this.ring.release(taken);
    });
  }

  /** Resolves when what waits has been sent, at the latest after the timeout; the rest is counted. */
  async close(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.ended = true;
      this.wake?.();
    }, timeoutMs);
    await this.sending;
    clearTimeout(timer);
  }

  private async trySend(taken: HeldInput): Promise<string> {
    for (let attempt = 1; !this.ended; attempt++) {
      try {
        const outcome = await this.attach(taken);
        if (InputSender.stored.includes(outcome.code)) {
          return "inputs_attached";
        }
        console.warn(`input of prediction ${taken.id} refused: ${outcome.reason}`);
        return "inputs_missing_refused";
      } catch (error) {
        const { code } = error as grpc.ServiceError;
        if (!InputSender.again.includes(code) || attempt === InputSender.attempts) {
          console.warn(`input of prediction ${taken.id} not attached: ${error}`);
          return `inputs_missing_${(grpc.status[code] ?? "FAILED").toLowerCase()}`;
        }
      }
      await this.pause(InputSender.firstDelayMs * 2 ** (attempt - 1));
    }
    return "inputs_missing_closed";
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      this.wake = resolve;
      setTimeout(resolve, ms);
    });
    this.wake = undefined;
  }
}
