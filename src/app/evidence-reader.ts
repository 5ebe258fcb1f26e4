import type { ContentVisitor, LayerVisitor } from "../io/layers/walk.ts";
import type { Cataloger } from "../stages/catalog/contract.ts";
import { type LayerReading, readFile, unreadLarge } from "../stages/catalog/read.ts";
import type { Selection } from "../stages/catalog/select.ts";

/** Files beyond this are hashed and listed, and not read for packages; the largest real ones are a few hundred megabytes. */
export const GATHER_BYTES_MAX: number = 256 * 2 ** 20;

/** Offers files that stream by to the catalogers that want them, and keeps what they say. */
export class EvidenceReader implements LayerVisitor {
  readonly gatherBytesMax: number = GATHER_BYTES_MAX;
  readonly readings: LayerReading[] = [];
  readonly contents: ContentVisitor | undefined;
  #isNamed = false;
  readonly #selection: Selection;

  /** @param contents Who reads everything, beside the catalogers. */
  constructor(selection: Selection, contents?: ContentVisitor) {
    this.#selection = selection;
    this.contents = contents;
  }

  interest(path: string): "always" | "if-elf" | "no" {
    if (this.#selection.byName(path).length > 0) {
      this.#isNamed = true;
      return "always";
    }
    return this.#selection.hasElf ? "if-elf" : "no";
  }

  /** Whether there was anything of a kind that is read. A program of unknown making does not count. */
  get hasRecognised(): boolean {
    return this.#isNamed || this.readings.some((reading) => !isOpaque(reading));
  }

  file(path: string, bytes: Uint8Array): void {
    for (const reading of readFile({ path, bytes }, this.#wanting(path, bytes)))
      this.readings.push(reading);
  }

  tooLarge(path: string, sizeBytes: number): void {
    const wanting = this.#selection.byName(path);
    this.readings.push(
      ...unreadLarge(path, sizeBytes, wanting.length > 0 ? wanting : this.#selection.byElf(path)),
    );
  }

  #wanting(path: string, bytes: Uint8Array): readonly Cataloger[] {
    const named = this.#selection.byName(path);
    const elf = bytes[0] === 0x7f && bytes[1] === 0x45 ? this.#selection.byElf(path) : [];
    return elf.length === 0 ? named : [...new Set([...named, ...elf])];
  }
}

function isOpaque({ reading }: LayerReading): boolean {
  const { packages, problems } = reading;
  return packages.length === 0 && problems.every(({ code }) => code === "program-opaque");
}
