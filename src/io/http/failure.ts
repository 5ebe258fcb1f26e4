// What can go wrong between us and a server, before there is an answer that means something. Callers turn it into an AppError
// of their own, because only they know what the server was asked for.
import { printable } from "../../kit/text.ts";
import { codeOf } from "../error-code.ts";

export type HttpFailureKind =
  /** No connection came about. */
  | "connect"
  /** Nobody we trust vouches for the server's certificate. */
  | "untrusted"
  /** The server's certificate has expired, or is that of another host. */
  | "certificate"
  /** The server does not speak TLS. */
  | "no-tls"
  /** No answer, or no more of it, within the time that we wait. */
  | "timeout"
  /** The connection ended in the middle. */
  | "cut"
  /** What came back is not HTTP, or leads where we do not go. */
  | "protocol"
  /** The proxy refused, or its address is wrong. */
  | "proxy";

/** The message is a state, to stand after a colon: `the connection was refused`. Never holds credentials. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly kind: HttpFailureKind;
  readonly hint: string | null;
  /** Whether trying again may help. */
  readonly isPassing: boolean;

  constructor(
    kind: HttpFailureKind,
    state: string,
    facts: { hint?: string; cause?: unknown; isPassing?: boolean } = {},
  ) {
    super(state, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.hint = facts.hint ?? null;
    this.isPassing = facts.isPassing ?? false;
  }
}

/** What people can do about servers that take long. */
export const TIMEOUT_HINT =
  "look at the network and proxies, or wait longer with BULWARK_HTTP_TIMEOUT (seconds)";

/** An address for messages: without user, password, query (signed addresses carry credentials there) and fragment. */
export function printUrl(url: URL): string {
  return printable(`${url.protocol}//${url.host}${url.pathname}`, 300);
}

/** Servers and programs that complain may repeat what they were sent; what proves who we are is taken out. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{4,}/gi, "$1 …")
    .replaceAll(
      /\b(password|secret|token|signature)(["']?\s*[:=]\s*["']?)[^\s"',;&}]{4,}/gi,
      "$1$2…",
    );
}

/** Codes of Node and OpenSSL, and what they mean for people. */
const STATES: ReadonlyMap<string, readonly [HttpFailureKind, string]> = new Map([
  ["ECONNREFUSED", ["connect", "the connection was refused"]],
  ["ENOTFOUND", ["connect", "no such host is known"]],
  ["EAI_AGAIN", ["connect", "the host's name cannot be resolved"]],
  ["EHOSTUNREACH", ["connect", "the host cannot be reached"]],
  ["ENETUNREACH", ["connect", "the network cannot be reached"]],
  ["ETIMEDOUT", ["connect", "the connection timed out"]],
  ["ECONNRESET", ["cut", "the connection was cut"]],
  ["ECONNABORTED", ["cut", "the connection was cut"]],
  ["ERR_STREAM_PREMATURE_CLOSE", ["cut", "the connection was cut"]],
  ["EPIPE", ["cut", "the connection was cut"]],
  ["EPROTO", ["no-tls", "it does not speak TLS"]],
  ["CERT_HAS_EXPIRED", ["certificate", "its certificate has expired"]],
  ["CERT_NOT_YET_VALID", ["certificate", "its certificate is not valid yet"]],
  ["ERR_TLS_CERT_ALTNAME_INVALID", ["certificate", "its certificate is that of another host"]],
]);

/** Failures after which the same request may succeed. A refused connection or an unknown host stays so for longer than we wait. */
const PASSING: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNRESET",
  "ECONNABORTED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "EPIPE",
  "ETIMEDOUT",
]);

const UNTRUSTED = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What an error of Node's network modules means. Failures of ours pass unchanged. */
export function failureOf(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  const [kind, state] = STATES.get(code) ?? unlisted(code, error);
  return new HttpFailure(kind, state, {
    cause: error,
    isPassing: PASSING.has(code),
    ...(kind === "untrusted" ? { hint: CERTIFICATE_HINT } : {}),
  });
}

const CERTIFICATE_HINT =
  "name the file with the certificate of its authority in SSL_CERT_FILE, or for a registry put it into ~/.docker/certs.d/HOST/ca.crt";

function unlisted(code: string, error: unknown): readonly [HttpFailureKind, string] {
  if (UNTRUSTED.test(code)) return ["untrusted", "nobody we trust vouches for its certificate"];
  if (code.startsWith("ERR_SSL_WRONG_VERSION")) return ["no-tls", "it does not speak TLS"];
  if (code.startsWith("HPE_")) return ["protocol", `its answer is not HTTP (${code})`];
  const text = error instanceof Error ? error.message : String(error);
  return ["cut", printable(code === "" ? text : `${text} (${code})`, 200)];
}
