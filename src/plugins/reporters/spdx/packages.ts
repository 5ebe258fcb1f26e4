import { stableId } from "../../../kit/stable-id.ts";
import type { Package } from "../../../model/package.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { toldProblems } from "../shared/told-problems.ts";
import type { Licenses } from "./licenses.ts";

/** What all parts of a document share. */
export interface SpdxDocument {
  /** Keeps the ids of several results apart. */
  readonly prefix: string;
  readonly licenses: Licenses;
  readonly creator: string;
  readonly created: string;
}

/** One result in a document. */
export interface SpdxPart {
  /** Id of what was scanned. */
  readonly subject: string;
  readonly packages: readonly object[];
  readonly relationships: readonly object[];
}

export function partOf(result: ScanResult, document: SpdxDocument): SpdxPart {
  const subject = `SPDXRef-subject-${document.prefix}`;
  const ids = new Map(result.packages.map((p) => [p.purl, idOf(p, document)]));
  const system = systemOf(result, document);
  return {
    subject,
    packages: [
      subjectOf(result, subject, document),
      ...(system === null ? [] : [system]),
      ...result.packages.map((p) => packageOf(p, document)),
    ],
    relationships: [
      relation("SPDXRef-DOCUMENT", "DESCRIBES", subject),
      ...(system === null ? [] : [relation(subject, "CONTAINS", system.SPDXID)]),
      ...[...ids.values()].map((id) => relation(subject, "CONTAINS", id)),
      ...dependencies(result.packages, ids),
    ],
  };
}

/** Unique by purl, readable by name; letters, digits, dots and hyphens only (section 7.2). */
function idOf({ type, name, purl }: Package, { prefix }: SpdxDocument): string {
  const readable = name.replaceAll(/[^A-Za-z0-9.-]+/g, "-").slice(0, 60);
  return `SPDXRef-${prefix}-${type}-${readable}-${stableId([purl])}`;
}

const UNKNOWN = {
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  copyrightText: "NOASSERTION",
  supplier: "NOASSERTION",
};

function subjectOf({ artifact, problems }: ScanResult, id: string, document: SpdxDocument): object {
  const { digest } = artifact;
  return {
    SPDXID: id,
    name: artifact.reference ?? artifact.target,
    ...(digest === null
      ? {}
      : {
          versionInfo: digest,
          checksums: [{ algorithm: "SHA256", checksumValue: digest.slice("sha256:".length) }],
        }),
    ...UNKNOWN,
    licenseDeclared: "NOASSERTION",
    primaryPackagePurpose: artifact.kind === "image" ? "CONTAINER" : "SOURCE",
    ...annotations(toldProblems(problems), document),
  };
}

interface Described {
  readonly SPDXID: string;
  readonly [field: string]: unknown;
}

function systemOf({ distribution }: ScanResult, document: SpdxDocument): Described | null {
  if (distribution === null) return null;
  const { id, versionId, codename, name } = distribution;
  return {
    SPDXID: `SPDXRef-${document.prefix}-operating-system`,
    name: id,
    ...(versionId === null ? {} : { versionInfo: versionId }),
    summary: name,
    ...UNKNOWN,
    licenseDeclared: "NOASSERTION",
    primaryPackagePurpose: "OPERATING-SYSTEM",
    ...annotations([["codename", codename ?? undefined]], document),
  };
}

const PATHS_MAX = 100;

function packageOf(found: Package, document: SpdxDocument): object {
  const paths = found.locations.slice(0, PATHS_MAX).map(({ path }) => `/${path}`);
  return {
    SPDXID: idOf(found, document),
    name: found.name,
    versionInfo: found.version,
    ...UNKNOWN,
    licenseDeclared: document.licenses.expression(found.licenses ?? []),
    ...(paths.length === 0
      ? {}
      : {
          sourceInfo: `acquired package info from ${found.cataloger} evidence: ${paths.join(", ")}`,
        }),
    primaryPackagePurpose: "LIBRARY",
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: found.purl,
      },
    ],
    ...annotations(
      [
        ["module", found.module],
        ["vendor", found.vendor],
      ],
      document,
    ),
  };
}

/** What SPDX has no field for. */
function annotations(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  { creator, created }: SpdxDocument,
): object {
  const rows = facts.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          {
            annotationDate: created,
            annotationType: "OTHER",
            annotator: creator,
            comment: `bulwark:${name}: ${value}`,
          },
        ],
  );
  return rows.length === 0 ? {} : { annotations: rows };
}

function relation(
  spdxElementId: string,
  relationshipType: string,
  relatedSpdxElement: string,
): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function dependencies(packages: readonly Package[], ids: ReadonlyMap<string, string>): object[] {
  const byName = new Map<string, string[]>();
  for (const { type, name, purl } of packages) {
    const key = `${type}\n${name}`;
    const there = byName.get(key);
    const id = ids.get(purl) ?? "";
    if (there === undefined) byName.set(key, [id]);
    else there.push(id);
  }
  return packages.flatMap((found) => {
    const from = ids.get(found.purl) ?? "";
    const to = (found.dependsOn ?? []).flatMap(
      (name) => byName.get(`${found.type}\n${name}`) ?? [],
    );
    return [...new Set(to)]
      .filter((id) => id !== from)
      .map((id) => relation(from, "DEPENDS_ON", id));
  });
}
