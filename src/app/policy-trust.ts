// Whom a policy's rules about signatures and attestations believe.
import { dirname, resolve } from "node:path";
import { lookAt } from "../io/look.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError } from "../kit/error.ts";
import { list } from "../kit/phrase.ts";
import type { Stage } from "../model/policy.ts";
import type { LoadedPolicy } from "./policy.ts";

/** The trust file that is read when none is named. */
const TRUST_FILE = "bulwark.trust.yaml";

/**
 * Reads the trust file that a policy needs at a stage.
 *
 * @param named As the command line says; it beats the policy's word, and that beats `bulwark.trust.yaml`.
 * @returns null when no rule asks for it.
 * @throws {AppError} `config-invalid` when nobody is named who is believed, or a rule names somebody who is not in the file;
 *   what reading the file throws.
 */
export async function trustFor(
  policy: LoadedPolicy,
  stage: Stage,
  named: string | null,
): Promise<LoadedTrust | null> {
  if (!policy.asksAttached(stage)) return null;
  const path = await trustFileOf(policy, named);
  if (path === null) throw nobody(policy);
  const { loadTrustFile } = await import("../io/trust/load-trust.ts");
  const trust = await loadTrustFile(path);
  checkNames(policy, trust, path);
  return trust;
}

/**
 * The same for admission, which may have to stand by verdicts alone.
 *
 * @returns null when nobody is named, and no rule of the policy itself asks for signatures: then nothing can be told, and that is
 *   what is answered.
 */
export async function trustForImages(
  policy: LoadedPolicy,
  stage: Stage,
  named: string | null,
): Promise<LoadedTrust | null> {
  if (policy.asksAttached(stage)) return trustFor(policy, stage, named);
  const path = await trustFileOf(policy, named);
  if (path === null) return null;
  const { loadTrustFile } = await import("../io/trust/load-trust.ts");
  return loadTrustFile(path);
}

/** The path of the trust file that counts for a policy; null when there is none. */
async function trustFileOf(
  { policy, summary }: LoadedPolicy,
  named: string | null,
): Promise<string | null> {
  if (named !== null) return named;
  if (policy.trust !== null) return resolve(dirname(summary.path ?? "."), policy.trust);
  return (await lookAt(TRUST_FILE)).kind === "file" ? TRUST_FILE : null;
}

function nobody({ summary }: LoadedPolicy): AppError {
  const message = `cannot ask policy ${JSON.stringify(summary.name)}: it has rules about signatures, and nobody is named who is believed`;
  return new AppError("config-invalid", message, {
    hint: `write ${TRUST_FILE}, or name another with trust: FILE in the policy or --trust FILE; its form is in docs/guide/trust.md`,
    ...(summary.path === null ? {} : { subject: summary.path }),
  });
}

function checkNames({ rules, summary }: LoadedPolicy, trust: LoadedTrust, path: string): void {
  const known = [...trust.keys, ...trust.identities, ...trust.certificates].map(({ id }) => id);
  for (const rule of rules) {
    if (rule.kind !== "attached") continue;
    const stranger = rule.wants.by?.find((id) => !known.includes(id));
    if (stranger === undefined) continue;
    const message = `cannot use policy ${JSON.stringify(summary.path ?? summary.name)}: rule ${rule.id} names ${JSON.stringify(stranger.slice(0, 60))}, who is not in ${JSON.stringify(path)}`;
    throw new AppError("config-invalid", message, {
      hint: `there are ${known.length === 0 ? "none" : list(known.slice(0, 8))}`,
      subject: summary.path ?? path,
    });
  }
}
