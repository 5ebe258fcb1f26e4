// Verdicts about images for those who run them: an exception may be for one container alone, and what it lets through is let through
// for nobody else.
import type { ImageAnswer } from "../model/admission.ts";
import type { ConfigSubject } from "../model/finding.ts";
import type { Suppression } from "../model/suppression.ts";
import type { Workload } from "../model/workload.ts";
import { isOfUsers, isOfWorkload } from "../stages/decide/scope.ts";
import {
  type ImagesAsked,
  type ImageVerdicts,
  imageVerdicts,
  type VerdictCounts,
} from "./image-verdicts.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ExceptedImages {
  /** As {@link ImageVerdicts.of}, with the exceptions that are for all containers of a workload that run the image. */
  of(reference: string, workload: Workload): ImageAnswer | Promise<ImageAnswer>;
  readonly counts: VerdictCounts;
}

/** Of what is let through by different exceptions, so much is kept apart; beyond that, exceptions for containers do not count. */
const KEPT_APART_MAX = 100;

/** @param asked Fixed, as for {@link imageVerdicts}. */
export function exceptedImages(asked: ImagesAsked, surroundings: Surroundings): ExceptedImages {
  const exceptions = asked.question.exceptions ?? [];
  const forSome = exceptions.filter(({ names, scope }) => names === "rule" && isOfWorkload(scope));
  const forAll = exceptions.filter((exception) => !forSome.includes(exception));
  const verdictsWith = (some: readonly Suppression[]): ImageVerdicts => {
    const question = { ...asked.question, exceptions: [...forAll, ...some.map(forWhoever)] };
    return imageVerdicts({ ...asked, question }, surroundings);
  };
  const plain = verdictsWith([]);
  const apart = new Map<string, ImageVerdicts>();
  return {
    of: (reference, workload) => {
      if (forSome.length === 0) return plain.of(reference);
      const users = usersOf(reference, workload);
      const fitting = forSome.filter(({ scope }) => isOfUsers(scope, users));
      if (fitting.length === 0) return plain.of(reference);
      const key = fitting.map((exception) => forSome.indexOf(exception)).join(" ");
      const known = apart.get(key);
      if (known === undefined && apart.size >= KEPT_APART_MAX) return plain.of(reference);
      const verdicts = known ?? verdictsWith(fitting);
      apart.set(key, verdicts);
      return verdicts.of(reference);
    },
    get counts() {
      return [...apart.values()].map((one) => one.counts).reduce(sum, plain.counts);
    },
  };
}

/** Whoever it is for has been looked at. */
function forWhoever(exception: Suppression): Suppression {
  const { resource: _, container: __, ...scope } = exception.scope;
  return { ...exception, scope };
}

function usersOf(reference: string, workload: Workload): ConfigSubject[] {
  const { platform, kind, name, namespace, owner, containers } = workload;
  return containers
    .filter(({ image }) => image.state === "known" && image.value === reference)
    .map((container) => ({
      platform,
      kind,
      name,
      namespace,
      container: container.name,
      ...(owner === undefined ? {} : { owner }),
    }));
}

function sum(a: VerdictCounts, b: VerdictCounts): VerdictCounts {
  return {
    hits: a.hits + b.hits,
    asked: a.asked + b.asked,
    failed: a.failed + b.failed,
    known: a.known + b.known,
  };
}
