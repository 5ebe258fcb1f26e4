// A host in few words, for the head of a report.

import type { Host } from "../../model/host.ts";
import type { HostEngine, HostSummary } from "../../model/host-audit.ts";
import { contentOf, placeOf } from "./record-file.ts";

/** @param containers How many of them run. */
export function summaryOfHost(host: Host, containers: number): HostSummary {
  const { record, name } = host;
  return {
    name,
    isLive: record.isLive,
    isWhole: record.reader === 0,
    engines: enginesOf(host),
    securityModules: modulesOf(host),
    cgroups: cgroupsOf(host),
    containers,
  };
}

/** The security modules that are in force: AppArmor and SELinux; null where that cannot be told. */
export function modulesOf({ record }: Host): string[] | null {
  const lsm = contentOf(record, "/sys/kernel/security/lsm");
  const appArmor = contentOf(record, "/sys/module/apparmor/parameters/enabled");
  const seLinux = contentOf(record, "/sys/fs/selinux/enforce");
  if (!record.isLive || [lsm, appArmor, seLinux].some(({ state }) => state === "unknown"))
    return null;
  const listed = lsm.state === "known" ? lsm.value.trim().split(",") : [];
  const isIn = (module: string): boolean => lsm.state === "absent" || listed.includes(module);
  const isOn = appArmor.state === "known" && appArmor.value.trim() === "Y" && isIn("apparmor");
  const isEnforcing = seLinux.state === "known" && seLinux.value.trim() === "1";
  return [...(isOn ? ["AppArmor"] : []), ...(isEnforcing ? ["SELinux"] : [])];
}

function cgroupsOf({ record }: Host): HostSummary["cgroups"] {
  const controllers = contentOf(record, "/sys/fs/cgroup/cgroup.controllers");
  if (!record.isLive || controllers.state === "unknown") return "unknown";
  return controllers.state === "known" ? "v2" : "v1";
}

function enginesOf(host: Host): HostEngine[] {
  const { record, daemons, podman } = host;
  const versions = platformVersions(host);
  const versionOf = (name: string): string | null =>
    versions.find((one) => one.name === name)?.version ?? null;
  const running = (record.processes ?? []).some(({ args }) =>
    /(?:^|\/)podman$/.test(args[0] ?? ""),
  );
  const lower = ["containerd", "runc"].flatMap((name): HostEngine[] => {
    const version = versionOf(name);
    return version === null ? [] : [{ name, version, standing: "as the engine says" }];
  });
  return [
    ...daemons.map(({ name, at, isRunning }) => ({
      name: "Docker",
      version: isRunning ? versionOf("Docker") : null,
      standing: isRunning ? (placeOf(record, at)?.path ?? name) : `${name}, which is not running`,
    })),
    ...lower,
    ...(podman === null
      ? []
      : [
          {
            name: "Podman",
            version: versionOf("Podman"),
            standing: running ? "its service runs" : "installed",
          },
        ]),
  ];
}

/** A part of an engine, as it says itself. */
export interface PlatformVersion {
  readonly name: "Docker" | "containerd" | "runc" | "Podman";
  readonly version: string;
  /** The engine that says so, by its address. */
  readonly at: string;
}

const COMPONENTS: ReadonlyMap<string, PlatformVersion["name"]> = new Map([
  ["Engine", "Docker"],
  ["containerd", "containerd"],
  ["runc", "runc"],
  ["Podman Engine", "Podman"],
]);

/** The versions that engines tell in their answers. @see https://docs.docker.com/reference/api/engine, GET /version */
export function platformVersions({ record }: Host): PlatformVersion[] {
  const all = record.engines.flatMap(({ version, address: at }) => {
    const components = (version as { Components?: unknown } | null)?.Components;
    return (Array.isArray(components) ? components : []).flatMap((one: unknown) => {
      const { Name, Version } = (one ?? {}) as { Name?: unknown; Version?: unknown };
      const name = COMPONENTS.get(String(Name));
      return name === undefined || typeof Version !== "string"
        ? []
        : [{ name, version: Version, at }];
    });
  });
  return all.filter(
    ({ name, version }, index) =>
      all.findIndex((one) => one.name === name && one.version === version) === index,
  );
}
