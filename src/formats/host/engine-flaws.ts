// What advisories say of the engines among all packages of a host.
import { type Fact, known, unknown } from "../../kit/fact.ts";
import type { VulnerabilityFinding } from "../../model/finding.ts";
import type { EngineFlaws, Host } from "../../model/host.ts";
import type { ScanResult } from "../../model/scan.ts";
import { platformVersions } from "./host-summary.ts";

/** Names of packages, of distributions and of Go modules, and of the engines' own publishers. */
const ENGINES =
  /^(?:docker\.io|docker-ce|docker-engine|docker|moby(?:-engine)?|containerd(?:\.io)?|runc|crun|podman|github\.com\/(?:docker\/docker|moby\/moby|containerd\/containerd|opencontainers\/runc|containers\/podman)(?:\/v\d+)?)$/;

/**
 * One entry for each part of an engine with flaws.
 *
 * Where the data is a part only, what it does not name is unknown: with no flaw found nothing is known.
 */
export function flawsOf(host: Host, scan: ScanResult): Fact<readonly EngineFlaws[]> {
  const all = scan.findings.filter(
    (one): one is VulnerabilityFinding =>
      one.kind === "vulnerability" && ENGINES.test(one.package.name),
  );
  const parts = [...new Set(all.map(({ package: { name, version } }) => `${name}\n${version}`))];
  const flaws = parts.map((part) =>
    flawsOfPart(all.filter(({ package: one }) => `${one.name}\n${one.version}` === part)),
  );
  if (flaws.length > 0) return known(flaws, "");
  const hasEngines =
    scan.packages.some(({ name }) => ENGINES.test(name)) || platformVersions(host).length > 0;
  if (!hasEngines) return known([], "");
  return scan.data.kind === "full"
    ? known([], "")
    : unknown("", "the advisory data is a part only: run bulwark db update");
}

/** @param all Of one part, the most urgent first. */
function flawsOfPart(all: readonly VulnerabilityFinding[]): EngineFlaws {
  const [worst] = all;
  return {
    part: worst?.package.name ?? "",
    version: worst?.package.version ?? "",
    flaws: all.length,
    severity: worst?.severity ?? "unknown",
    worst: worst?.vulnerability.id ?? "",
    fixedIn: worst?.fix.version ?? null,
  };
}
