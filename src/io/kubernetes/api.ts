// The API of the cluster in which we run: the few requests that we make of it, as the account that it gave us.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, reasonOf } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { PatchOperation } from "../../model/admission-review.ts";
import type { Environment } from "../folders.ts";
import { HttpClient } from "../http/client.ts";
import type { OwnTls } from "../http/connections.ts";
import type { HttpResponse } from "../http/response.ts";

/** An object as the API gives it. */
export type ClusterObject = Readonly<Record<string, unknown>>;

/** What came of a change. `conflict`: somebody else has changed it meanwhile. */
export type Changed = "changed" | "conflict";

/** What an object becomes when it is applied. */
export interface ApplyOptions {
  /** Only say what would come of it. */
  readonly isDryRun: boolean;
  /** Take fields over that somebody else has set. */
  readonly isForced: boolean;
}

export interface ClusterApi {
  /** The namespace in which we run, or that the context names. */
  readonly namespace: string;
  /** null when it is not there. @throws {AppError} `cluster-failed`. */
  read(path: string): Promise<ClusterObject | null>;
  /** Replaces an object that still has the `resourceVersion` that it says. */
  replace(path: string, object: ClusterObject): Promise<Changed>;
  create(path: string, object: ClusterObject): Promise<Changed>;
  patch(path: string, operations: readonly PatchOperation[]): Promise<Changed>;
  /**
   * Sets what the object says, creates it if need be, and gives it back as it is then: server-side apply.
   *
   * @throws {AppError} `cluster-failed`, also when somebody else has set a field to something different.
   * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  apply(path: string, object: ClusterObject, options: ApplyOptions): Promise<ClusterObject>;
  /** Removes the very object of this `uid`. `false`: it is not there any more. */
  remove(path: string, uid: string): Promise<boolean>;
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const ANSWER_BYTES_MAX = 8 << 20;
const TIMEOUT_MS = 10_000;

/**
 * @param env `BULWARK_SERVICE_ACCOUNT` names a folder with `token`, `ca.crt` and `namespace`, if they are elsewhere than usual.
 * @returns null when this is not in a cluster.
 * @throws {AppError} `cluster-failed` when the account cannot be read.
 */
export async function clusterApi(
  env: Environment,
  signal: AbortSignal,
): Promise<ClusterApi | null> {
  const host = env["KUBERNETES_SERVICE_HOST"] || "";
  if (host === "") return null;
  const port = env["KUBERNETES_SERVICE_PORT"] || "443";
  const folder = env["BULWARK_SERVICE_ACCOUNT"] || ACCOUNT;
  const base = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  const namespace = (await accountFile(folder, "namespace")).trim();
  // Of the surroundings nothing else counts: no proxy stands between a pod and the API.
  const own = { SSL_CERT_FILE: join(folder, "ca.crt"), HOME: env["HOME"] };
  // Tokens are exchanged every hour, in the same place.
  const token = async (): Promise<string> => (await accountFile(folder, "token")).trim();
  const hint = "what the account of this pod must be allowed is what bulwark admit install prints";
  return openApi({ env: own, tls: null, base, namespace, token, hint, signal });
}

export interface ApiPlace {
  /** For proxies and authorities. */
  readonly env: Environment;
  readonly tls: OwnTls | null;
  readonly base: URL;
  readonly namespace: string;
  /** Asked before each request; null for who is known by a certificate. */
  readonly token: () => Promise<string | null>;
  /** What to do when something is refused. */
  readonly hint: string;
  readonly signal: AbortSignal;
}

/** The API of the cluster that is there. Nothing is asked yet. */
export function openApi(place: ApiPlace): ClusterApi {
  const { env, tls } = place;
  const patience = { timeoutMs: TIMEOUT_MS, waitMsMax: TIMEOUT_MS };
  const client = new HttpClient({ env, ...patience, ...(tls === null ? {} : { tls }) });
  return new Api({ ...place, client });
}

async function accountFile(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const message = `cannot read service account ${JSON.stringify(path)}: ${reasonOf(error)}`;
    throw new AppError("cluster-failed", message, {
      subject: path,
      hint: "let the pod have its service account: automountServiceAccountToken: true",
    });
  }
}

interface ApiFacts extends ApiPlace {
  readonly client: HttpClient;
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

const JSON_TYPE = "application/json";
const JSON_PATCH = "application/json-patch+json";
/** JSON is YAML. */
const APPLY = "application/apply-patch+yaml";
/** Under this name the API server notes which fields are ours. */
const MANAGER = "bulwark-install";
const CONTESTED = "somebody else has set these fields; --force-conflicts takes them over";

class Api implements ClusterApi {
  readonly #facts: ApiFacts;
  readonly namespace: string;

  constructor(facts: ApiFacts) {
    this.#facts = facts;
    this.namespace = facts.namespace;
  }

  async read(path: string): Promise<ClusterObject | null> {
    const response = await this.#send({ method: "GET", path });
    if (response.status === 404) {
      response.close();
      return null;
    }
    if (!response.isOk) throw await this.#refusal("read", path, response);
    return this.#object("read", path, response);
  }

  replace(path: string, object: ClusterObject): Promise<Changed> {
    return this.#change({ method: "PUT", path, body: object });
  }

  create(path: string, object: ClusterObject): Promise<Changed> {
    return this.#change({ method: "POST", path, body: object });
  }

  patch(path: string, operations: readonly PatchOperation[]): Promise<Changed> {
    return this.#change({ method: "PATCH", path, body: operations, type: JSON_PATCH });
  }

  async apply(path: string, object: ClusterObject, options: ApplyOptions): Promise<ClusterObject> {
    const query = new URLSearchParams({ fieldManager: MANAGER });
    if (options.isForced) query.set("force", "true");
    if (options.isDryRun) query.set("dryRun", "All");
    const response = await this.#send({
      method: "PATCH",
      path: `${path}?${query}`,
      body: object,
      type: APPLY,
    });
    if (!response.isOk) throw await this.#refusal("apply", path, response);
    return this.#object("apply", path, response);
  }

  async remove(path: string, uid: string): Promise<boolean> {
    const preconditions = { uid };
    const response = await this.#send({
      method: "DELETE",
      path,
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        preconditions,
      },
    });
    if (response.status !== 404 && !response.isOk)
      throw await this.#refusal("remove", path, response);
    response.close();
    return response.isOk;
  }

  async #change(sent: Sent): Promise<Changed> {
    const response = await this.#send(sent);
    // A patch whose test fails is 422.
    if (response.status === 409 || (sent.method === "PATCH" && response.status === 422)) {
      response.close();
      return "conflict";
    }
    if (!response.isOk) throw await this.#refusal("change", sent.path, response);
    response.close();
    return "changed";
  }

  async #object(what: string, path: string, response: HttpResponse): Promise<ClusterObject> {
    const bytes = await response.bytes(ANSWER_BYTES_MAX);
    try {
      const object: unknown = JSON.parse(bytes.toString("utf8"));
      if (typeof object === "object" && object !== null) return object as ClusterObject;
    } catch {
      // Told below.
    }
    throw this.#failed(what, path, "its answer is not an object in JSON");
  }

  async #send({ method, path, body, type = JSON_TYPE }: Sent): Promise<HttpResponse> {
    const { client, base, token, signal } = this.#facts;
    const known = await token();
    const headers = {
      ...(known === null ? {} : { authorization: `Bearer ${known}` }),
      accept: JSON_TYPE,
      ...(body === undefined ? {} : { "content-type": type }),
    };
    const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    // The API may lie under a path, as behind the proxies that manage several clusters.
    const url = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
    try {
      return await client.send({ method, url, headers, signal, ...sent });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failed(method === "GET" ? "read" : "change", path, reasonOf(error));
    }
  }

  async #refusal(what: string, path: string, response: HttpResponse): Promise<AppError> {
    const text = (await response.beginning(4_000)).toString("utf8");
    const said = /"message"\s*:\s*"((?:[^"\\]|\\.){1,600})"/.exec(text)?.[1] ?? "";
    const state = `${response.status} ${printable(said.replace(/\\"/g, '"'), 600)}`.trimEnd();
    const isContested = what === "apply" && response.status === 409;
    return this.#failed(what, path, state, isContested ? CONTESTED : this.#facts.hint);
  }

  #failed(what: string, path: string, state: string, hint: string = this.#facts.hint): AppError {
    const message = `cannot ${what} ${JSON.stringify(path)}: ${state}`;
    return new AppError("cluster-failed", message, { subject: path, hint });
  }
}

interface Sent {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}
