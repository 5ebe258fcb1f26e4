// Short names for the types of predicates that people use every day.
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";

/** The same names as cosign's `--type`; all of an entry count when verifying, the first is written. */
const TYPES: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  ["sign", [SIGN_PREDICATE]],
  ["custom", ["https://cosign.sigstore.dev/attestation/v1"]],
  ["vuln", ["https://cosign.sigstore.dev/attestation/vuln/v1"]],
  ["slsaprovenance", ["https://slsa.dev/provenance/v0.2"]],
  ["slsaprovenance02", ["https://slsa.dev/provenance/v0.2"]],
  ["slsaprovenance1", ["https://slsa.dev/provenance/v1"]],
  ["spdx", ["https://spdx.dev/Document"]],
  ["spdxjson", ["https://spdx.dev/Document"]],
  ["cyclonedx", ["https://cyclonedx.org/bom"]],
  ["link", ["https://in-toto.io/Link/v1"]],
  ["openvex", ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.2.0"]],
  ["vsa", ["https://slsa.dev/verification_summary/v1"]],
]);

/** The types of predicate that names and addresses mean. @throws {AppError} `usage` for a name that is not known. */
export function predicateTypesOf(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (/^https?:\/\//.test(name)) return [name];
    const types = TYPES.get(name);
    if (types === undefined)
      throw new AppError(
        "usage",
        `cannot use --type ${JSON.stringify(name.slice(0, 100))}: neither an address nor a known name`,
        { hint: `known are ${[...TYPES.keys()].join(", ")}` },
      );
    return [...types];
  });
}

/** Texts that are stated as they stand, in a frame of cosign's. @see cosign's specs/COSIGN_PREDICATE_SPEC.md */
const CUSTOM = "https://cosign.sigstore.dev/attestation/v1";

/**
 * What a file states, with its type.
 *
 * @param name A short name, or the type's address.
 * @throws {AppError} `usage` for the name, `document-invalid` for a file that is not JSON where JSON is stated.
 */
export function predicateOf(
  name: string,
  bytes: Uint8Array,
  { path, at }: { readonly path: string; readonly at: string },
): { readonly predicateType: string; readonly predicate: unknown } {
  const [predicateType = ""] = predicateTypesOf([name]);
  const text = utf8(bytes);
  if (predicateType === CUSTOM) return { predicateType, predicate: { Data: text, Timestamp: at } };
  try {
    const predicate: unknown = JSON.parse(text);
    return { predicateType, predicate };
  } catch (cause) {
    throw new AppError(
      "document-invalid",
      `cannot attest ${JSON.stringify(path)}: it is not JSON`,
      { hint: "--type custom attests any text", subject: path, cause },
    );
  }
}
