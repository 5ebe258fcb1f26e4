// The API of a cluster as the user of this machine reaches it: by kubectl's files, or as the pod that we run in.
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { type ClusterPlace, clusterPlace, type FileOrData } from "../../formats/kubeconfig.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import type { OwnTls } from "../http/connections.ts";
import { readNamed, readOptional } from "../named-file.ts";
import { type ClusterApi, clusterApi, openApi } from "./api.ts";
import { askExec, type ExecAnswer } from "./exec-credential.ts";

export interface ClusterChoice {
  /** Instead of those that KUBECONFIG names; null for these, or `~/.kube/config`. */
  readonly kubeconfig: string | null;
  /** null for the current one. */
  readonly context: string | null;
}

/** A cluster, and what it is called here. */
export interface ChosenCluster {
  readonly api: ClusterApi;
  /** `context prod`, or `the cluster around us`. */
  readonly label: string;
  readonly server: string;
}

const FILE_BYTES_MAX = 1 << 20;
const PEM_BYTES_MAX = 1 << 20;
const HINT =
  "whoever installs must be allowed to read, create, change and delete what bulwark admit install prints; an audit only reads";

/**
 * @throws {AppError} `config-invalid`, `not-found`, `unreadable` naming the file; `cluster-failed` when a program that knows who
 * we are fails, or there is no cluster to be found.
 */
export async function chosenCluster(
  choice: ClusterChoice,
  env: Environment,
  signal: AbortSignal,
): Promise<ChosenCluster> {
  const files = await kubeconfigFiles(choice.kubeconfig, env);
  if (files.length === 0) {
    const api = await clusterApi(env, signal);
    if (api !== null) return { api, label: "the cluster around us", server: "in cluster" };
    throw new AppError("cluster-failed", "cannot reach a cluster: there is no kubeconfig", {
      hint: "name one with --kubeconfig FILE, or in KUBECONFIG",
    });
  }
  const place = clusterPlace(files, choice.context);
  const api = await placedApi(place, env, signal);
  return { api, label: `context ${place.context}`, server: place.server };
}

async function kubeconfigFiles(
  named: string | null,
  env: Environment,
): Promise<{ path: string; text: string }[]> {
  const listed = (env["KUBECONFIG"] || "").split(delimiter).filter((path) => path !== "");
  const usual = join(env["HOME"] || homedir(), ".kube", "config");
  const paths = listed.length > 0 ? listed : [usual];
  const found =
    named === null
      ? await Promise.all(paths.map((path) => readOptional(path)))
      : [await readNamed("kubeconfig", named, FILE_BYTES_MAX)];
  return found.flatMap((file) =>
    file === null ? [] : [{ path: file.path, text: file.bytes.toString("utf8") }],
  );
}

async function placedApi(
  place: ClusterPlace,
  env: Environment,
  signal: AbortSignal,
): Promise<ClusterApi> {
  const { server, proxy, namespace } = place;
  refuseWeak(place);
  const answer = place.exec === null ? null : await askExec(place, { env, signal });
  const tls = await tlsOf(place, answer);
  const proxied = proxy === null ? env : { ...env, HTTPS_PROXY: proxy, NO_PROXY: "" };
  const token = await tokenSource(place, answer);
  try {
    return openApi({
      ...{ env: proxied, tls, base: new URL(server), namespace, token, hint: HINT, signal },
    });
  } catch (error) {
    throw invalid(
      place.userOrigin,
      `its certificates or its key cannot be used: ${reasonOf(error)}`,
    );
  }
}

/** What would let somebody between us and the cluster take over what we install, and what servers understand no more. */
function refuseWeak({
  isUnverified,
  outdated,
  clusterOrigin,
  userOrigin,
  exec,
}: ClusterPlace): void {
  if (isUnverified)
    throw invalid(clusterOrigin, "insecure-skip-tls-verify lets anybody be this cluster", {
      hint: "write its authority into certificate-authority-data instead",
    });
  if (outdated !== null && exec === null)
    throw invalid(userOrigin, `${outdated} is no longer understood by Kubernetes`, {
      hint: "use a token, a client certificate, or an exec plugin",
    });
}

async function tlsOf(place: ClusterPlace, answer: ExecAnswer | null): Promise<OwnTls | null> {
  const { authority, certificate, key, serverName, clusterOrigin, userOrigin } = place;
  const ca = await pemOf(authority, clusterOrigin, "certificate-authority");
  const cert = answer?.certificate ?? (await pemOf(certificate, userOrigin, "client-certificate"));
  const ownKey = answer?.key ?? (await pemOf(key, userOrigin, "client-key"));
  if ((cert === null) !== (ownKey === null))
    throw invalid(userOrigin, "a client certificate and its key go together");
  if (ca === null && cert === null && serverName === null) return null;
  return { ca, cert, key: ownKey, serverName };
}

async function pemOf(
  source: FileOrData | null,
  origin: string,
  name: string,
): Promise<string | null> {
  if (source === null) return null;
  const text =
    "data" in source
      ? Buffer.from(source.data, "base64").toString("utf8")
      : (await readNamed(name, besides(origin, source.path), PEM_BYTES_MAX)).bytes.toString("utf8");
  if (text.includes("-----BEGIN ")) return text;
  throw invalid(origin, `what ${name} gives is not PEM`);
}

/** A token file is read again each time, because such tokens are exchanged. */
async function tokenSource(
  { token, tokenFile, userOrigin }: ClusterPlace,
  answer: ExecAnswer | null,
): Promise<() => Promise<string | null>> {
  const fixed = answer?.token ?? token;
  if (tokenFile === null || answer !== null) return async () => fixed;
  const path = besides(userOrigin, tokenFile);
  return async () => (await readNamed("token", path, FILE_BYTES_MAX)).bytes.toString("utf8").trim();
}

/** Paths in a kubeconfig are relative to its folder. */
function besides(origin: string, path: string): string {
  return resolve(dirname(origin), path);
}

function invalid(path: string, what: string, more: { readonly hint?: string } = {}): AppError {
  const message = `cannot use kubeconfig ${JSON.stringify(path)}: ${what}`;
  return new AppError("config-invalid", message, { subject: path, ...more });
}
