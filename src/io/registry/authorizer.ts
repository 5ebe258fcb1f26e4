// Proving who we are: tokens by scope, fetched where the registry says, or a password.
// @see https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/
import { member, optionalText, parseJson } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { type HttpClient, USER_AGENT } from "../http/client.ts";
import { HttpFailure, printUrl } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { basicHeader, type Credential, type CredentialSearch, isHeaderSafe } from "./credential.ts";
import type { CredentialStore, CredentialTarget } from "./credential-store.ts";
import {
  type Action,
  bodyOf,
  refusal,
  unauthorized,
  unavailable,
  wordsOf,
} from "./registry-error.ts";

export interface AuthContext {
  readonly http: HttpClient;
  readonly credentials: CredentialStore;
}

/** What a request wants to be allowed. */
export interface Permission {
  /** `repository:team/api:pull`. */
  readonly scope: string;
  readonly action: Action;
  readonly signal: AbortSignal;
}

interface Held {
  readonly header: string;
  readonly untilMs: number;
}

const TOKEN_BYTES_MAX = 256 << 10;
/** Without a word about it a token lasts this long. @see the token specification, "expires_in" */
const TOKEN_MS = 60_000;
const TOKEN_MS_MAX = 24 * 3_600_000;
/** A token that ends this soon is not used any more. */
const MARGIN_MS = 5_000;

/** The headers with which one registry lets us do things. */
export class Authorizer {
  readonly #target: CredentialTarget;
  readonly #context: AuthContext;
  readonly #held = new Map<string, Held>();
  readonly #asking = new Map<string, Promise<string>>();

  constructor(target: CredentialTarget, context: AuthContext) {
    this.#target = target;
    this.#context = context;
  }

  /** The header that was good for the scope last time; null when none is known or it has run out. */
  current({ scope }: Permission): string | null {
    const held = this.#held.get(scope);
    return held !== undefined && held.untilMs > Date.now() ? held.header : null;
  }

  /**
   * Answers a 401: the header to send instead of `refused`.
   *
   * @throws {AppError} `registry-auth`, `credential-helper`, `registry-unavailable`.
   */
  async answer(
    response: HttpResponse,
    refused: string | null,
    permission: Permission,
  ): Promise<string> {
    const challenges = parseChallenges(response.header("www-authenticate") ?? "");
    const said = await wordsOf(response);
    const current = this.current(permission);
    // Several layers are asked for at once, and one of them has been answered meanwhile.
    if (current !== null && current !== refused) return current;
    const key = permission.scope;
    const asked = this.#asking.get(key);
    if (asked !== undefined) return asked;
    const asking = this.#ask(challenges, { refused, said }, permission).finally(() => {
      this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(
    challenges: readonly Challenge[],
    { refused, said }: { readonly refused: string | null; readonly said: string },
    permission: Permission,
  ): Promise<string> {
    const search = await this.#context.credentials.find(this.#target, permission.signal);
    const held = await this.#header(challenges, search, permission);
    // The same proof again would be refused again.
    if (held === null || held.header === refused) {
      throw unauthorized({ ...permission, registry: this.#target.registry, search, said });
    }
    this.#held.set(permission.scope, held);
    return held.header;
  }

  async #header(
    challenges: readonly Challenge[],
    search: CredentialSearch,
    permission: Permission,
  ): Promise<Held | null> {
    const { credential } = search;
    const forever = Number.POSITIVE_INFINITY;
    if (credential?.kind === "bearer" && isHeaderSafe(credential.token)) {
      return { header: `Bearer ${credential.token}`, untilMs: forever };
    }
    const bearer = challenges.find(
      (c) => c.scheme === "bearer" && (c.parameters.get("realm") ?? "") !== "",
    );
    if (bearer !== undefined) {
      const response = await this.#askRealm(bearer, credential, permission);
      if (response.isOk) return tokenIn(response, permission.action);
      if (response.status !== 401) throw await refusal(response, permission.action);
      const said = await wordsOf(response);
      throw unauthorized({ ...permission, registry: this.#target.registry, search, said });
    }
    if (!challenges.some((c) => c.scheme === "basic") || credential?.kind !== "password")
      return null;
    return { header: basicHeader(credential.username, credential.password), untilMs: forever };
  }

  async #askRealm(
    challenge: Challenge,
    credential: Credential | null,
    { scope, action, signal }: Permission,
  ): Promise<HttpResponse> {
    const realm = realmOf(challenge, this.plainRealm, action);
    const service = challenge.parameters.get("service") ?? "";
    const wanted = challenge.parameters.get("scope") || scope;
    try {
      if (credential?.kind === "identity") {
        return await this.#context.http.send(
          refreshRequest(realm, { service, scope: wanted, token: credential.token, signal }),
        );
      }
      if (service !== "") realm.searchParams.set("service", service);
      for (const part of wanted.split(" ")) realm.searchParams.append("scope", part);
      if (credential?.kind === "password") realm.searchParams.set("account", credential.username);
      const authorization =
        credential?.kind === "password"
          ? { authorization: basicHeader(credential.username, credential.password) }
          : {};
      const headers = { "user-agent": USER_AGENT, accept: "application/json", ...authorization };
      return await this.#context.http.send({ method: "GET", url: realm, headers, signal });
    } catch (error) {
      throw error instanceof HttpFailure ? unavailable(error, action, realm.host) : error;
    }
  }

  /** Set when the registry itself is spoken to without TLS; then tokens may be fetched so, too. */
  plainRealm = false;
}

function realmOf(challenge: Challenge, mayBePlain: boolean, action: Action): URL {
  const written = challenge.parameters.get("realm") ?? "";
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && mayBePlain)) return url;
  const shown = url === null ? "no address" : `${printUrl(url)}, which is not encrypted`;
  throw new AppError("registry-auth", `cannot ${action}: the registry wants tokens from ${shown}`);
}

interface Refresh {
  readonly service: string;
  readonly scope: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

function refreshRequest(
  url: URL,
  { service, scope, token, signal }: Refresh,
): Parameters<HttpClient["send"]>[0] {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    service,
    client_id: "bulwark",
    scope,
    refresh_token: token,
  });
  const headers = {
    "user-agent": USER_AGENT,
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  return { method: "POST", url, headers, body: Buffer.from(form.toString(), "utf8"), signal };
}

async function tokenIn(response: HttpResponse, action: Action): Promise<Held> {
  const document = { what: "token", code: "registry-auth" } as const;
  const top = parseJson(await bodyOf(response, { action, bytesMax: TOKEN_BYTES_MAX }), document);
  const read = (name: string): string => optionalText(member(top, name), TOKEN_BYTES_MAX) ?? "";
  const token = read("token") || read("access_token");
  if (!isHeaderSafe(token)) {
    const state = token === "" ? "is missing" : "cannot be sent in a header";
    throw new AppError("registry-auth", `cannot ${action}: the token of the registry ${state}`);
  }
  const lasts: unknown = member(top, "expires_in").value;
  const lastsMs = typeof lasts === "number" && lasts > 0 ? lasts * 1000 : TOKEN_MS;
  const untilMs = Date.now() + Math.min(lastsMs, TOKEN_MS_MAX) - MARGIN_MS;
  return { header: `Bearer ${token}`, untilMs };
}
