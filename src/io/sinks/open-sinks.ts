// Sinks by what the user wrote: `stdout`, `file:PATH`, `syslog:…`, `webhook:URL`, `slack:URL`, `slack:@FILE`.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { falcoLine } from "../../formats/alerts/falco-alert.ts";
import { slackMessage } from "../../formats/alerts/slack-message.ts";
import { AppError } from "../../kit/error.ts";
import type { Alert } from "../../model/alert.ts";
import type { SinkState } from "../../model/sink.ts";
import type { Environment } from "../folders.ts";
import type { MessageAddress } from "../http/message-socket.ts";
import { openError } from "../open-error.ts";
import { writeStandardOutput } from "../standard-output.ts";
import { AlertFile } from "./alert-file.ts";
import { QueuedSink } from "./queued-sink.ts";
import { Syslog } from "./syslog.ts";
import { Webhook } from "./webhook.ts";

/** Several sinks as one: those that keep alerts, and those that call somebody. */
export class AlertSinks {
  readonly #keeping: readonly QueuedSink[];
  readonly #calling: readonly QueuedSink[];
  readonly #sinks: readonly QueuedSink[];

  constructor(sinks: readonly OpenedSink[]) {
    this.#keeping = sinks.filter(({ isCalling }) => !isCalling).map(({ sink }) => sink);
    this.#calling = sinks.filter(({ isCalling }) => isCalling).map(({ sink }) => sink);
    this.#sinks = sinks.map(({ sink }) => sink);
  }

  /** Hands an alert to those that keep alerts: standard output, files, syslog. Never waits, never fails. */
  keep(alert: Alert): void {
    for (const sink of this.#keeping) sink.send(alert);
  }

  /** Hands an alert to those that call somebody: webhooks, Slack. Never waits, never fails. */
  call(alert: Alert): void {
    for (const sink of this.#calling) sink.send(alert);
  }

  /** Resolves when each has room for an alert more. */
  async room(): Promise<void> {
    for (const sink of this.#sinks) await sink.room();
  }

  states(): SinkState[] {
    return this.#sinks.map((sink) => sink.state());
  }

  /** Delivers what waits, all at a time, for at most so long. */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close(graceMs)));
  }
}

interface OpenedSink {
  readonly sink: QueuedSink;
  readonly isCalling: boolean;
}

/**
 * Makes sinks; none is connected before its first alert.
 *
 * @throws {AppError} `usage` for one that is not of these forms. An address may be a secret, so none is repeated.
 */
export function openSinks(written: readonly string[], env: Environment): AlertSinks {
  return new AlertSinks(written.map((text) => openSink(text, env)));
}

function openSink(written: string, env: Environment): OpenedSink {
  const colon = written.indexOf(":");
  const [kind, rest] =
    colon === -1 ? [written, ""] : [written.slice(0, colon), written.slice(colon + 1)];
  if (kind === "stdout" && rest === "") {
    const deliver = (alert: Alert): Promise<void> => writeStandardOutput(`${falcoLine(alert)}\n`);
    return keeping(new QueuedSink("stdout", { deliver, close: () => undefined }));
  }
  if (kind === "file" && rest === "") throw unusable(kind, "the path is missing");
  if (kind === "file") return keeping(new QueuedSink(written, new AlertFile(resolve(rest))));
  if (kind === "syslog") return keeping(new QueuedSink(written, new Syslog(syslogAddress(rest))));
  if (kind === "webhook" || kind === "slack") {
    const url = webAddress(kind, rest.startsWith("@") ? addressIn(kind, rest.slice(1)) : rest);
    // Slack's whole path is a secret, and other webhooks have tokens there, too.
    const body = kind === "slack" ? slackMessage : falcoLine;
    const name = `${kind}:${url.protocol}//${url.host}/…`;
    return { sink: new QueuedSink(name, new Webhook(url, body, env)), isCalling: true };
  }
  throw unusable(kind, "there is no such kind of sink");
}

function keeping(sink: QueuedSink): OpenedSink {
  return { sink, isCalling: false };
}

function webAddress(kind: string, written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw unusable(kind, "it needs an address that begins with https:// or http://");
  if (url.username !== "" || url.password !== "")
    throw unusable(kind, "user and password in an address are not sent; use a token in its path");
  return url;
}

const ADDRESS_BYTES_MAX = 8192;

/** An address out of a file, so that it stands in no command line, which everybody on the machine may read. */
function addressIn(kind: string, path: string): string {
  if (path === "") throw unusable(kind, "the path is missing");
  const bytes = Buffer.alloc(ADDRESS_BYTES_MAX + 1);
  let length = 0;
  try {
    // What is asked about and what is read is the same file, and a pipe that nobody writes to is waited for by nobody.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if ((fstatSync(fd).mode & 0o077) !== 0)
        throw unusable(
          kind,
          `others may read the address in ${JSON.stringify(path)}: chmod 600 mends it`,
        );
      length = readSync(fd, bytes);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw error instanceof AppError ? error : openError(`address of a ${kind}`, path, error);
  }
  if (length > ADDRESS_BYTES_MAX) throw unusable(kind, "that file holds more than an address");
  return bytes.toString("utf8", 0, length).trim();
}

const SYSLOG_PORT = 514;

function syslogAddress(written: string): MessageAddress {
  if (written.startsWith("unix:/")) return { kind: "unix", path: written.slice("unix:".length) };
  const [, kind, bare, port] =
    /^(udp|tcp):\/\/(\[[0-9a-f:]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?$/.exec(written) ?? [];
  if (kind === undefined || bare === undefined)
    throw unusable(
      "syslog",
      "it needs udp://HOST:PORT, tcp://HOST:PORT or unix:/PATH of a stream socket",
    );
  const host = bare.replace(/^\[|\]$/g, "");
  return { kind: kind === "udp" ? "udp" : "tcp", host, port: Number(port ?? SYSLOG_PORT) };
}

function unusable(kind: string, state: string): AppError {
  return new AppError("usage", `cannot send to ${JSON.stringify(kind.slice(0, 30))}: ${state}`, {
    hint: "stdout, file:PATH, syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT, syslog:unix:/PATH, webhook:URL, slack:URL, or webhook:@FILE, slack:@FILE for an address in a file",
  });
}
