// An admission that lives for months: what it was read from is read again, and counts from then on.
import { reasonOf } from "../kit/error.ts";
import type { Workload } from "../model/workload.ts";
import { type Admission, type AdmissionRequest, openAdmission } from "./admission.ts";
import type { Surroundings } from "./surroundings.ts";

const LOOK_MS = 10_000;

/** An admission that follows its files. To be stopped by who opened it. */
export interface WatchedAdmission extends Admission {
  stop(): void;
}

/**
 * Opens an admission and looks at its files every ten seconds. When one has changed (policy, trust, keys, exceptions, overrides) the
 * new ones count and every verdict is asked for anew; files that cannot be read are told, and the old ones go on counting.
 *
 * @throws {AppError} as {@link openAdmission}, for the first reading alone.
 */
export async function watchedAdmission(
  request: AdmissionRequest,
  surroundings: Surroundings,
  lookMs: number = LOOK_MS,
): Promise<WatchedAdmission> {
  let current = await openAdmission(request, surroundings);
  // What was found without being named is named from now on: if it goes away, that is a fault and not another policy.
  const named = {
    ...request,
    policy: request.policy ?? current.policy.path ?? current.policy.name,
  };
  let lastFault = "";
  const look = async (): Promise<void> => {
    try {
      const warnings: string[] = [];
      const warn = (text: string): void => void warnings.push(text);
      const next = await openAdmission(named, { ...surroundings, warn });
      lastFault = "";
      if (next.fingerprint === current.fingerprint) return;
      // Said once, when it begins to matter.
      for (const text of warnings) surroundings.warn(text);
      current = next;
    } catch (error) {
      const fault = reasonOf(error);
      if (fault !== lastFault) surroundings.warn(`what was read before goes on counting: ${fault}`);
      lastFault = fault;
    }
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  }, lookMs);
  timer.unref();
  return {
    get policy() {
      return current.policy;
    },
    get asksAboutImages() {
      return current.asksAboutImages;
    },
    get counts() {
      return current.counts;
    },
    get fingerprint() {
      return current.fingerprint;
    },
    decide: (workload: Workload, images?: Workload) => current.decide(workload, images),
    stop: () => clearInterval(timer),
  };
}
