// `gate --attest`: what was decided about an image, signed and attached to it, so that nobody need decide it again.
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { VERDICT_PREDICATE } from "../model/attached.ts";
import type { Digest } from "../model/digest.ts";
import type { GateResult } from "../model/gate.ts";
import { verificationSummary } from "../model/verification-summary.ts";
import { repositoryName } from "./attached-facts.ts";
import type { LoadedPolicy } from "./policy.ts";
import type { FailedTarget } from "./scan.ts";
import type { Seal } from "./seal.ts";
import { attestStatement, type Signing } from "./sign.ts";
import type { Surroundings } from "./surroundings.ts";
import { recordSigning } from "./trust-evidence.ts";

/** With what to sign, where, and in which evidence log to say so. */
interface Attesting {
  readonly seal: Seal;
  readonly offline: boolean;
  readonly evidence: string | null;
}

/** What was attached, and what could not be. */
export interface AttestedVerdicts {
  readonly attested: readonly Signing[];
  readonly failures: readonly FailedTarget[];
}

/** Signs each verdict and attaches it to what it is about; whatever it is, because the newest one counts. */
export async function attestVerdicts(
  { results, decidedAt, stage }: GateResult,
  { policy, summary }: LoadedPolicy,
  { seal, offline, evidence }: Attesting,
  surroundings: Surroundings,
): Promise<AttestedVerdicts> {
  const attested: Signing[] = [];
  const failures: FailedTarget[] = [];
  for (const { artifact, verdict, override } of results) {
    try {
      const digest = attachableDigest(artifact);
      const facts = {
        name: repositoryName(artifact),
        digest,
        policy: summary,
        stage,
        // An override ends; what is attached would go on saying that it passed.
        outcome:
          override === null && verdict.outcome === "allow" ? ("allow" as const) : ("deny" as const),
        maxAgeHours: policy.maxAgeHours,
        verifiedAt: decidedAt,
        version,
      };
      const said = { predicateType: VERDICT_PREDICATE, predicate: verificationSummary(facts) };
      const image = artifact.reference ?? artifact.target;
      const request = { image, digest, withOldTag: false, offline };
      const signing = await attestStatement(request, said, seal, surroundings);
      await recordSigning(signing, evidence, surroundings);
      attested.push(signing);
    } catch (error) {
      surroundings.signal.throwIfAborted();
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      failures.push({ target: artifact.target, error });
    }
  }
  return { attested, failures };
}

function attachableDigest({ target, digest, digestKind }: ArtifactSummary): Digest {
  if (digest !== null && digestKind === "manifest") return digest;
  throw new AppError(
    "usage",
    `cannot attach the verdict about ${JSON.stringify(target)}: it has no digest in a repository`,
    { hint: "push the image, and name it by its reference", subject: target },
  );
}
