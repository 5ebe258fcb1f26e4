// `gate --attest`: what was decided about an image, signed and attached to it, so that nobody need decide it again.
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { VERDICT_PREDICATE } from "../model/attached.ts";
import type { Digest } from "../model/digest.ts";
import type { GateAnswer, GateResult } from "../model/gate.ts";
import type { Suppression } from "../model/suppression.ts";
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

/** What is to be known of a verdict before it is signed. */
export interface AttestableResult extends Pick<GateAnswer, "artifact" | "verdict" | "override"> {
  /** The exceptions that it made use of. */
  readonly used: ReadonlySet<Suppression>;
}

/** Signs each verdict and attaches it to what it is about; whatever it is, because the newest one counts. */
export async function attestVerdicts(
  results: readonly AttestableResult[],
  { decidedAt, stage }: Pick<GateResult, "decidedAt" | "stage">,
  { policy, summary }: LoadedPolicy,
  { seal, offline, evidence }: Attesting,
  surroundings: Surroundings,
): Promise<AttestedVerdicts> {
  const attested: Signing[] = [];
  const failures: FailedTarget[] = [];
  for (const result of results) {
    const { artifact } = result;
    // What says how containers are to run has no digest, and nobody starts it by one.
    if (artifact.kind === "configuration") continue;
    try {
      const digest = attachableDigest(artifact);
      const facts = {
        name: repositoryName(artifact),
        digest,
        policy: summary,
        stage,
        outcome: outcomeOf(result),
        maxAgeHours: Math.min(policy.maxAgeHours, ...hoursLeft(result, decidedAt)),
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

/** An override ends, and an exception for some containers is none for others: what is attached is for everybody, and stays. */
function outcomeOf({ verdict, override, used }: AttestableResult): "allow" | "deny" {
  const isForSome = [...used].some(
    ({ scope }) => scope.container !== undefined || scope.resource !== undefined,
  );
  return verdict.outcome === "allow" && override === null && !isForSome ? "allow" : "deny";
}

const HOUR_MS = 3_600_000;

/** A verdict is good no longer than the exceptions that it rests on. */
function hoursLeft({ used }: AttestableResult, decidedAt: string): number[] {
  const today = decidedAt.slice(0, 10);
  return [...used]
    .filter(({ until }) => until >= today)
    .map(({ until }) => {
      const end = Date.parse(`${until}T23:59:59Z`);
      return Math.max(1, Math.floor((end - Date.parse(decidedAt)) / HOUR_MS));
    });
}

function attachableDigest({ target, digest, digestKind }: ArtifactSummary): Digest {
  if (digest !== null && digestKind === "manifest") return digest;
  throw new AppError(
    "usage",
    `cannot attach the verdict about ${JSON.stringify(target)}: it has no digest in a repository`,
    { hint: "push the image, and name it by its reference", subject: target },
  );
}
