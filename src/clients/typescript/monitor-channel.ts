// Connections to an Accuracy Monitor sidecar: Unix socket, TCP, TLS with or without a client certificate, bearer tokens.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";

export interface Connection {
  /** unix:///path or host:port. */
  address: string;
  /** The folder that holds accuracy_monitor/v1. */
  protos: string;
  /** PEM file of the authorities that signed the sidecar's certificate; the connection is then TLS. */
  authorityFile?: string;
  /** PEM files of this client's own certificate, for a sidecar that asks for one; the connection is then TLS. */
  certificateFile?: string;
  keyFile?: string;
  /** File with a bearer token, read again every few seconds because Kubernetes replaces it. */
  tokenFile?: string;
  timeoutMs?: number;
}

/** Calls one sidecar. */
export class MonitorChannel {
  private readonly clients = new Map<string, grpc.Client>();
  private readonly api: any;
  private readonly credentials: grpc.ChannelCredentials;
  private readonly options: grpc.ChannelOptions;
  private readonly token: TokenFile | undefined;
  readonly timeoutMs: number;

  /** Throws when a file can't be used, which the error names with its option, or when the token would be sent in clear text to another machine. */
  constructor(private readonly connection: Connection) {
    const { address, authorityFile, certificateFile, keyFile, tokenFile } = connection;
    if ((certificateFile === undefined) !== (keyFile === undefined)) {
      throw new Error(`certificateFile is ${certificateFile} and keyFile is ${keyFile}; a client certificate needs both`);
    }
    const isTls = authorityFile !== undefined || certificateFile !== undefined;
    if (tokenFile !== undefined && !isTls && !/^(unix:|localhost:|127\.0\.0\.1:|\[::1\]:)/.test(address)) {
      throw new Error(`address is ${address}; a token is sent with authorityFile (TLS), over a Unix socket or to this machine only`);
    }
    this.timeoutMs = connection.timeoutMs ?? 10_000;
    this.token = tokenFile === undefined ? undefined : new TokenFile(tokenFile);
    // The proxy of the environment variable http_proxy would get the token in clear text.
    this.options = { "grpc.max_send_message_length": 64 << 20, ...(tokenFile !== undefined && !isTls ? { "grpc.enable_http_proxy": 0 } : {}) };
    this.credentials = isTls
      ? grpc.credentials.createSsl(pem("authorityFile", authorityFile), pem("keyFile", keyFile), pem("certificateFile", certificateFile))
      : grpc.credentials.createInsecure();
    const definition = loader.loadSync(["prediction", "label", "audit"].map(f => `accuracy_monitor/v1/${f}.proto`), {
      includeDirs: [connection.protos], longs: Number, enums: String, defaults: true,
    });
    this.api = (grpc.loadPackageDefinition(definition) as any).accuracy_monitor.v1;
  }

  /** Rejects with a grpc.ServiceError. */
  async call<T>(service: string, method: string, request: object): Promise<T> {
    const metadata = new grpc.Metadata();
    if (this.token !== undefined) {
      metadata.set("authorization", `Bearer ${await this.token.current()}`);
    }
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.timeoutMs;
      (this.client(service) as any)[method](
        request, metadata, { deadline }, (error: grpc.ServiceError | null, answer: T) => error ? reject(error) : resolve(answer));
    });
  }

  /** What to look at when a call over TLS found nobody; else empty. */
  hint(code: grpc.status): string {
    const { authorityFile, certificateFile } = this.connection;
    return code !== grpc.status.UNAVAILABLE || (authorityFile === undefined && certificateFile === undefined) ? ""
      : " (TLS: does authorityFile sign the sidecar's certificate, and does the sidecar trust that of this client? "
        + `authorityFile is ${authorityFile}, certificateFile is ${certificateFile})`;
  }

  close(): void {
    for (const client of this.clients.values()) {
      client.close();
    }
  }

  private client(service: string): grpc.Client {
    let client = this.clients.get(service);
    if (client === undefined) {
      client = new this.api[service](this.connection.address, this.credentials, this.options) as grpc.Client;
      this.clients.set(service, client);
    }
    return client;
  }
}

function pem(option: string, path: string | undefined): Buffer | null {
  if (path === undefined) {
    return null;
  }
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    throw new Error(`${option} is ${path}; it can't be read: ${error}`);
  }
  if (!content.includes("-----BEGIN ")) {
    throw new Error(`${option} is ${path}; there is nothing in PEM form in it`);
  }
  return content;
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
