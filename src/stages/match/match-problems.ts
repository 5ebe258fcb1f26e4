import type { Distribution } from "../../model/distribution.ts";
import type { Package } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import type { Nowhere } from "./place.ts";

/** What could not be matched, as it was counted on the way. */
export interface Unmatched {
  /** Packages by why they cannot be looked up. */
  readonly nowhere: Map<Nowhere, number>;
  /** Packages by ecosystem that has no data. */
  readonly ecosystems: Map<string, { count: number; isSystem: boolean }>;
  /** Packages whose version is none, although there are advisories about them. */
  readonly versions: { found: Package; version: string }[];
  /** Packages of which only a part of the name is known. */
  readonly unnamed: Package[];
  /** Ids of advisories whose versions cannot be compared, by ecosystem. */
  readonly bounds: Map<string, Set<string>>;
}

/** More than these are counted only. */
const LISTED_MAX = 20;

/** Says what could not be told: each distribution and ecosystem once, with how many packages it is about. */
export function matchProblems(unmatched: Unmatched, distribution: Distribution | null): Problem[] {
  const problems: Problem[] = [];
  for (const [why, count] of unmatched.nowhere) problems.push(nowhere(why, count, distribution));
  for (const [ecosystem, { count, isSystem }] of unmatched.ecosystems) {
    problems.push(
      isSystem
        ? unsupported(count, distribution)
        : {
            code: "ecosystem-unsupported",
            detail: `there is no advisory data for ${ecosystem}; ${packages(count)} not matched`,
          },
    );
  }
  problems.push(...versionProblems(unmatched.versions), ...nameProblems(unmatched.unnamed));
  for (const [ecosystem, advisories] of unmatched.bounds) {
    problems.push(boundProblem(ecosystem, [...advisories]));
  }
  return problems;
}

function nowhere(why: Nowhere, count: number, distribution: Distribution | null): Problem {
  if (why === "distribution-unsupported") return unsupported(count, distribution);
  const detail =
    distribution === null
      ? `no distribution is stated; ${packages(count)} of a system not matched`
      : `${packages(count)} not of the stated system, ${distribution.name}, and not matched`;
  return { code: "distribution-unknown", detail };
}

function unsupported(count: number, distribution: Distribution | null): Problem {
  const name = distribution?.name ?? "this system";
  return {
    code: "distribution-unsupported",
    detail: `there is no advisory data for ${name}; ${packages(count)} not matched`,
  };
}

function packages(count: number): string {
  return count === 1 ? "1 package is" : `${count} packages are`;
}

/** Where a package was found, and by whom. */
function whereIs({ cataloger, locations: [location] }: Package): Omit<Problem, "code" | "detail"> {
  return {
    ...(location === undefined ? {} : { path: location.path }),
    ...(location === undefined || location.layer === null ? {} : { layer: location.layer }),
    cataloger,
  };
}

function nameProblems(unnamed: readonly Package[]): Problem[] {
  const problems = unnamed.slice(0, LISTED_MAX).map((found): Problem => {
    const named = JSON.stringify(found.name);
    return {
      code: "name-incomplete",
      detail: `cannot look up Java archive ${named}, version ${found.version}: nothing says of which group it is`,
      ...whereIs(found),
    };
  });
  const more = unnamed.length - LISTED_MAX;
  if (more > 0) {
    const detail = `${more} more Java archives of unknown groups cannot be looked up`;
    problems.push({ code: "name-incomplete", detail });
  }
  return problems;
}

function versionProblems(versions: Unmatched["versions"]): Problem[] {
  const problems = versions.slice(0, LISTED_MAX).map(({ found, version }): Problem => {
    return {
      code: "version-unreadable",
      detail: `cannot compare ${found.type} package ${JSON.stringify(found.name)}: ${JSON.stringify(version)} is no version of its ecosystem`,
      ...whereIs(found),
    };
  });
  const more = versions.length - LISTED_MAX;
  if (more > 0) {
    const detail = `${more} more packages have versions that cannot be compared`;
    problems.push({ code: "version-unreadable", detail });
  }
  return problems;
}

function boundProblem(ecosystem: string, advisories: readonly string[]): Problem {
  const named = advisories.slice(0, 3).join(", ");
  const more = advisories.length > 3 ? ` and ${advisories.length - 3} more` : "";
  return {
    code: "version-unreadable",
    detail: `cannot compare with what ${named}${more} in ${ecosystem} say: their versions are none of their ecosystem`,
  };
}
