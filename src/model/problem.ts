/**
 * What we could not examine. A problem is a value that travels with the result: it is printed, stored and weighed by
 * `decide`, and it is never an exception.
 */

/** Codes of problems, with what each means and whether it leaves a threshold unanswered. Public API. */
export const PROBLEM_CODES = {
  "file-damaged": {
    blocks: true,
    means: "a file with packages cannot be read as its format demands",
  },
  "file-too-large": {
    blocks: true,
    means: "a file with packages is larger than the bound we read within",
  },
  "file-unreadable": {
    blocks: true,
    means: "a file or folder may not be opened, or another names it and it is not read",
  },
  "version-unreadable": {
    blocks: true,
    means: "a version is not one of its ecosystem and was not compared",
  },
  "name-incomplete": {
    blocks: true,
    means: "a package was found without the full name under which advisories know it",
  },
  "entry-refused": {
    blocks: true,
    means: "an archive entry is outside the image, or malformed, and was left out",
  },
  "layer-skipped": { blocks: true, means: "a layer is of a kind that cannot be examined" },
  "nothing-recognised": {
    blocks: true,
    means:
      "nothing in it is of a kind that is read, or all there is are programs that do not tell what they were made of, so nothing was compared",
  },
  "packages-unread": {
    blocks: true,
    means: "a system is there, and none of its packages were found, or they cannot be read",
  },
  "distribution-unknown": {
    blocks: true,
    means: "system packages without a distribution that we know",
  },
  "distribution-unsupported": {
    blocks: true,
    means: "there is no advisory data for this distribution",
  },
  "ecosystem-unsupported": {
    blocks: true,
    means: "there is no advisory data for this kind of package",
  },
  "data-partial": {
    blocks: true,
    means: "only the built-in starter data answered, not a full advisory store",
  },
  "data-old": { blocks: false, means: "the advisory data is older than 48 hours" },
  "declared-only": {
    blocks: false,
    means: "versions are declared and not locked, so what is installed may differ",
  },
  "program-opaque": {
    blocks: false,
    means:
      "a program hides what it was made of: it is packed, or its build information was taken out",
  },
  "document-partial": {
    blocks: true,
    means: "an SBOM or SARIF file has parts that cannot be read",
  },
  "log-damaged": {
    blocks: true,
    means:
      "an audit log has parts that cannot be read, or is none, so what it would have told is not known",
  },
  "log-mixed": {
    blocks: true,
    means: "audit logs are not of one cluster, so what they tell together is of none",
  },
  "configuration-unreadable": {
    blocks: true,
    means: "a file of objects cannot be read",
  },
  "configuration-unknown": {
    blocks: true,
    means: "what a configuration says cannot be told, so a check is not answered",
  },
  "secrets-unsearched": {
    blocks: true,
    means: "something was not searched for secrets, or not all that was found is listed",
  },
  "container-stopped": {
    blocks: false,
    means: "a container does not run, so what it would run was not looked at",
  },
  "container-unread": {
    blocks: true,
    means: "something of a container was not looked at, so drift there is not known",
  },
  "image-unavailable": { blocks: true, means: "an image that was named cannot be read" },
  "container-unknown": {
    blocks: false,
    means:
      "what the runtime wrote of a running container cannot be read, so not all of it is known",
  },
  "referrers-incomplete": {
    blocks: true,
    means: "not everything that is attached to an image could be listed or read",
  },
  "referrer-refused": {
    blocks: false,
    means:
      "something that is listed as attached to an image is missing, malformed, or belongs to another",
  },
  "exception-expired": {
    blocks: false,
    means: "an exception has passed its end date and no longer counts",
  },
  "exception-unused": { blocks: false, means: "an exception matches nothing any more" },
  "cache-unusable": {
    blocks: false,
    means: "the cache cannot be written; the scan is right but will not be faster next time",
  },
  "record-unwritable": {
    blocks: false,
    means: "the scan was not kept, so later commands (top, files, --baseline) will not know it",
  },
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;

export interface Problem {
  readonly code: ProblemCode;
  /** A sentence part, lower case, that names what and why: `cannot read rpm database: page 12 is cut`. */
  readonly detail: string;
  /** Path inside the artifact, without leading slash; absent when it is about something larger than a file. */
  readonly path?: string;
  /** Index of the layer, from 0 at the bottom. */
  readonly layer?: number;
  /** Id of the cataloger that met it. */
  readonly cataloger?: string;
}

/** Whether a threshold or policy cannot be answered while this problem stands. */
export function blocksVerdict(problem: Problem): boolean {
  return PROBLEM_CODES[problem.code].blocks;
}
