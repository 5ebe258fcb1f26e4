// Questions to services that hold keys or vouch for signatures: one request, one bounded answer, failures in our words.
import { AppError, reasonOf } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { HttpClient } from "../http/client.ts";
import { HttpFailure } from "../http/failure.ts";

/** How services are reached. */
export interface ServiceContext {
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

export interface ServiceRequest {
  /** What it is for: `sign with awskms://…`. */
  readonly action: string;
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

const ANSWER_BYTES_MAX = 1 << 20;
const SAID_MAX = 300;

/**
 * Asks a service.
 *
 * @returns The body of an answer that says that it went well.
 * @throws {AppError} `signing-failed` for every other one, and when there is none; `offline`.
 */
export async function askService(
  { action, method, url, headers, body }: ServiceRequest,
  { http, signal }: ServiceContext,
): Promise<Buffer> {
  const request = { method, url, headers, signal, ...(body === null ? {} : { body }) };
  try {
    const response = await http.send(request);
    const answer = await response.bytes(ANSWER_BYTES_MAX);
    if (response.isOk) return answer;
    const said = printable(answer.subarray(0, 4096).toString("utf8"), SAID_MAX);
    throw failed(
      action,
      `${url.host} answered ${response.status}${said === "" ? "" : `: ${said}`}`,
    );
  } catch (error) {
    if (error instanceof HttpFailure)
      throw failed(action, `${url.host}: ${reasonOf(error)}`, error);
    throw error;
  }
}

/** The failure of a service. */
export function failed(action: string, state: string, cause?: unknown): AppError {
  return new AppError("signing-failed", `cannot ${action}: ${state}`, { cause });
}
