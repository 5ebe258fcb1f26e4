// What a test of a policy supposes to be attached to an image, in the form in which it would have been read.
import type { AttachedInCase } from "../formats/policy-test.ts";
import { readNamed } from "../io/named-file.ts";
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import { type Attached, type Statement, VERDICT_PREDICATE } from "../model/attached.ts";
import type { ScanResult } from "../model/scan.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { verificationSummary } from "../model/verification-summary.ts";
import { repositoryName } from "./attached-facts.ts";
import type { LoadedPolicy } from "./policy.ts";
import { predicateTypesOf } from "./predicates.ts";

interface Supposing {
  readonly scan: ScanResult;
  readonly policy: LoadedPolicy;
  /** The path of a file that is named relative to the file of tests. */
  beside(file: string): string;
}

/**
 * @param cases null when the case does not say, so that nobody has looked.
 * @throws {AppError} `usage` for a type that is not known; `not-found`, `document-invalid` for the file of a predicate.
 */
export async function supposedAttached(
  cases: readonly AttachedInCase[] | null,
  supposing: Supposing,
): Promise<Attached> {
  if (cases === null) return { state: "unasked" };
  const { artifact, scannedAt } = supposing.scan;
  const stated = await Promise.all(cases.map((each) => statementsOf(each, supposing)));
  return {
    state: "read",
    name: repositoryName(artifact),
    digests: [artifact.digest ?? NO_DIGEST],
    statements: stated.flat(),
    refused: [],
    unread: [],
    at: scannedAt,
  };
}

const NO_DIGEST = `sha256:${"0".repeat(64)}`;

async function statementsOf(each: AttachedInCase, supposing: Supposing): Promise<Statement[]> {
  const signatory = { kind: "key", fingerprint: "", id: each.by } as const;
  const base = { by: each.by, signatory, signedAt: supposing.scan.scannedAt };
  switch (each.what) {
    case "signature":
      return [{ ...base, predicateType: SIGN_PREDICATE, predicate: {} }];
    case "verdict":
      return [{ ...base, predicateType: VERDICT_PREDICATE, predicate: verdictOf(each, supposing) }];
    case "attestation": {
      const predicate = each.predicate === null ? {} : await read(supposing.beside(each.predicate));
      const types = predicateTypesOf([each.type ?? ""]);
      return types.map((predicateType) => ({ ...base, predicateType, predicate }));
    }
  }
}

function verdictOf(
  each: AttachedInCase,
  { scan, policy: { summary, policy } }: Supposing,
): unknown {
  return verificationSummary({
    name: repositoryName(scan.artifact),
    digest: scan.artifact.digest ?? NO_DIGEST,
    policy: { name: each.policy ?? summary.name, digest: summary.digest },
    stage: "build",
    outcome: each.outcome,
    maxAgeHours: policy.maxAgeHours,
    verifiedAt: scan.scannedAt,
    version,
  });
}

async function read(path: string): Promise<unknown> {
  const { bytes } = await readNamed("predicate", path);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new AppError("document-invalid", `cannot read ${JSON.stringify(path)}: it is not JSON`, {
      subject: path,
      cause,
    });
  }
}
