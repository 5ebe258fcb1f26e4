import { cut, visible } from "../../../kit/display.ts";
import { count, grouped } from "../../../kit/phrase.ts";
import type { ArtifactKind } from "../../../model/artifact.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Section } from "./section.ts";

const KIND: Record<ArtifactKind, string> = {
  image: "image",
  filesystem: "folder",
  project: "project",
  sbom: "inventory",
  sarif: "report",
  configuration: "objects",
};

/** What was looked at: a few lines of label and value. */
export function factsSection(section: Section): string[] {
  const { result, width, dim } = section;
  const facts = [
    [KIND[result.artifact.kind], artifactFact(result)],
    ["system", systemFact(result)],
    ["packages", packagesFact(result)],
    ["data", dataFact(result)],
  ] as const;
  return facts
    .filter(([, text]) => text !== "")
    .map(([label, text]) => `${dim(label.padEnd(10))}${cut(visible(text), width - 10)}`);
}

function artifactFact({ artifact }: ScanResult): string {
  const { platform, layers } = artifact;
  const parts = [
    artifact.reference ?? artifact.target,
    platform === null ? "" : `${platform.os}/${platform.architecture}`,
    layers.length === 0 ? "" : count(layers.length, "layer"),
  ];
  return parts.filter((p) => p !== "").join(", ");
}

function systemFact({ distribution }: ScanResult): string {
  if (distribution === null) return "";
  const end = distribution.endOfLife;
  if (end === null) return distribution.name;
  const until = end.ended ? "security support ended on" : "security support until";
  return `${distribution.name}, ${until} ${end.date}`;
}

function packagesFact({ packages, artifact }: ScanResult): string {
  if (packages.length === 0) return artifact.kind === "sarif" ? "" : "none recognised";
  const byType = new Map<string, number>();
  for (const { type } of packages) byType.set(type, (byType.get(type) ?? 0) + 1);
  const types = [...byType].sort((a, b) => b[1] - a[1]).map(([t, n]) => `${grouped(n)} ${t}`);
  return byType.size === 1 ? (types[0] ?? "") : `${grouped(packages.length)} (${types.join(", ")})`;
}

function dataFact({ data, artifact }: ScanResult): string {
  if (artifact.kind === "sarif") return "";
  if (data.kind === "none") return "none";
  const size = `${count(data.advisories, "advisory", "advisories")}`;
  if (data.kind === "starter") return `built-in starter data only, ${size}`;
  return `${size}${data.builtAt === null ? "" : `, of ${data.builtAt.slice(0, 16).replace("T", " ")} UTC`}`;
}
