import type { EvidenceDecision } from "../model/evidence-entry.ts";
import {
  type AppliedOverride,
  type OverrideSubject,
  overrideSubjectText,
} from "../model/override.ts";

/**
 * What an application of an override tells the log.
 *
 * @param about Who applied it, and to what.
 */
export function overrideEvidence(
  { digest, reason, grantedBy, until, key }: AppliedOverride,
  about: {
    readonly command: string;
    readonly outcome: EvidenceDecision["outcome"];
    readonly subject: OverrideSubject;
  },
): EvidenceDecision {
  return {
    action: "break-glass",
    command: about.command,
    outcome: about.outcome,
    reasons: [reason, `until ${until}`, `granted by ${grantedBy}`, `key ${key}`],
    subject: { name: overrideSubjectText(about.subject), digest: about.subject.digest },
    policy: { name: "override", digest },
    data: null,
  };
}
