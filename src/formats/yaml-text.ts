import { stringify } from "yaml";

/** Objects as a YAML file of several documents, without anchors and with every text that could be taken for something else quoted. */
export function yamlText(documents: readonly object[]): string {
  const options = { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" } as const;
  return documents.map((document) => `---\n${stringify(document, options)}`).join("");
}
