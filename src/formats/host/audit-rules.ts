// Rules of Linux's audit daemon. Source: auditctl(8). A watch `-w PATH` and a rule on `-F path=`, `-F dir=` are the same.
import type { HostRecord } from "../../model/host-record.ts";
import { contentOf, namesIn } from "./record-file.ts";

export const AUDIT_FOLDER = "/etc/audit/rules.d";

/** What the benchmark wants audited, and where it may lie. */
export const AUDITED: readonly { readonly control: string; readonly paths: readonly string[] }[] = [
  { control: "1.1.3", paths: ["/usr/bin/dockerd", "/usr/sbin/dockerd"] },
  { control: "1.1.4", paths: ["/run/containerd"] },
  { control: "1.1.5", paths: ["/var/lib/docker"] },
  { control: "1.1.6", paths: ["/etc/docker"] },
  {
    control: "1.1.7",
    paths: ["/usr/lib/systemd/system/docker.service", "/etc/systemd/system/docker.service"],
  },
  { control: "1.1.8", paths: ["/run/containerd/containerd.sock"] },
  {
    control: "1.1.9",
    paths: ["/usr/lib/systemd/system/docker.socket", "/etc/systemd/system/docker.socket"],
  },
  { control: "1.1.10", paths: ["/etc/default/docker"] },
  { control: "1.1.11", paths: ["/etc/docker/daemon.json"] },
  { control: "1.1.12", paths: ["/etc/containerd/config.toml"] },
  { control: "1.1.13", paths: ["/etc/sysconfig/docker"] },
  { control: "1.1.14", paths: ["/usr/bin/containerd"] },
  { control: "1.1.15", paths: ["/usr/bin/containerd-shim"] },
  { control: "1.1.16", paths: ["/usr/bin/containerd-shim-runc-v1"] },
  { control: "1.1.17", paths: ["/usr/bin/containerd-shim-runc-v2"] },
  { control: "1.1.18", paths: ["/usr/bin/runc", "/usr/sbin/runc"] },
];

export function auditedPaths(): string[] {
  return AUDITED.flatMap(({ paths }) => paths);
}

/** A path whose changes are written down. */
export interface Watch {
  readonly path: string;
  /** Whether all that lies below it is meant, too. */
  readonly isDeep: boolean;
}

/** What files of rules watch: paths as one name each, however they are written. */
export function watchedPaths(record: HostRecord): readonly Watch[] {
  const files = namesIn(record, AUDIT_FOLDER)
    .filter((name) => name.endsWith(".rules"))
    .map((name) => `${AUDIT_FOLDER}/${name}`);
  return [...files, "/etc/audit/audit.rules"].flatMap((path) => {
    const content = contentOf(record, path);
    return content.state === "known" ? watchesIn(content.value) : [];
  });
}

/** Programs that load rules; without them nobody does. */
export const AUDIT_PROGRAMS: readonly string[] = ["/usr/sbin/auditctl", "/sbin/auditctl"];

/** Rules of one file, where the first that fits decides, and `-W` takes back what `-w` has said. */
function watchesIn(text: string): Watch[] {
  const watches: Watch[] = [];
  const left: Watch[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const rule = words[0]?.startsWith("#") === true ? null : ruleOf(words);
    if (rule === null) continue;
    const { does, watch } = rule;
    const isOf = (one: Watch): boolean => one.path === watch.path;
    if (does === "leaves") left.push(watch);
    else if (does === "forgets")
      watches.splice(0, watches.length, ...watches.filter((w) => !isOf(w)));
    else if (!isWatched(watch.path, left)) watches.push(watch);
  }
  return watches;
}

interface AuditRule {
  readonly does: "writes" | "leaves" | "forgets";
  readonly watch: Watch;
}

/** null for what says nothing of a path, or not of its changes. */
function ruleOf(words: readonly string[]): AuditRule | null {
  const after = (flag: string): string | null => {
    const at = words.indexOf(flag);
    return at === -1 ? null : (words[at + 1] ?? "");
  };
  const removed = after("-W");
  if (removed !== null) return { does: "forgets", watch: deep(removed) };
  const watched = after("-w");
  if (watched !== null)
    return asksChanges(after("-p")) ? { does: "writes", watch: deep(watched) } : null;
  const order = (after("-a") ?? after("-A") ?? "").split(",");
  const fields = fieldsOf(words);
  const [, field, path] = fields.map((one) => /^(path|dir)=(.+)$/.exec(one)).find(Boolean) ?? [];
  if (path === undefined || !order.includes("exit")) return null;
  const watch = { path: usualPath(path), isDeep: field === "dir" };
  const perm = fields.find((one) => one.startsWith("perm="))?.slice("perm=".length) ?? null;
  if (order.includes("always")) return asksChanges(perm) ? { does: "writes", watch } : null;
  // What is left out for one user or program only is written down for all others.
  const isForAll = fields.every((one) => /^(?:path|dir|perm)=/.test(one));
  return order.includes("never") && isForAll ? { does: "leaves", watch } : null;
}

function deep(path: string): Watch {
  return { path: usualPath(path), isDeep: true };
}

/** Writing and changing attributes; without a word of permissions all are meant. */
function asksChanges(permissions: string | null): boolean {
  return permissions === null || (/w/.test(permissions) && /a/.test(permissions));
}

/** `-F path=/x` and `-Fpath=/x`. */
function fieldsOf(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word === "-F") return [words[index + 1] ?? ""];
    return word.startsWith("-F") ? [word.slice(2)] : [];
  });
}

/** One name for what lies under two: `/var/run` is `/run`, and `/lib` is `/usr/lib`. */
export function usualPath(path: string): string {
  const plain = path.replace(/\/+$/, "");
  if (plain.startsWith("/var/run/")) return plain.slice("/var".length);
  return /^\/(?:lib|bin|sbin)\//.test(plain) ? `/usr${plain}` : plain;
}

/** A watch of a folder covers all below it. */
export function isWatched(path: string, watched: readonly Watch[]): boolean {
  const usual = usualPath(path);
  return watched.some(
    (one) => usual === one.path || (one.isDeep && usual.startsWith(`${one.path}/`)),
  );
}
