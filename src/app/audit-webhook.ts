// Audit events as an API server posts them (--audit-webhook-config-file): lists of them over HTTPS.
// @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#webhook-backend and audit.k8s.io/v1, type EventList
import { auditEvents } from "../formats/audit-events.ts";
import { type ServedAnswer, type ServerTls, serve } from "../io/http/serve.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import type { AuditWatch } from "./audit-watch.ts";

export interface AuditWebhookRequest {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Files, PEM; null for HTTP, which is for this machine alone. */
  readonly tls: AuditTlsFiles | null;
}

export interface AuditTlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Who vouches for API servers; null when anybody may post. */
  readonly clientCa: string | null;
}

/** What came. */
export interface AuditReceived {
  readonly lists: number;
  readonly events: number;
  /** Events that could not be read, and lists that were refused. */
  readonly damaged: number;
}

/** To be ended by who started it. */
export interface AuditWebhook {
  readonly port: number;
  received(): AuditReceived;
  /** Reads certificates again; connections that are open stay. */
  renew(): Promise<void>;
  end(): Promise<void>;
}

/** More than API servers send at once when they are told to cut (`--audit-webhook-truncate-enabled`: 10 MiB). */
const BODY_BYTES_MAX = 16 << 20;
/** Each may bring a body as large as that. */
const CONNECTIONS_MAX = 32;
const REQUEST_MS = 30_000;
const END_MS = 1_000;
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/**
 * Takes lists of audit events.
 *
 * @param watch Whom to ask of each; asked for at each list, so that it may change.
 * @throws {AppError} `usage` for HTTP on an address that others reach; `port-unusable`; what reading the files throws.
 */
export async function startAuditWebhook(
  { host, port, tls }: AuditWebhookRequest,
  watch: () => AuditWatch,
): Promise<AuditWebhook> {
  if (tls === null && !LOOPBACK.test(host))
    throw new AppError("usage", `cannot take audit events at ${host} without a certificate`, {
      hint: "give --tls-cert and --tls-key, or listen at 127.0.0.1",
    });
  const receiver = new Receiver(watch);
  const bounds = {
    bodyBytesMax: BODY_BYTES_MAX,
    requestMs: REQUEST_MS,
    connectionsMax: CONNECTIONS_MAX,
  };
  const read = tls === null ? null : await readTls(tls);
  const server = await serve(
    { host, port, tls: read, ...bounds },
    {
      answer: ({ method, body }) => receiver.take(method, body),
      tooLarge: () => receiver.refuse(413, `more than ${BODY_BYTES_MAX} bytes`),
    },
  ).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    throw new AppError("config-invalid", `cannot use the certificate: ${reasonOf(error)}`, {
      hint: "--tls-cert, --tls-key and --client-ca are PEM, and the key is that of the certificate",
    });
  });
  return {
    port: server.port,
    received: () => receiver.received(),
    renew: async () => {
      if (tls !== null) server.renew(await readTls(tls));
    },
    end: () => server.close(END_MS),
  };
}

async function readTls({ certificate, key, clientCa }: AuditTlsFiles): Promise<ServerTls> {
  const read = async (what: string, path: string): Promise<string> =>
    utf8((await readNamed(what, path)).bytes);
  return {
    cert: await read("certificate", certificate),
    key: await read("key", key),
    ...(clientCa === null ? {} : { clientCa: await read("certificate", clientCa) }),
  };
}

class Receiver {
  readonly #watch: () => AuditWatch;
  #lists = 0;
  #events = 0;
  #damaged = 0;

  constructor(watch: () => AuditWatch) {
    this.#watch = watch;
  }

  received(): AuditReceived {
    return { lists: this.#lists, events: this.#events, damaged: this.#damaged };
  }

  take(method: string, body: Buffer): ServedAnswer {
    // Whoever looks whether this still runs is no API server.
    if (method === "GET") return said(200, "ok");
    if (method !== "POST") return said(405, "send audit events with POST");
    const value = parsed(body);
    if (value === null) return this.refuse(400, "that is no JSON");
    const watch = this.#watch();
    let events = 0;
    let others = 0;
    auditEvents(value, {
      event: (event, _, json) => {
        events += 1;
        watch.see(event, json);
      },
      damage: () => {
        others += 1;
      },
      stranger: () => {
        others += 1;
      },
    });
    if (events === 0 && others > 0) return this.refuse(400, "there is no audit event in it");
    this.#lists += 1;
    this.#events += events;
    this.#damaged += others;
    // What cannot be read now cannot be read later: an API server that is refused sends the whole list again.
    return said(200, "ok");
  }

  refuse(status: number, why: string): ServedAnswer {
    this.#damaged += 1;
    return said(status, why);
  }
}

function parsed(body: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(utf8(body));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function said(status: number, text: string): ServedAnswer {
  return { status, type: "text/plain", body: `${text}\n` };
}
