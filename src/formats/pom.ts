// Maven's project files, as they stand: nothing is inherited or filled in here.
// Source: https://maven.apache.org/pom.html, https://maven.apache.org/xsd/maven-4.0.0.xsd.
import { childOf, childText, readXmlDocument, type XmlElement } from "./xml-document.ts";

/** A dependency as written; texts may hold `${properties}` and may be empty. */
export interface PomDependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly scope: string;
  /** `jar` when it does not say. */
  readonly type: string;
  /** 1-based. */
  readonly line: number;
}

/** Where a project inherits from. */
export interface PomParent {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** Of the parent's file, from the folder of this one; `""` says that it is in no folder. */
  readonly relativePath: string;
}

/** One pom.xml, with what its profiles add. Plain data: it survives JSON. */
export interface Pom {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly parent: PomParent | null;
  readonly properties: readonly (readonly [string, string])[];
  readonly managed: readonly PomDependency[];
  readonly dependencies: readonly PomDependency[];
}

/** What reading gave: a project, or the reason why there is none. */
export type ReadPom =
  | { readonly pom: Pom; readonly damage: null }
  | { readonly pom: null; readonly damage: string };

/** Reads a pom.xml. A byte order mark is to be taken off before. Never throws. */
export function readPom(text: string): ReadPom {
  const { root, damage } = readXmlDocument(text);
  if (damage !== null) return { pom: null, damage };
  if (root.name !== "project") {
    return { pom: null, damage: `line ${root.line}: it is no project, but <${root.name}>` };
  }
  // Which profile a build chooses is not known here, so that all of them count.
  const profiles = (childOf(root, "profiles")?.children ?? []).filter((p) => p.name === "profile");
  const parts = [root, ...profiles];
  const properties = childOf(root, "properties")?.children ?? [];
  const pom: Pom = {
    group: childText(root, "groupId"),
    artifact: childText(root, "artifactId"),
    version: childText(root, "version"),
    parent: parentOf(childOf(root, "parent")),
    properties: properties.map(({ name, text: value }) => [name, value] as const),
    managed: parts.flatMap((part) => dependenciesOf(childOf(part, "dependencyManagement"))),
    dependencies: parts.flatMap(dependenciesOf),
  };
  return { pom, damage: null };
}

function parentOf(element: XmlElement | undefined): PomParent | null {
  if (element === undefined) return null;
  const relative = childOf(element, "relativePath");
  return {
    group: childText(element, "groupId"),
    artifact: childText(element, "artifactId"),
    version: childText(element, "version"),
    relativePath: relative === undefined ? "../pom.xml" : relative.text,
  };
}

/** What stands in `dependencies` of a project, a profile, or their `dependencyManagement`. */
function dependenciesOf(around: XmlElement | undefined): PomDependency[] {
  return (childOf(around, "dependencies")?.children ?? [])
    .filter(({ name }) => name === "dependency")
    .map((dependency) => ({
      group: childText(dependency, "groupId"),
      artifact: childText(dependency, "artifactId"),
      version: childText(dependency, "version"),
      scope: childText(dependency, "scope"),
      type: childText(dependency, "type") || "jar",
      line: dependency.line,
    }));
}
