// The JSON Schemas of what commands write, from the types that the product itself uses.
import { createGenerator, type Schema } from "ts-json-schema-generator";

/** One result, or the object that holds several. Objects are open: fields are added within a version, and never taken away. */
export function scanSchema(): string {
  const single = schemaOf("src/model/scan.ts", "ScanResult");
  const several = schemaOf("src/plugins/reporters/json/reporter.ts", "ScanResults");
  return schemaText("scan", {
    title: "What bulwark scan --format json writes",
    anyOf: [{ $ref: "#/definitions/ScanResult" }, { $ref: "#/definitions/ScanResults" }],
    definitions: { ...single.definitions, ...several.definitions },
  });
}

/** What a policy says of all artifacts of one run. */
export function gateSchema(): string {
  return schemaText("gate", {
    title: "What bulwark gate --format json writes",
    anyOf: [{ $ref: "#/definitions/GateResult" }],
    definitions: { ...schemaOf("src/model/gate.ts", "GateResult").definitions },
  });
}

function schemaText(
  name: string,
  {
    definitions,
    ...facts
  }: { readonly definitions: object; readonly title: string; readonly anyOf: object[] },
): string {
  // The brand of the type says nothing to others.
  const all = { ...definitions, Digest: { type: "string", pattern: "^sha256:[0-9a-f]{64}$" } };
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `https://bulwark.dev/schemas/${name}/v1.json`,
    ...facts,
    definitions: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function schemaOf(path: string, type: string): Schema {
  return createGenerator({
    path,
    type,
    tsconfig: "tsconfig.json",
    additionalProperties: true,
    topRef: true,
    skipTypeCheck: true,
  }).createSchema(type);
}
