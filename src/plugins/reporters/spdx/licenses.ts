import { stableId } from "../../../kit/stable-id.ts";
import { isLicenseExpression } from "../shared/license.ts";

/** Turns declared licences into expressions; those that the SPDX list does not have get a reference and are kept in full. */
export class Licenses {
  readonly #extracted = new Map<string, string>();

  /** `NOASSERTION` when nothing was declared. */
  expression(declared: readonly string[]): string {
    const terms = [...new Set(declared)]
      .filter((license) => license !== "")
      .map((l) => this.#term(l));
    const [only] = terms;
    if (only === undefined) return "NOASSERTION";
    if (terms.length === 1) return only;
    return terms.map((term) => (term.includes(" ") ? `(${term})` : term)).join(" AND ");
  }

  #term(license: string): string {
    if (isLicenseExpression(license)) return license;
    const readable = license
      .replaceAll(/[^A-Za-z0-9.-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 60);
    const reference = `LicenseRef-${readable === "" ? "" : `${readable}-`}${stableId([license]).slice(0, 8)}`;
    this.#extracted.set(reference, license);
    return reference;
  }

  /** The licences behind the references (section 10). */
  extracted(): object[] {
    return [...this.#extracted].map(([licenseId, name]) => ({
      licenseId,
      name,
      extractedText: `The package declares: ${name}`,
    }));
  }
}
