// The API of the cluster in which we run: the few requests that we make of it, as the account that it gave us.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, reasonOf } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { PatchOperation } from "../../model/admission-review.ts";
import type { Environment } from "../folders.ts";
import { HttpClient } from "../http/client.ts";
import type { HttpResponse } from "../http/response.ts";

/** An object as the API gives it. */
export type ClusterObject = Readonly<Record<string, unknown>>;

/** What came of a change. `conflict`: somebody else has changed it meanwhile. */
export type Changed = "changed" | "conflict";

export interface ClusterApi {
  /** The namespace in which we run. */
  readonly namespace: string;
  /** null when it is not there. @throws {AppError} `cluster-failed`. */
  read(path: string): Promise<ClusterObject | null>;
  /** Replaces an object that still has the `resourceVersion` that it says. */
  replace(path: string, object: ClusterObject): Promise<Changed>;
  create(path: string, object: ClusterObject): Promise<Changed>;
  patch(path: string, operations: readonly PatchOperation[]): Promise<Changed>;
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
  const client = new HttpClient({ env: own, timeoutMs: TIMEOUT_MS, waitMsMax: TIMEOUT_MS });
  return new Api({ client, base, folder, namespace, signal });
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

interface ApiFacts {
  readonly client: HttpClient;
  readonly base: URL;
  readonly folder: string;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

type Method = "GET" | "PUT" | "POST" | "PATCH";

class Api implements ClusterApi {
  readonly #facts: ApiFacts;
  readonly namespace: string;

  constructor(facts: ApiFacts) {
    this.#facts = facts;
    this.namespace = facts.namespace;
  }

  async read(path: string): Promise<ClusterObject | null> {
    const response = await this.#send("GET", path, null);
    if (response.status === 404) {
      response.close();
      return null;
    }
    if (!response.isOk) throw await refusal("read", path, response);
    const bytes = await response.bytes(ANSWER_BYTES_MAX);
    try {
      return JSON.parse(bytes.toString("utf8")) as ClusterObject;
    } catch {
      throw failed("read", path, "its answer is not JSON");
    }
  }

  replace(path: string, object: ClusterObject): Promise<Changed> {
    return this.#change("PUT", path, object);
  }

  create(path: string, object: ClusterObject): Promise<Changed> {
    return this.#change("POST", path, object);
  }

  patch(path: string, operations: readonly PatchOperation[]): Promise<Changed> {
    return this.#change("PATCH", path, operations);
  }

  async #change(method: Method, path: string, body: unknown): Promise<Changed> {
    const response = await this.#send(method, path, body);
    // A patch whose test fails is 422.
    if (response.status === 409 || (method === "PATCH" && response.status === 422)) {
      response.close();
      return "conflict";
    }
    if (!response.isOk) throw await refusal("change", path, response);
    response.close();
    return "changed";
  }

  async #send(method: Method, path: string, body: unknown): Promise<HttpResponse> {
    const { client, base, folder, signal } = this.#facts;
    // Tokens are exchanged every hour, in the same place.
    const token = (await accountFile(folder, "token")).trim();
    const type = method === "PATCH" ? "application/json-patch+json" : "application/json";
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(body === null ? {} : { "content-type": type }),
    };
    const sent = body === null ? {} : { body: Buffer.from(JSON.stringify(body)) };
    try {
      return await client.send({ method, url: new URL(path, base), headers, signal, ...sent });
    } catch (error) {
      signal.throwIfAborted();
      throw failed(method === "GET" ? "read" : "change", path, reasonOf(error));
    }
  }
}

async function refusal(what: string, path: string, response: HttpResponse): Promise<AppError> {
  const text = (await response.beginning(4_000)).toString("utf8");
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.){1,300})"/.exec(text)?.[1] ?? "";
  return failed(what, path, `${response.status} ${printable(said, 300)}`.trimEnd());
}

function failed(what: string, path: string, state: string): AppError {
  return new AppError("cluster-failed", `cannot ${what} ${JSON.stringify(path)}: ${state}`, {
    subject: path,
    hint: "what the account of this pod must be allowed is what bulwark admit install prints",
  });
}
