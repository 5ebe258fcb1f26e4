// What an exception is meant for: artifacts, and findings, packages and problems in them; and what is said when it has ended.
import { glob } from "../../kit/glob.ts";
import { artifactName } from "../../model/answer.ts";
import type { ArtifactSummary } from "../../model/artifact.ts";
import type { WorkloadOwner } from "../../model/checkable.ts";
import type { ConfigSubject, Finding } from "../../model/finding.ts";
import type { Package, PackageLocation } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import type { Suppression, SuppressionScope } from "../../model/suppression.ts";

/** A scope, asked about things in one artifact. */
export interface Within {
  /** Whether everything in the artifact fits. */
  readonly isWhole: boolean;
  finding(finding: Finding): boolean;
  package(found: Package): boolean;
  problem(problem: Problem): boolean;
}

/**
 * A scope for an artifact; null when it is meant for another one.
 *
 * @param users The containers that run an image, where it was found by them.
 */
export function scopeFor(
  scope: SuppressionScope,
  artifact: ArtifactSummary,
  users: readonly ConfigSubject[],
): Within | null {
  const isConfig = artifact.kind === "configuration";
  const isOfSome = isOfWorkload(scope);
  if (isOfSome && !isConfig && !isOfUsers(scope, users)) return null;
  if (scope.digest !== undefined && scope.digest !== artifact.digest) return null;
  if (scope.image !== undefined && !glob(scope.image)(artifactName(artifact))) return null;
  const named = scope.package === undefined ? null : packageTest(scope.package);
  const path = scope.path === undefined ? null : glob(scope.path.replace(/^\//, ""));
  const isPlace = (locations: readonly PackageLocation[]): boolean =>
    path === null || isWithin(locations, path);
  return {
    isWhole: path === null && scope.package === undefined && !(isConfig && isOfSome),
    finding: (finding) =>
      (named === null || isOfPackage(finding, named)) &&
      isPlace(finding.locations) &&
      (!isConfig || !isOfSome || isOfSubject(scope, finding)),
    package: (found) =>
      (named === null || named.isPurl(found.purl) || named.isName(found.name)) &&
      isPlace(found.locations),
    problem: (problem) =>
      scope.package === undefined &&
      !(isConfig && isOfSome) &&
      (path === null || (problem.path !== undefined && path(problem.path.replace(/:\d+$/, "")))),
  };
}

/** Whether it is for workloads or containers alone. */
export function isOfWorkload({ resource, container }: SuppressionScope): boolean {
  return resource !== undefined || container !== undefined;
}

/** Whether it is for all that use something: what others use, too, is not only what was meant. */
export function isOfUsers(scope: SuppressionScope, users: readonly ConfigSubject[]): boolean {
  return users.length > 0 && users.every((user) => isUser(scope, user));
}

function isOfSubject(scope: SuppressionScope, finding: Finding): boolean {
  if (finding.kind !== "config") return false;
  return [finding.subject, ...(finding.sharedBy ?? [])].every((user) => isUser(scope, user));
}

/** A workload is meant by `Kind/name`, `namespace/Kind/name`, or its name alone; its own, or that of who made it. */
function isUser({ resource, container }: SuppressionScope, user: ConfigSubject): boolean {
  const names = (): string[] => [user, user.owner ?? user].flatMap(namesIn(user.namespace));
  return (
    (resource === undefined || names().some(glob(resource))) &&
    (container === undefined || glob(container)(user.container ?? ""))
  );
}

function namesIn(namespace: string | null): (one: WorkloadOwner) => string[] {
  return ({ kind, name }) => [name, `${kind}/${name}`, `${namespace ?? "default"}/${kind}/${name}`];
}

/** What lies elsewhere, too, is not only what was meant: a test's copy of a package may be accepted, the product's is not. */
function isWithin(locations: readonly PackageLocation[], path: (text: string) => boolean): boolean {
  return locations.length > 0 && locations.every((location) => path(location.path));
}

interface PackageTest {
  isName(name: string): boolean;
  isPurl(purl: string): boolean;
}

function packageTest(wanted: string): PackageTest {
  return wanted.startsWith("pkg:")
    ? { isName: () => false, isPurl: (purl) => isSamePurl(purl, wanted) }
    : { isName: glob(wanted), isPurl: () => false };
}

function isOfPackage(finding: Finding, named: PackageTest): boolean {
  if (finding.kind !== "vulnerability") return false;
  const { package: found, fix } = finding;
  return named.isPurl(found.purl) || named.isName(found.name) || named.isName(fix.upgrade ?? "");
}

/**
 * Whether a purl is what a shorter one means: equal without qualifiers, and without version where none is given. One
 * qualifier counts: what is said of another release of a distribution is not said of this one.
 */
export function isSamePurl(purl: string, wanted: string): boolean {
  const [bare = "", has = ""] = purl.split("?", 2);
  const [asked = "", wants = ""] = wanted.split("?", 2);
  const isNamed = asked === bare || asked === bare.slice(0, Math.max(0, bare.lastIndexOf("@")));
  const [distro, release] = [distroIn(has), distroIn(wants)];
  return isNamed && (distro === null || release === null || distro === release);
}

function distroIn(qualifiers: string): string | null {
  return /(?:^|&)distro=([^&#]*)/.exec(qualifiers)?.[1]?.toLowerCase() ?? null;
}

/** @param e An exception that fits and whose last day is over. */
export function expiryOf(e: Suppression): Problem {
  return {
    code: "exception-expired",
    detail: `the exception for ${e.id} (line ${e.line}, owner ${e.owner}) ended on ${e.until}`,
  };
}
