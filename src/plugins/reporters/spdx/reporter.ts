// An inventory, for other tools. Source: SPDX specification 2.3, JSON; Annex F for purls.
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { documentUuid } from "../shared/document-id.ts";
import { jsonText } from "../shared/json-text.ts";
import { Licenses } from "./licenses.ts";
import { partOf } from "./packages.ts";

export const spdx: Reporter = {
  id: "spdx",
  title: "SPDX 2.3, an inventory",
  needs: [],
  state: "stable",
  mediaType: "application/spdx+json",
  report: (results) => jsonText(documentOf(results), results),
};

function documentOf(results: readonly ScanResult[]): object {
  const [first] = results;
  const uuid = documentUuid(results, "spdx");
  const licenses = new Licenses();
  const creator = `Tool: bulwark-${first?.tool.version ?? "0"}`;
  const created = (first?.scannedAt ?? "1970-01-01T00:00:00Z").replace(/\.\d+Z$/, "Z");
  const parts = results.map((result, i) =>
    partOf(result, { prefix: `${i + 1}`, licenses, creator, created }),
  );
  const extracted = licenses.extracted();
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: results.map((r) => r.artifact.reference ?? r.artifact.target).join(", "),
    documentNamespace: `https://bulwark.dev/spdx/${uuid}`,
    creationInfo: { created, creators: [creator] },
    documentDescribes: parts.map((part) => part.subject),
    packages: parts.flatMap((part) => part.packages),
    relationships: parts.flatMap((part) => part.relationships),
    ...(extracted.length === 0 ? {} : { hasExtractedLicensingInfos: extracted }),
  };
}
