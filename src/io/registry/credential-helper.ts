// Programs that keep credentials for Docker. @see https://github.com/docker/docker-credential-helpers
import { member, optionalText, parseJson } from "../../formats/json-shape.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Environment } from "../folders.ts";
import { withoutSecrets } from "../http/failure.ts";
import { type ProgramRun, runProgram } from "../process.ts";
import { type Credential, SECRET_MAX } from "./credential.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/;
const OUTPUT_BYTES_MAX = 64 << 10;
const TIMEOUT_MS = 30_000;
/** What helpers write when they have nothing for a server; Docker itself tells it by these words. */
const NOTHING = /credentials not found in native keychain|no credentials server URL/i;

/** What a helper is asked for. */
export interface HelperQuestion {
  /** As the configuration names it: `osxkeychain`, `ecr-login`. */
  readonly helper: string;
  readonly server: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/**
 * Asks a helper for a credential.
 *
 * @returns null when it has none.
 * @throws {AppError} `credential-helper`.
 */
export async function askHelper(question: HelperQuestion): Promise<Credential | null> {
  const { helper, server, env, signal } = question;
  if (!NAME.test(helper)) throw failed(helper, "its name is not one of a program");
  const run = await runProgram(`docker-credential-${helper}`, ["get"], {
    env,
    signal,
    input: server,
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  const answer = answerOf(helper, run);
  return answer === null ? null : credentialOf(helper, answer);
}

function answerOf(helper: string, run: ProgramRun): Buffer | null {
  if (run.kind === "absent") throw failed(helper, "there is no such program");
  if (run.kind === "timed-out") throw failed(helper, `no answer within ${run.afterMs / 1000} s`);
  if (run.kind === "too-much-output")
    throw failed(helper, `its answer is larger than ${run.bytesMax} bytes`);
  if (run.exitCode === 0) return run.stdout;
  // What a failing helper says, it says on either; a secret is not among it, because it has found none.
  const said = `${run.stdout.toString("utf8")} ${run.stderr.toString("utf8")}`;
  if (NOTHING.test(said.slice(0, 4000))) return null;
  throw failed(
    helper,
    `it ended with ${run.exitCode ?? "a signal"}: ${printable(withoutSecrets(said.slice(0, 4000)), 200)}`,
  );
}

function credentialOf(helper: string, answer: Buffer): Credential | null {
  try {
    const top = parseJson(answer, { what: "answer", code: "credential-helper" });
    const username = optionalText(member(top, "Username"), 1000) ?? "";
    const secret = optionalText(member(top, "Secret"), SECRET_MAX) ?? "";
    if (secret === "") return null;
    if (username === "<token>") return { kind: "identity", token: secret };
    return { kind: "password", username, password: secret };
  } catch (error) {
    throw failed(helper, reasonOf(error));
  }
}

function failed(helper: string, state: string): AppError {
  const name = printable(`docker-credential-${helper}`, 100);
  return new AppError(
    "credential-helper",
    `cannot use credential helper ${JSON.stringify(name)}: ${state}`,
    {
      subject: name,
      hint: "install it, or take it out of credsStore and credHelpers in Docker's config.json",
    },
  );
}
