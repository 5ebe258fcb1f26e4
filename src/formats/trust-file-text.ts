// Trust files as we write them. A part of its own, because reading is needed far more often.
import { stringify } from "yaml";
import type { Inline, TrustFile } from "./trust-file.ts";

/** The YAML of a trust file; reading it gives the same again. What nobody said is left out. */
export function trustFileText({ keys, identities, certificates, roots }: TrustFile): string {
  const document = {
    keys: keys.map((key) => ({
      id: key.id,
      key: inline(key.key),
      ...stated("not-before", key.notBefore),
      ...stated("not-after", key.notAfter),
      ...stated("revoked", key.revokedAt),
      ...stated("replaced-by", key.replacedBy),
      ...(key.needsLog ? { log: "required" } : {}),
    })),
    identities: identities.map(({ id, issuer, identity, isGlob, root }) => ({
      ...{ id, issuer },
      ...(isGlob ? { "identity-glob": identity } : { identity }),
      root,
    })),
    certificates: certificates.map(({ id, certificate, kind, subjects }) => ({
      ...{ id, certificate: inline(certificate), kind },
      ...stated("subjects", subjects),
    })),
    roots: roots.map(({ name, root, demands }) => ({
      ...{ name, root: inline(root) },
      ...(demands.log ? {} : { log: "none" }),
      ...(demands.certificateLog ? {} : { "certificate-log": "none" }),
      ...(demands.time ? {} : { time: "now" }),
    })),
  };
  const sections = Object.entries(document).filter(([, entries]) => entries.length > 0);
  return stringify(Object.fromEntries(sections), { lineWidth: 0, blockQuote: "literal" });
}

function stated<Name extends string, Value>(
  name: Name,
  value: Value | null,
): Partial<Record<Name, Value>> {
  return value === null ? {} : ({ [name]: value } as Record<Name, Value>);
}

function inline(content: Inline): string {
  return "text" in content ? content.text : content.file;
}
