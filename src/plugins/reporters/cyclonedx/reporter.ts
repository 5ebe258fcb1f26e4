// An inventory with its vulnerabilities, for other tools. Source: CycloneDX 1.6 (ECMA-424), JSON schema bom-1.6.
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { documentUuid } from "../shared/document-id.ts";
import { jsonText } from "../shared/json-text.ts";
import { componentsOf, dependenciesOf, subjectOf } from "./components.ts";
import { vulnerabilitiesOf } from "./vulnerabilities.ts";

export const cyclonedx: Reporter = {
  id: "cyclonedx",
  title: "CycloneDX 1.6, an inventory with vulnerabilities",
  needs: [],
  state: "stable",
  mediaType: "application/vnd.cyclonedx+json; version=1.6",
  report: (results) => jsonText(documentOf(results), results),
};

function documentOf(results: readonly ScanResult[]): object {
  const [first] = results;
  const parts = results.map((result, i) => partOf(result, results.length === 1 ? "" : `${i + 1}/`));
  const [only] = parts;
  const isOne = only !== undefined && parts.length === 1;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${documentUuid(results, "cyclonedx")}`,
    version: 1,
    metadata: {
      timestamp: first?.scannedAt,
      tools: {
        components: [{ type: "application", name: "bulwark", version: first?.tool.version }],
      },
      ...(isOne ? { component: only.subject } : {}),
    },
    // Several subjects have no common one: each is a component that holds its own.
    components: isOne
      ? only.components
      : parts.map(({ subject, components }) => ({ ...subject, components })),
    dependencies: parts.flatMap((part) => part.dependencies),
    vulnerabilities: parts.flatMap((part) => part.vulnerabilities),
  };
}

interface Part {
  readonly subject: object;
  readonly components: readonly object[];
  readonly dependencies: readonly object[];
  readonly vulnerabilities: readonly object[];
}

/** @param prefix Keeps the refs of several results apart. */
function partOf(result: ScanResult, prefix: string): Part {
  return {
    subject: subjectOf(result, prefix),
    components: componentsOf(result, prefix),
    dependencies: dependenciesOf(result, prefix),
    vulnerabilities: vulnerabilitiesOf(result, prefix),
  };
}
