// Where clusters are and who we are there, as kubectl keeps it. Of what stands there only what leads to one cluster is taken.
// @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
import { AppError } from "../kit/error.ts";
import {
  DocumentList,
  type DocumentValue,
  listOf,
  memberOf,
  type ReadDocument,
  textOf,
} from "./document.ts";
import { readJsonDocument } from "./json-document.ts";
import { readYamlDocuments } from "./yaml-document.ts";

/** One file of the list that KUBECONFIG is. */
export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
}

/** Bytes that stand in the file itself, in base64, or the path of a file that has them. */
export type FileOrData = { readonly data: string } | { readonly path: string };

/** A program that is asked who we are. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly wantsCluster: boolean;
  /** It asks the user something. */
  readonly isInteractive: boolean;
  readonly installHint: string;
}

/** What leads to one cluster. Paths are as they are written; `origin` is the file whose folder they are relative to. */
export interface ClusterPlace {
  readonly context: string;
  readonly server: string;
  readonly authority: FileOrData | null;
  readonly serverName: string | null;
  readonly proxy: string | null;
  readonly isUnverified: boolean;
  readonly clusterOrigin: string;
  /** `default` when none is written. */
  readonly namespace: string;
  readonly certificate: FileOrData | null;
  readonly key: FileOrData | null;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly exec: ExecPlugin | null;
  /** Ways to say who we are that Kubernetes itself has given up: `auth-provider`, `username`. */
  readonly outdated: string | null;
  readonly userOrigin: string;
}

interface Entry {
  readonly value: DocumentValue;
  readonly origin: string;
}

const FILES_MAX = 50;
const LIST_MAX = 1_000;

/**
 * Takes what leads to a cluster out of files; of two entries of one name the first counts.
 *
 * @param wanted The context; null for the one that the files call current.
 * @throws {AppError} `config-invalid` naming the file, or the name that nothing stands for.
 */
export function clusterPlace(
  files: readonly KubeconfigFile[],
  wanted: string | null,
): ClusterPlace {
  const documents = files.slice(0, FILES_MAX).map(documentOf);
  const current = documents.map(({ value }) => textOf(value, "current-context")).find(Boolean);
  const name = wanted ?? current ?? "";
  const contexts = entriesOf(documents, "contexts", "context");
  const context = contexts.get(name);
  if (context === undefined) throw unknownContext(files, name, [...contexts.keys()]);
  const clusterName = textOf(context.value, "cluster");
  const cluster = entriesOf(documents, "clusters", "cluster").get(clusterName);
  if (cluster === undefined)
    throw invalid(context.origin, `there is no cluster ${quoted(clusterName)}`);
  const userName = textOf(context.value, "user");
  const user = entriesOf(documents, "users", "user").get(userName);
  if (user === undefined && userName !== "")
    throw invalid(context.origin, `there is no user ${quoted(userName)}`);
  return {
    context: name,
    namespace: textOf(context.value, "namespace") || "default",
    ...clusterFacts(cluster),
    ...userFacts(user ?? { value: null, origin: context.origin }),
  };
}

function documentOf({ path, text }: KubeconfigFile): Entry {
  const read = /^\s*\{/.test(text) ? readJsonDocument(text) : firstOf(readYamlDocuments(text));
  if (read.damage !== null) throw invalid(path, read.damage);
  return { value: read.value, origin: path };
}

function firstOf(read: ReadDocument): ReadDocument {
  if (read.damage !== null) return read;
  const [first = null] = read.value instanceof DocumentList ? read.value.items : [];
  return { value: first, damage: null };
}

/** `contexts: [{name, context: {…}}]`, by name. */
function entriesOf(
  documents: readonly Entry[],
  list: string,
  member: string,
): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  for (const { value, origin } of documents) {
    for (const item of listOf(value, list).slice(0, LIST_MAX)) {
      const name = textOf(item, "name");
      const entry = memberOf(item, member) ?? null;
      if (!found.has(name)) found.set(name, { value: entry, origin });
    }
  }
  return found;
}

function clusterFacts({
  value,
  origin,
}: Entry): Pick<
  ClusterPlace,
  "server" | "authority" | "serverName" | "proxy" | "isUnverified" | "clusterOrigin"
> {
  const server = textOf(value, "server");
  if (!URL.canParse(server) || new URL(server).protocol !== "https:")
    throw invalid(origin, `${quoted(server)} is no https address of a server`);
  return {
    server,
    authority: fileOrData(value, "certificate-authority"),
    serverName: textOf(value, "tls-server-name") || null,
    proxy: textOf(value, "proxy-url") || null,
    isUnverified: memberOf(value, "insecure-skip-tls-verify") === true,
    clusterOrigin: origin,
  };
}

const OUTDATED = ["auth-provider", "username"] as const;

function userFacts({
  value,
  origin,
}: Entry): Pick<
  ClusterPlace,
  "certificate" | "key" | "token" | "tokenFile" | "exec" | "outdated" | "userOrigin"
> {
  return {
    certificate: fileOrData(value, "client-certificate"),
    key: fileOrData(value, "client-key"),
    token: textOf(value, "token") || null,
    tokenFile: textOf(value, "tokenFile") || null,
    exec: execOf(memberOf(value, "exec"), origin),
    outdated: OUTDATED.find((name) => (memberOf(value, name) ?? null) !== null) ?? null,
    userOrigin: origin,
  };
}

/** Where both are written, the data counts. */
function fileOrData(value: DocumentValue, name: string): FileOrData | null {
  const data = textOf(value, `${name}-data`);
  if (data !== "") return { data };
  const path = textOf(value, name);
  return path === "" ? null : { path };
}

const EXEC_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

function execOf(value: DocumentValue | undefined, origin: string): ExecPlugin | null {
  if (value === undefined || value === null) return null;
  const apiVersion = textOf(value, "apiVersion");
  if (!EXEC_VERSIONS.includes(apiVersion))
    throw invalid(
      origin,
      `exec has version ${quoted(apiVersion)}, which is none of ${EXEC_VERSIONS.join(", ")}`,
    );
  const command = textOf(value, "command");
  if (command === "") throw invalid(origin, "exec names no command");
  const env = new Map<string, string>();
  for (const item of listOf(value, "env").slice(0, LIST_MAX))
    env.set(textOf(item, "name"), textOf(item, "value"));
  return {
    apiVersion,
    command,
    args: listOf(value, "args").slice(0, LIST_MAX).map(String),
    env,
    wantsCluster: memberOf(value, "provideClusterInfo") === true,
    isInteractive: textOf(value, "interactiveMode") === "Always",
    installHint: textOf(value, "installHint"),
  };
}

function unknownContext(
  files: readonly KubeconfigFile[],
  name: string,
  known: readonly string[],
): AppError {
  const where = files.map(({ path }) => quoted(path)).join(", ");
  const what = name === "" ? "no context is current" : `there is no context ${quoted(name)}`;
  const hint =
    known.length === 0
      ? "it names no context at all"
      : `name one with --context: ${known
          .slice(0, 10)
          .map((one) => one.slice(0, 80))
          .join(", ")}`;
  return new AppError("config-invalid", `cannot use ${where}: ${what}`, { hint });
}

function invalid(path: string, what: string): AppError {
  return new AppError("config-invalid", `cannot use kubeconfig ${quoted(path)}: ${what}`, {
    subject: path,
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
