// Tokens by scope. @see https://distribution.github.io/distribution/spec/auth/token/
import { answer, type Exchange, refuse, type Sent } from "./exchange.ts";

/** Before it is known which repository is meant. */
export type Bare = Omit<Exchange, "name" | "repository">;

export function serveToken(exchange: Bare): Sent {
  const { behaviour, request, url } = exchange;
  const { username = "", password = "" } = behaviour.account ?? {};
  const proof = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  if (request.headers.authorization !== proof) return refuse(exchange, 401, "UNAUTHORIZED");
  const token = Buffer.from(JSON.stringify(url.searchParams.getAll("scope"))).toString("base64url");
  const body = JSON.stringify({ token, expires_in: 300 });
  return answer(exchange, 200, { "content-type": "application/json" }, body);
}

/** Refuses what the token does not cover, saying which one would. @returns null when it does. */
export function refusedFor(exchange: Bare): Sent | null {
  const { behaviour, request, method, url } = exchange;
  if (behaviour.account === null) return null;
  const [, name] = /^\/v2\/(.+)\/(?:blobs|manifests|referrers|tags)\//.exec(url.pathname) ?? [];
  const action = method === "GET" || method === "HEAD" ? "pull" : "push";
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (token !== undefined && covers(token, name, action)) return null;
  const scope = name === undefined ? "" : `,scope="repository:${name}:${SCOPES[action]}"`;
  const realm = `Bearer realm="http://${request.headers.host}/token",service="lab"${scope}`;
  exchange.response.setHeader("www-authenticate", realm);
  return refuse(exchange, 401, "UNAUTHORIZED");
}

const SCOPES = { pull: "pull", push: "pull,push" } as const;

function covers(token: string, name: string | undefined, action: "pull" | "push"): boolean {
  if (name === undefined) return true;
  const scopes = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as string[];
  return scopes.some((scope) => {
    const [kind, repository, actions = ""] = scope.split(":");
    return kind === "repository" && repository === name && actions.split(",").includes(action);
  });
}
