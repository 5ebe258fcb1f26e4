import type { ArtifactKind } from "../../../model/artifact.ts";
import type { Package } from "../../../model/package.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { isLicenseExpression, isListedLicense } from "../shared/license.ts";
import { toldProblems } from "../shared/told-problems.ts";

/** The ref of what was scanned. No purl is written like it. */
export function subjectRef(prefix: string): string {
  return `${prefix}subject`;
}

const KINDS: Record<ArtifactKind, string> = {
  image: "container",
  filesystem: "file",
  project: "application",
  sbom: "application",
  sarif: "application",
  configuration: "data",
};

/** What was scanned, as a component. */
export function subjectOf({ artifact, problems }: ScanResult, prefix: string): object {
  const { digest, platform } = artifact;
  return {
    type: KINDS[artifact.kind],
    "bom-ref": subjectRef(prefix),
    name: artifact.reference ?? artifact.target,
    ...(digest === null ? {} : { version: digest }),
    properties: [
      property("bulwark:target", artifact.target),
      ...(digest === null ? [] : [property("bulwark:digest", digest)]),
      ...(platform === null
        ? []
        : [property("bulwark:platform", `${platform.os}/${platform.architecture}`)]),
      ...toldProblems(problems).map(([name, detail]) => property(`bulwark:${name}`, detail)),
    ],
  };
}

function property(name: string, value: string): object {
  return { name, value };
}

/** The operating system, then the packages. */
export function componentsOf(result: ScanResult, prefix: string): object[] {
  const { distribution, packages } = result;
  const system =
    distribution === null
      ? []
      : [
          {
            type: "operating-system",
            "bom-ref": `${prefix}operating-system`,
            name: distribution.id,
            ...(distribution.versionId === null ? {} : { version: distribution.versionId }),
            description: distribution.name,
            properties: [
              property("bulwark:distribution:id", distribution.id),
              ...(distribution.codename === null
                ? []
                : [property("bulwark:distribution:codename", distribution.codename)]),
              ...(distribution.like.length === 0
                ? []
                : [property("bulwark:distribution:like", distribution.like.join(" "))]),
            ],
          },
        ];
  return [...system, ...packages.map((p) => componentOf(p, result, prefix))];
}

function componentOf(found: Package, { artifact }: ScanResult, prefix: string): object {
  const layers = [...new Set(found.locations.map((l) => l.layer))].filter((l) => l !== null);
  const diffIds = layers.flatMap((layer) => artifact.layers[layer]?.diffId ?? []);
  const properties = [
    property("bulwark:cataloger", found.cataloger),
    ...diffIds.map((diffId) => property("bulwark:layer:diffId", diffId)),
    ...(found.module === undefined ? [] : [property("bulwark:module", found.module)]),
    ...(found.vendor === undefined ? [] : [property("bulwark:vendor", found.vendor)]),
  ];
  const licenses = licensesOf(found.licenses ?? []);
  return {
    type: "library",
    "bom-ref": `${prefix}${found.purl}`,
    name: found.name,
    version: found.version,
    ...(found.development === true ? { scope: "excluded" } : {}),
    ...(licenses.length === 0 ? {} : { licenses }),
    purl: found.purl,
    evidence: {
      occurrences: found.locations.map(({ path, line }) => ({
        location: path,
        ...(line === undefined ? {} : { line }),
      })),
    },
    properties,
  };
}

/** One expression, or licences one by one: the schema allows no mixture. */
function licensesOf(declared: readonly string[]): object[] {
  const [only] = declared;
  if (
    only !== undefined &&
    declared.length === 1 &&
    !isListedLicense(only) &&
    isLicenseExpression(only)
  ) {
    return [{ expression: only }];
  }
  return [...new Set(declared)]
    .filter((license) => license !== "")
    .map((license) => ({
      license: isListedLicense(license) ? { id: license } : { name: license },
    }));
}

/** Who needs whom, as far as the evidence says. What nobody needs hangs on the subject. */
export function dependenciesOf({ packages }: ScanResult, prefix: string): object[] {
  const refs = new Map<string, string[]>();
  for (const { type, name, purl } of packages) {
    const key = `${type}\n${name}`;
    const there = refs.get(key);
    if (there === undefined) refs.set(key, [`${prefix}${purl}`]);
    else there.push(`${prefix}${purl}`);
  }
  const needed = new Set<string>();
  const rows = packages.map((found) => {
    const ref = `${prefix}${found.purl}`;
    const dependsOn = new Set(
      (found.dependsOn ?? []).flatMap((name) => refs.get(`${found.type}\n${name}`) ?? []),
    );
    dependsOn.delete(ref);
    for (const other of dependsOn) needed.add(other);
    return { ref, ...(dependsOn.size === 0 ? {} : { dependsOn: [...dependsOn] }) };
  });
  const roots = rows.map(({ ref }) => ref).filter((ref) => !needed.has(ref));
  return [
    { ref: subjectRef(prefix), ...(roots.length === 0 ? {} : { dependsOn: roots }) },
    ...rows,
  ];
}
