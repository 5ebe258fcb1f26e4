// Capabilities of an engine that tells which a container has, and not which were asked for: Podman.
// Source: https://github.com/containers/podman, libpod/container_inspect_linux.go (against which set it tells them), and
// https://github.com/containers/common, docs/containers.conf.5.md, `default_capabilities`.
import type { Fact, Unknown } from "../../../kit/fact.ts";
import { USUAL_CAPABILITIES } from "../../../model/capabilities.data.ts";
import type { ContainerSecurity } from "../../../model/workload.ts";

/** In what two sets differ. */
export interface CapabilityDifference {
  readonly name: string;
  /** Where it is declared; null where it is there and not declared. */
  readonly at: string | null;
}

/** Whether a default has these depends on the version, and on how the host is set up. */
const SOMETIMES: ReadonlySet<string> = new Set(["AUDIT_WRITE", "MKNOD", "NET_RAW"]);

type Lists = Pick<ContainerSecurity, "capabilitiesAdded" | "capabilitiesDropped">;

/** @returns what is not known, where that decides. */
export function capabilityDifferences(
  declared: ContainerSecurity,
  running: ContainerSecurity,
): CapabilityDifference[] | Unknown {
  const all = [declared, running].flatMap(factsOf);
  const unclear = all.find(({ state }) => state === "unknown");
  if (unclear?.state === "unknown") return unclear;
  // All of them are there then, and that is told by itself.
  if ([declared, running].some(isPrivileged)) return [];
  const asked = places(declared.capabilitiesAdded);
  const dropped = places(declared.capabilitiesDropped);
  if (asked.has("ALL")) return [];
  const there = new Set(USUAL_CAPABILITIES);
  for (const name of places(running.capabilitiesAdded).keys()) there.add(name);
  for (const name of places(running.capabilitiesDropped).keys()) there.delete(name);
  const usual = dropped.has("ALL") ? [] : USUAL_CAPABILITIES.filter((name) => !dropped.has(name));
  const wanted = new Set([...usual, ...asked.keys()]);
  const isOpen = (name: string): boolean =>
    SOMETIMES.has(name) && !asked.has(name) && !dropped.has(name) && !dropped.has("ALL");
  const missing = [...wanted].filter((name) => !there.has(name) && !isOpen(name));
  const extra = [...there].filter((name) => !wanted.has(name) && !isOpen(name));
  return [
    ...missing.map((name) => ({ name, at: asked.get(name) ?? "" })),
    ...extra.map((name) => ({ name, at: null })),
  ];
}

function factsOf({ capabilitiesAdded, capabilitiesDropped }: Lists): Fact<string>[] {
  return [...capabilitiesAdded, ...capabilitiesDropped];
}

function isPrivileged({ privileged }: ContainerSecurity): boolean {
  return privileged.state === "known" && privileged.value;
}

function places(facts: readonly Fact<string>[]): Map<string, string> {
  return new Map(facts.flatMap((fact) => (fact.state === "known" ? [[fact.value, fact.at]] : [])));
}
