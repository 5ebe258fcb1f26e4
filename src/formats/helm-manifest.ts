// What `helm template` writes: documents, each after a comment that names its template.
import { eachLine } from "../kit/text.ts";

/** A document out of a template, as text. */
export interface HelmDocument {
  /** `chart/templates/web.yaml`, with the chart's name in front; null where Helm does not say. */
  readonly source: string | null;
  readonly text: string;
}

const SOURCE = "# Source: ";

/** Tells the documents apart. Only the first line of each can be Helm's word on where it is from. */
export function helmDocuments(manifest: string): HelmDocument[] {
  const documents: HelmDocument[] = [];
  let lines: string[] = [];
  const end = (): void => {
    const [first = ""] = lines;
    const source = first.startsWith(SOURCE) ? first.slice(SOURCE.length).trimEnd() : "";
    if (lines.some((line) => line.trim() !== ""))
      documents.push({ source: source === "" ? null : source, text: lines.join("\n") });
    lines = [];
  };
  eachLine(manifest, (line) => {
    if (/^---\s*$/.test(line)) end();
    else lines.push(line);
  });
  end();
  return documents;
}

/** Lines of a template that rendered ones are out of, as far as the letters tell. */
export class TemplateLines {
  readonly #byText = new Map<string, number | null>();
  readonly #byKey = new Map<string, number | null>();

  constructor(template: string) {
    eachLine(template, (line, number) => {
      once(this.#byText, line.trim(), number);
      once(this.#byKey, keyOf(line), number);
    });
  }

  /** The line, from 1, that says the same, or is the only one with that key; null when there is none or there are several. */
  lineOf(rendered: string): number | null {
    const same = this.#byText.get(rendered.trim());
    if (same !== undefined) return same;
    return this.#byKey.get(keyOf(rendered)) ?? null;
  }
}

function once(numbers: Map<string, number | null>, key: string, number: number): void {
  if (key !== "") numbers.set(key, numbers.has(key) ? null : number);
}

/** `""` for a line without one. */
function keyOf(line: string): string {
  return /^\s*(?:- +)?([\w./-]+:)(?:\s|$)/.exec(line)?.[1] ?? "";
}
