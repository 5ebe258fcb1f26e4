// Which proxy stands between us and a host. The variables and their meaning are those of Go's programs (golang.org/x/net/
// http/httpproxy), because Docker's users have set them for Docker.
import { BlockList, isIP } from "node:net";
import type { Environment } from "../folders.ts";
import { HttpFailure } from "./failure.ts";

/**
 * The proxy for an address: HTTP_PROXY or HTTPS_PROXY by its scheme, in either case, unless NO_PROXY exempts the host. Never
 * one for this machine itself.
 *
 * @returns null when the address is reached directly.
 * @throws {HttpFailure} `proxy` when the variable does not hold the address of one.
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const written = env[name] || env[name.toLowerCase()] || "";
  if (written === "") return null;
  const host = bareHost(url.hostname);
  if (isLoopback(host)) return null;
  if (isExempt({ host, port: portOf(url) }, env["NO_PROXY"] || env["no_proxy"] || "")) return null;
  return proxyAddress(written, name);
}

function proxyAddress(written: string, name: string): URL {
  const complete = written.includes("://") ? written : `http://${written}`;
  const url = URL.canParse(complete) ? new URL(complete) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "") return url;
  // The value is not quoted: it may hold a password.
  throw new HttpFailure("proxy", `${name} does not hold the address of an HTTP proxy`, {
    hint: `set ${name} to an address like http://proxy.example.org:3128`,
  });
}

/** The Authorization header that the user and password in an address make; null when it has none. */
export function basicOf(url: URL): string | null {
  if (url.username === "" && url.password === "") return null;
  const text = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(text, "utf8").toString("base64")}`;
}

/** A percent sign that begins no escape means itself: passwords are pasted as they are. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The port, also where it goes without saying. */
export function portOf(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

/** Without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether a host's name or address is this machine. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** Whether an address lies in a network written like `10.0.0.0/8`. False for anything that is not both. */
export function isInNetwork(host: string, network: string): boolean {
  const family = isIP(host);
  const [base = "", bits = ""] = network.split("/", 2);
  if (family === 0 || isIP(base) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  const type = family === 6 ? "ipv6" : "ipv4";
  list.addSubnet(base, Number(bits), type);
  return list.check(host, type);
}

function isExempt(target: { host: string; port: string }, list: string): boolean {
  return list
    .slice(0, LIST_MAX)
    .split(/[,\s]+/)
    .some((entry) => entry !== "" && matches(entry.toLowerCase(), target));
}

const LIST_MAX = 64_000;

function matches(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const withPort = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = bareHost(withPort?.[1] ?? entry);
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const domain = name.startsWith("*.") ? name.slice(1) : name;
  if (domain.startsWith(".")) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}
