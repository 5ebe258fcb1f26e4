// One repository at one registry, spoken to by the OCI distribution protocol. @see OCI distribution specification 1.1

import { AppError } from "../../kit/error.ts";
import type { Reference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import { HttpClient, USER_AGENT } from "../http/client.ts";
import type { RequestBody } from "../http/exchange.ts";
import { HttpFailure } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import { type AuthContext, Authorizer, type Permission } from "./authorizer.ts";
import { CredentialStore } from "./credential-store.ts";
import { type Place, placesOf } from "./places.ts";
import { type Action, unauthorized, unavailable, wordsOf } from "./registry-error.ts";

/** A request below the repository, or to an address that the registry gave. */
export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `manifests/latest`, below `/v2/NAME/`; or an address that the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** See HttpRequest. */
  readonly mayRepeat?: true;
  /** What is being done, for messages. */
  readonly action: Action;
  readonly signal: AbortSignal;
}

/** How registries are reached; also what `openRegistryImage` takes. */
export interface RegistryOptions {
  readonly env: Environment;
  /** Every request is refused with `offline`. */
  readonly offline?: boolean;
  /** Registries that may be spoken to without TLS, beside this machine's and those that configurations declare. */
  readonly insecure?: readonly string[];
  /** See HttpOptions. */
  readonly timeoutMs?: number;
}

/** Asks for what one repository has. Made by {@link registryClient} or {@link registryClients}. */
export class RegistryClient {
  readonly place: Place;
  readonly #context: AuthContext;
  readonly #authorizer: Authorizer;
  #base: Promise<URL> | null = null;

  constructor(place: Place, context: AuthContext) {
    this.place = place;
    this.#context = context;
    this.#authorizer = new Authorizer(place, context);
  }

  /** `host/repository`, for messages. */
  get name(): string {
    return `${this.place.registry}/${this.place.repository}`;
  }

  /**
   * Sends a request, proving who we are if the registry asks for it.
   *
   * @returns The answer, whatever its status but 401.
   * @throws {AppError} `registry-auth`, `credential-helper`, `registry-unavailable`, `offline`; the signal's reason.
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const { action, signal } = request;
    const isPull = request.method === "GET" || request.method === "HEAD";
    const scope = `repository:${this.place.repository}:${isPull ? "pull" : "pull,push"}`;
    const permission: Permission = { scope, action, signal };
    const url = await this.url(request);
    const held = this.#authorizer.current(permission);
    const first = await this.#sendTo(url, request, held);
    if (first.status !== 401) return first;
    if (first.url.host !== this.place.host) throw await this.#sentElsewhere(first, action);
    const header = await this.#authorizer.answer(first, held, permission);
    const second = await this.#sendTo(url, request, header);
    if (second.status !== 401) return second;
    const search = await this.#context.credentials.find(this.place, signal);
    const said = await wordsOf(second);
    throw unauthorized({ action, registry: this.place.registry, search, said });
  }

  /** The whole address of a request. */
  async url({ path, action, signal }: RegistryRequest): Promise<URL> {
    if (path instanceof URL) return path;
    this.#base ??= this.#findBase(action, signal);
    const base = await this.#base.catch((error: unknown) => {
      this.#base = null;
      throw error;
    });
    return new URL(`/v2/${this.place.repository}/${path}`, base);
  }

  /** Our credentials are for the registry: another host, to which it sends us, is told neither them nor a token. */
  async #sentElsewhere(response: HttpResponse, action: Action): Promise<AppError> {
    const said = await wordsOf(response);
    const { host } = response.url;
    const state = `${this.name} sends us to ${host}, which wants credentials of its own`;
    return new AppError("registry-auth", `cannot ${action}: ${state}${said && ` (${said})`}`, {
      subject: host,
      hint: "name the image by the registry that has it",
    });
  }

  async #sendTo(
    url: URL,
    request: RegistryRequest,
    authorization: string | null,
  ): Promise<HttpResponse> {
    const { method, headers, body, mayRepeat, action, signal } = request;
    // A registry may send an upload to a store of another host, which has no business with our token.
    const isOurs = url.host === this.place.host;
    const proof = authorization === null || !isOurs ? {} : { authorization };
    try {
      return await this.#context.http.send({
        method,
        url,
        headers: { "user-agent": USER_AGENT, "accept-encoding": "identity", ...headers, ...proof },
        ...(body === undefined ? {} : { body }),
        ...(mayRepeat === undefined ? {} : { mayRepeat }),
        signal,
      });
    } catch (error) {
      throw error instanceof HttpFailure ? unavailable(error, action, url.host) : error;
    }
  }

  /** TLS; without it only where that is allowed, and the host does not speak TLS. */
  async #findBase(action: Action, signal: AbortSignal): Promise<URL> {
    const { host, mayBePlain } = this.place;
    const secured = new URL(`https://${host}`);
    if (!mayBePlain) return secured;
    try {
      const url = new URL("/v2/", secured);
      (await this.#context.http.sendOnce({ method: "GET", url, signal })).close();
      return secured;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (error.kind !== "no-tls" && error.kind !== "cut") throw unavailable(error, action, host);
      this.#authorizer.plainRealm = true;
      return new URL(`http://${host}`);
    }
  }
}

/** What belongs together for one command: connections and credentials. */
function contextOf(options: RegistryOptions): AuthContext {
  const http = new HttpClient(options);
  return { http, credentials: new CredentialStore({ env: options.env, http }) };
}

/**
 * The clients for an image, mirrors first, its own registry last.
 *
 * @throws {AppError} `config-invalid`, `registry-denied` (blocked by configuration).
 */
export async function registryClients(
  reference: Reference,
  options: RegistryOptions,
): Promise<RegistryClient[]> {
  const context = contextOf(options);
  const places = await placesOf(reference, options);
  return places.map((place) => new RegistryClient(place, context));
}

/** The client for an image's own registry: to push, and to read what must not come from a mirror. */
export async function registryClient(
  reference: Reference,
  options: RegistryOptions,
): Promise<RegistryClient> {
  const places = await placesOf(reference, options);
  const own = places.find((place) => !place.isMirror);
  const { registry, repository } = reference;
  const plain = { registry, host: registry, repository, isMirror: false, mayBePlain: false };
  return new RegistryClient(own ?? plain, contextOf(options));
}
