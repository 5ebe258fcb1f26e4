// Programs that say who we are, as clouds' command lines do.
// @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
import { dirname, resolve } from "node:path";
import { member, optionalText, parseJson } from "../../formats/json-shape.ts";
import type { ClusterPlace, ExecPlugin } from "../../formats/kubeconfig.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Environment } from "../folders.ts";
import { withoutSecrets } from "../http/failure.ts";
import { type ProgramRun, runProgram } from "../process.ts";

/** What such a program says; PEM texts. */
export interface ExecAnswer {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

const TIMEOUT_MS = 60_000;
const NAME_MAX = 200;
const SECRET_MAX = 1 << 20;

/** Asks the program, without a shell. @throws {AppError} `cluster-failed` naming it. */
export async function askExec(
  place: ClusterPlace,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<ExecAnswer | null> {
  const plugin = place.exec;
  if (plugin === null) return null;
  if (plugin.isInteractive) throw failed(plugin, "it wants to ask you something, and cannot here");
  const run = await runProgram(commandOf(plugin, place.userOrigin), plugin.args, {
    env: {
      ...env,
      ...Object.fromEntries(plugin.env),
      KUBERNETES_EXEC_INFO: JSON.stringify(question(plugin, place)),
    },
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  return answerOf(plugin, outputOf(plugin, run));
}

/** A relative path is meant from the folder of the file that has it; a bare name is looked for as usual. */
function commandOf({ command }: ExecPlugin, origin: string): string {
  return /[/\\]/.test(command) ? resolve(dirname(origin), command) : command;
}

function question({ apiVersion, wantsCluster }: ExecPlugin, place: ClusterPlace): object {
  const { server, authority, serverName, proxy } = place;
  const cluster = {
    server,
    ...(authority !== null && "data" in authority
      ? { "certificate-authority-data": authority.data }
      : {}),
    ...(serverName === null ? {} : { "tls-server-name": serverName }),
    ...(proxy === null ? {} : { "proxy-url": proxy }),
  };
  const spec = { interactive: false, ...(wantsCluster ? { cluster } : {}) };
  return { apiVersion, kind: "ExecCredential", spec };
}

function outputOf(plugin: ExecPlugin, run: ProgramRun): Buffer {
  if (run.kind === "absent") throw failed(plugin, "there is no such program", plugin.installHint);
  if (run.kind === "timed-out") throw failed(plugin, `no answer within ${run.afterMs / 1000} s`);
  if (run.kind === "too-much-output")
    throw failed(plugin, `its answer is larger than ${run.bytesMax} bytes`);
  if (run.exitCode === 0) return run.stdout;
  const said = printable(withoutSecrets(run.stderr.toString("utf8").slice(0, 4000)), 200);
  throw failed(plugin, `it ended with ${run.exitCode ?? "a signal"}: ${said}`, plugin.installHint);
}

/** What it said is never quoted: it is a secret. */
function answerOf(plugin: ExecPlugin, output: Buffer): ExecAnswer {
  const what = `the answer of ${JSON.stringify(plugin.command.slice(0, 120))}`;
  const said = parseJson(output, { what, code: "cluster-failed" });
  const version = optionalText(member(said, "apiVersion"), NAME_MAX);
  if (version !== plugin.apiVersion)
    throw failed(plugin, "it does not answer in the version it was asked in");
  const status = member(said, "status");
  if (status.value === undefined) throw failed(plugin, "it gives no credential");
  const [token, certificate, key] = ["token", "clientCertificateData", "clientKeyData"].map(
    (name) => optionalText(member(status, name), SECRET_MAX),
  ) as [string | null, string | null, string | null];
  if (token === null && certificate === null) throw failed(plugin, "it gives no credential");
  return { token, certificate, key };
}

function failed({ command }: ExecPlugin, what: string, hint = ""): AppError {
  const name = JSON.stringify(command.slice(0, 120));
  return new AppError("cluster-failed", `cannot ask ${name} who we are: ${what}`, {
    subject: command,
    hint:
      hint === ""
        ? "run it by hand; it is the exec plugin of the kubeconfig"
        : printable(hint, 300),
  });
}
