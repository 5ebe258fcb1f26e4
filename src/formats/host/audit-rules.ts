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

/** What files of rules watch: paths as one name each, however they are written. */
export function watchedPaths(record: HostRecord): readonly string[] {
  const files = namesIn(record, AUDIT_FOLDER)
    .filter((name) => name.endsWith(".rules"))
    .map((name) => `${AUDIT_FOLDER}/${name}`);
  return [...files, "/etc/audit/audit.rules"].flatMap((path) => {
    const content = contentOf(record, path);
    return content.state === "known" ? watchesIn(content.value) : [];
  });
}

function watchesIn(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (/^\s*#/.test(line)) return [];
    const [, path] = /(?:^|\s)(?:-w\s+|-F\s*(?:path|dir)=)(\S+)/.exec(line) ?? [];
    return path === undefined || /(?:^|\s)-a\s+never/.test(line) ? [] : [usualPath(path)];
  });
}

/** One name for what lies under two: `/var/run` is `/run`, and `/lib` is `/usr/lib`. */
export function usualPath(path: string): string {
  const plain = path.replace(/\/+$/, "");
  if (plain.startsWith("/var/run/")) return plain.slice("/var".length);
  return /^\/(?:lib|bin|sbin)\//.test(plain) ? `/usr${plain}` : plain;
}

/** A watch of a folder covers all below it. */
export function isWatched(path: string, watched: readonly string[]): boolean {
  const usual = usualPath(path);
  return watched.some((one) => usual === one || usual.startsWith(`${one}/`));
}
