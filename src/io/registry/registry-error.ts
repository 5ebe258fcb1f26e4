// What a registry's refusals mean for people. @see OCI distribution specification 1.1, "Error Codes"
import { items, member, parseJson } from "../../formats/json-shape.ts";
import { AppError, type ErrorCode } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import { HttpFailure, withoutSecrets } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import type { CredentialSearch } from "./credential.ts";

/** What was being done, for messages: `read "docker.io/library/alpine:3.19"`. */
export type Action = string;

const SAID_BYTES_MAX = 16 << 10;
const SAID_MAX = 300;

/** The error for an answer that is not what was asked for. Reads the answer's text and closes it. */
export async function refusal(response: HttpResponse, action: Action): Promise<AppError> {
  const said = saidIn(await response.beginning(SAID_BYTES_MAX));
  const { status } = response;
  const [code, state, hint] = meaning(status);
  const later = response.header("retry-after");
  const wait =
    later === null || status !== 429 ? "" : ` (it asks to wait: ${printable(later, 40)})`;
  return new AppError(code, `cannot ${action}: ${state}${wait}${said === "" ? "" : `: ${said}`}`, {
    ...(hint === null ? {} : { hint }),
  });
}

function meaning(status: number): readonly [ErrorCode, string, string | null] {
  if (status === 403) {
    return [
      "registry-denied",
      "the registry denies access",
      "ask its owner for the right to do so",
    ];
  }
  if (status === 404) {
    return ["registry-not-found", "the registry does not have it", "look for a typing error"];
  }
  if (status === 429) {
    const hint = "wait, log in with docker login for a higher limit, or use a mirror";
    return ["registry-rate-limited", "the registry's rate limit is reached", hint];
  }
  if (status >= 500)
    return ["registry-unavailable", `the registry failed with ${status}`, "try again"];
  return ["registry-unavailable", `the registry answered ${status}`, null];
}

/** The registry's own words, from its JSON or as they are. */
function saidIn(bytes: Buffer): string {
  try {
    const top = parseJson(bytes, { what: "answer", code: "registry-unavailable" });
    const [first] = items(member(top, "errors"), 1000);
    const word = (name: string): string => {
      const value = first === undefined ? undefined : member(first, name).value;
      return typeof value === "string" ? value : "";
    };
    const said = [word("code"), word("message")].filter((w) => w !== "").join(": ");
    return printable(withoutSecrets(said.slice(0, SAID_BYTES_MAX)), SAID_MAX);
  } catch {
    const text = bytes.toString("utf8");
    // Pages for browsers say nothing that fits into a line.
    if (/^\s*</.test(text)) return "";
    return printable(withoutSecrets(text).replaceAll(/\s+/g, " "), SAID_MAX);
  }
}

/** The error when there was no answer at all. */
export function unavailable(failure: HttpFailure, action: Action, host: string): AppError {
  const hint = failure.hint ?? (failure.kind === "connect" ? connectHint(host) : null);
  return new AppError("registry-unavailable", `cannot ${action}: ${host}: ${failure.message}`, {
    subject: host,
    cause: failure,
    ...(hint === null ? {} : { hint }),
  });
}

/** Mistyped names of folders are read as images of Docker Hub. */
function connectHint(host: string): string {
  return host === "registry-1.docker.io"
    ? "look at the network and proxies; a file or folder that was meant is not there under this name"
    : "look at the registry's name and port, the network and proxies";
}

/**
 * The body of an answer, whole.
 *
 * @throws {AppError} `registry-unavailable`, `limit-exceeded`.
 */
export async function bodyOf(
  response: HttpResponse,
  { action, bytesMax }: { readonly action: Action; readonly bytesMax: number },
): Promise<Buffer> {
  try {
    return await response.bytes(bytesMax);
  } catch (error) {
    throw error instanceof HttpFailure ? unavailable(error, action, response.url.host) : error;
  }
}

interface AuthFacts {
  readonly action: Action;
  readonly registry: string;
  readonly search: CredentialSearch;
  /** The registry's own words; may be empty. */
  readonly said: string;
}

/** The error when the registry wants a credential, or refused the one that we have. */
export function unauthorized({ action, registry, search, said }: AuthFacts): AppError {
  const words = said === "" ? "" : ` (${said})`;
  const login = `docker login ${registry === "docker.io" ? "" : registry}`.trim();
  if (search.credential !== null) {
    const state = `the registry refused the credentials from ${search.source ?? "?"}`;
    return new AppError("registry-auth", `cannot ${action}: ${state}${words}`, {
      subject: registry,
      hint: `run ${login} to replace them`,
    });
  }
  if (search.failure !== null) {
    const { code } = search.failure;
    return new AppError(
      code === "credential-helper" ? code : "registry-auth",
      `cannot ${action}: the registry wants credentials, and: ${search.failure.message}`,
      { subject: registry, hint: search.failure.hint ?? `run ${login}`, cause: search.failure },
    );
  }
  const where =
    search.looked.length === 0
      ? "there is no file with any"
      : `${search.looked.join(", ")} has none`;
  return new AppError(
    "registry-auth",
    `cannot ${action}: the registry wants credentials for ${registry}, and ${where}${words}`,
    { subject: registry, hint: `run ${login}; a misspelt or missing repository is answered alike` },
  );
}

/** The registry's own words in an answer. Closes it. */
export async function wordsOf(response: HttpResponse): Promise<string> {
  return saidIn(await response.beginning(SAID_BYTES_MAX));
}
