// The certificates of a webhook, kept: made, renewed long before they end, and known to the API server before they are needed.
import { type CertificateFiles, servedUntil } from "../io/certificates/renew.ts";
import { type CertificateStore, currentCertificates } from "../io/certificates/stores.ts";
import type { ClusterApi } from "../io/kubernetes/api.ts";
import { keepCaBundle, WEBHOOK_KINDS } from "../io/kubernetes/ca-bundle.ts";
import { reasonOf } from "../kit/error.ts";
import type { Surroundings } from "./surroundings.ts";

export interface CertificatesRequest {
  readonly store: CertificateStore;
  /** By which the server is asked. */
  readonly names: readonly string[];
  /** Whose configurations are to know who vouches for us; null outside a cluster. */
  readonly api: ClusterApi | null;
  /** Of the webhook configurations. */
  readonly configuration: string;
  readonly everyMs: number;
}

/** To be stopped by who started it. */
export interface KeptCertificates {
  readonly current: CertificateFiles;
  /** Seconds since 1970. */
  readonly servedUntil: number | null;
  readonly failures: number;
  stop(): void;
}

/** How soon a configuration that is not there yet is looked for again; ever later. */
const SOON_MS = 1_000;

/**
 * Keeps certificates, and tells when they have changed.
 *
 * @throws {AppError} `cluster-failed`, `output-unwritable` the first time; later such things are warned of, and tried again.
 */
export async function keepCertificates(
  request: CertificatesRequest,
  changed: (files: CertificateFiles) => void,
  surroundings: Pick<Surroundings, "warn">,
): Promise<KeptCertificates> {
  const { store, names, everyMs } = request;
  let current = await currentCertificates(store, names, new Date());
  let failures = 0;
  let lastFault = "";
  const told = (error: unknown): void => {
    failures += 1;
    const fault = reasonOf(error);
    if (fault !== lastFault) surroundings.warn(`certificates are not kept: ${fault}`);
    lastFault = fault;
  };
  const look = async (): Promise<void> => {
    try {
      const next = await currentCertificates(store, names, new Date());
      const isOther =
        next["tls.crt"] !== current["tls.crt"] || next["tls.key"] !== current["tls.key"];
      current = next;
      if (isOther) changed(next);
      isKnown = await makeKnown(request, next);
      lastFault = "";
    } catch (error) {
      told(error);
    }
  };
  let isKnown = await makeKnown(request, current).catch((error: unknown) => {
    told(error);
    return false;
  });
  // An installation tells the cluster to ask us once we are there, and until it knows our certificate all is refused.
  let soonMs = SOON_MS;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const ms = isKnown ? everyMs : Math.min(soonMs, everyMs);
    soonMs = isKnown ? SOON_MS : Math.min(soonMs * 1.2, everyMs);
    timer = setTimeout(() => void look().finally(() => isStopped || wait()), ms);
  };
  let isStopped = false;
  wait();
  return {
    get current() {
      return current;
    },
    get servedUntil() {
      const until = servedUntil(current);
      return until === null ? null : until.getTime() / 1000;
    },
    get failures() {
      return failures;
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Into each configuration that there is. Another replica may be first; the next look finds that all is well.
 *
 * @returns Whether there is one, or nobody to know it.
 */
async function makeKnown(
  { api, configuration }: CertificatesRequest,
  { "ca.crt": bundle }: CertificateFiles,
): Promise<boolean> {
  if (api === null) return true;
  let isThere = false;
  for (const kind of WEBHOOK_KINDS) {
    const bundled = await keepCaBundle(api, { kind, name: configuration }, bundle);
    if (bundled !== "absent") isThere = true;
  }
  return isThere;
}
