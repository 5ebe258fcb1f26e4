// Statements of what does not affect, in three formats: OpenVEX, CycloneDX with analyses, CSAF with the VEX profile.
import { readCsaf } from "./csaf.ts";
import { readCycloneDxVex } from "./cyclonedx-vex.ts";
import { invalid, object, parseDocument, text } from "./json-object.ts";
import { readOpenVex } from "./openvex.ts";
import type { VexRow } from "./vex-row.ts";

/**
 * Reads a VEX document.
 *
 * Where statements of one document contradict each other, the latest is left, as OpenVEX demands. A product that cannot be
 * told stays in the list as it is written, so that a statement never becomes one about everything.
 *
 * @throws {AppError} `document-invalid` for bytes that are none of the three formats.
 */
export function readVex(bytes: Uint8Array, path: string): VexRow[] {
  const document = parseDocument(bytes, "VEX document", path);
  if (text(document, "@context").startsWith("https://openvex.dev/ns")) return readOpenVex(document);
  if (text(document, "bomFormat") === "CycloneDX") return readCycloneDxVex(document);
  if (text(object(document, "document"), "csaf_version").startsWith("2."))
    return readCsaf(document);
  throw invalid("VEX document", path, "it is neither OpenVEX, CycloneDX nor CSAF");
}
