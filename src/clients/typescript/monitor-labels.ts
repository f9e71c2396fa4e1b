// Lists label requests and the audit trail of an Accuracy Monitor sidecar, takes labels back, and forgets predictions.
import { MonitorChannel, type Connection } from "./monitor-channel.js";

/** Of one call. */
const maxPredictions = 1000;

export interface Timestamp {
  seconds: number;
  nanos: number;
}

export type RequestState = "WAITING" | "LEASED" | "ANSWERED" | "SKIPPED" | "EXPIRED" | "RETRACTED";

export interface RequestFilter {
  model?: string;
  version?: string;
  /** None: every state. */
  states?: RequestState[];
  /** Only predictions made at or after it. */
  since?: Date;
  /** Only predictions made before it. */
  until?: Date;
  annotator?: string;
  /** Also what the model said, which whoever labels should not see. */
  reveal?: boolean;
}

/** A label request: the fields of label.proto's ListedRequest. */
export interface ListedRequest {
  predictionId: string;
  model: string;
  version: string;
  segment: string;
  predictionTime: Timestamp;
  created: Timestamp;
  expires: Timestamp;
  state: `REQUEST_STATE_${RequestState}`;
  classCount: number;
  attempts: number;
  /** Absent: it has none. */
  label?: number;
  labelled: Timestamp | null;
  annotator: string;
  skipReason: string;
  modelAnswer: { predictedClass: number; probabilities: Buffer; correctnessScore: number } | null;
  withheld: boolean;
}

/** One change: the fields of audit.proto's AuditEntry. */
export interface AuditEntry {
  sequence: number;
  time: Timestamp;
  actor: string;
  peerAddress: string;
  action: string;
  model: string;
  version: string;
  detail: string;
}

/** Each method rejects with a grpc.ServiceError. */
export class MonitorLabels {
  private readonly channel: MonitorChannel;

  constructor(connection: Connection) {
    this.channel = new MonitorChannel(connection);
  }

  /** Label requests, newest first, page by page. Needs the role label. */
  requests(filter: RequestFilter = {}): AsyncGenerator<ListedRequest> {
    const { states = [], since, until, ...rest } = filter;
    const request = { ...rest, states: states.map(s => `REQUEST_STATE_${s}`), since: timestamp(since), until: timestamp(until) };
    return this.pages("LabelService", "ListRequests", request, "requests");
  }

  /** Entries of the audit trail, newest first, page by page. Needs the role administer. */
  auditEntries(filter: { model?: string; version?: string; since?: Date } = {}): AsyncGenerator<AuditEntry> {
    return this.pages("AuditService", "ListAuditEntries", { ...filter, since: timestamp(filter.since) }, "entries");
  }

  /**
   * Takes back all labels and opinions that an annotator gave at or after a time, and says how many of each. If it rejects, call it again: what was taken
   * back stays so. Needs the role administer.
   */
  async retractBy(annotator: string, since: Date, of: { model?: string; version?: string } = {}): Promise<{ labels: number; opinions: number }> {
    const total = { labels: 0, opinions: 0 };
    for (let more = true; more;) {
      const answer: { retracted: number; retractedOpinions: number; more: boolean } =
        await this.channel.call("LabelService", "RetractBy", { ...of, annotator, since: timestamp(since) });
      total.labels += answer.retracted;
      total.opinions += answer.retractedOpinions;
      more = answer.more;
    }
    return total;
  }

  /**
   * Deletes all that is kept of predictions. `forgotten`: of how many something was kept. `erased`: nothing of them is left in the database's files; if not,
   * call it again later. Needs the role administer.
   */
  async forget(model: string, version: string, predictionIds: string[]): Promise<{ forgotten: number; erased: boolean }> {
    const total = { forgotten: 0, erased: true };
    for (let start = 0; start < predictionIds.length; start += maxPredictions) {
      const request = { model, version, predictionIds: predictionIds.slice(start, start + maxPredictions) };
      const answer: { forgotten: number; erased: boolean } = await this.channel.call("LabelService", "Forget", request);
      total.forgotten += answer.forgotten;
      total.erased = answer.erased;
    }
    return total;
  }

  close(): void {
    this.channel.close();
  }

  private async *pages<T>(service: string, method: string, request: object, items: string): AsyncGenerator<T> {
    for (let token = ""; ;) {
      const page: any = await this.channel.call(service, method, { ...request, pageToken: token });
      yield* page[items] as T[];
      token = page.nextPageToken;
      if (!token) {
        return;
      }
    }
  }
}

function timestamp(time: Date | undefined): Timestamp | undefined {
  if (time === undefined) {
    return undefined;
  }
  const ms = time.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}
