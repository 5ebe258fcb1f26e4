// Rules of Linux's audit daemon. Source: auditctl(8). A watch `-w PATH` and a rule on `-F path=`, `-F dir=` are the same.

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
