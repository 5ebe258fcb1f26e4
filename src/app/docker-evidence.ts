// What the record keeps of a decision about a request to an engine.
import type { WorkloadDecision } from "../model/admission.ts";
import type { Actor, EvidenceDecision } from "../model/evidence-entry.ts";
import { parseOverrideSubject } from "../model/override.ts";
import type { AdmissionMode } from "../stages/decide/admission-mode.ts";
import type { Admission } from "./admission.ts";
import { overrideEvidence } from "./override-evidence.ts";

/** Callers on a socket of the machine are anonymous: the engine does not know who they are. */
export function actorOf(user: string): Actor {
  return { kind: "request", name: user === "" ? "anonymous" : user, host: null };
}

/** One entry, and one more where an override counted. @param subject `container web`. */
export function entriesOf(
  { verdict, images, override }: WorkloadDecision,
  { subject, image }: { readonly subject: string; readonly image: string | null },
  { mode, policy }: { readonly mode: AdmissionMode; readonly policy: Admission["policy"] },
): EvidenceDecision[] {
  const { outcome, reasons } = verdict;
  const isAgainst = outcome === "deny" || outcome === "undecided";
  const passed = isAgainst && mode !== "enforce" ? [`let through in mode ${mode}`] : [];
  const digest = images.find((one) => one.digest !== null)?.digest ?? null;
  const name = images[0]?.reference || image || subject;
  const command = "admit docker";
  const decided: EvidenceDecision = {
    action: "admit",
    command,
    outcome: outcome === "none" ? "allow" : outcome,
    reasons: [...passed, subject, ...reasons],
    subject: { name, digest },
    policy: { name: policy.name, digest: policy.digest },
    data: null,
  };
  if (override === null) return [decided];
  const about = { command, outcome: "allow", subject: overrideSubject(name, digest) } as const;
  return [decided, overrideEvidence(override, about)];
}

function overrideSubject(
  name: string,
  digest: EvidenceDecision["subject"]["digest"],
): Parameters<typeof overrideEvidence>[1]["subject"] {
  try {
    return parseOverrideSubject(name);
  } catch {
    return { name, tag: null, digest };
  }
}
