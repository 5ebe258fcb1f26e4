// What whoever decides about admission tells Prometheus about itself.
import { Histogram, prometheusText } from "../formats/prometheus.ts";
import type { Admission } from "./admission.ts";

/** What is true at the time of asking. */
export interface AdmissionState {
  readonly counts: Admission["counts"];
  /** Decisions that could not be recorded as evidence. */
  readonly unrecorded: number;
  /** null where there are none to keep. */
  readonly certificates: {
    /** When the one that is served ends, in seconds since 1970; null without one. */
    readonly servedUntil: number | null;
    /** How often they, or the configuration, could not be kept. */
    readonly failures: number;
  } | null;
}

/** One that was answered. */
export interface Observed {
  /** What the policy says. */
  readonly outcome: string;
  readonly allowed: boolean;
  readonly seconds: number;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export class AdmissionMetrics {
  readonly #reviews = new Map<string, number>();
  readonly #seconds = new Histogram(SECONDS);

  observe({ outcome, allowed, seconds }: Observed): void {
    const key = `${outcome} ${allowed}`;
    this.#reviews.set(key, (this.#reviews.get(key) ?? 0) + 1);
    this.#seconds.observe(seconds);
  }

  text({ counts, unrecorded, certificates }: AdmissionState): string {
    const reviews = [...this.#reviews].map(([key, value]) => {
      const [outcome = "", allowed = ""] = key.split(" ");
      return { labels: { outcome, allowed }, value };
    });
    const until = certificates?.servedUntil ?? null;
    const one = (value: number): readonly { value: number }[] => [{ value }];
    const metrics = prometheusText([
      {
        name: "bulwark_admission_reviews_total",
        help: "Reviews answered, by what the policy says and whether it was allowed.",
        type: "counter",
        samples: reviews,
      },
      {
        name: "bulwark_admission_image_verdicts_total",
        help: "Verdicts about images: at hand, asked for, and not told.",
        type: "counter",
        samples: (["hits", "asked", "failed"] as const).map((how) => ({
          labels: { how },
          value: counts[how],
        })),
      },
      {
        name: "bulwark_admission_image_verdicts_known",
        help: "Verdicts about images that are kept.",
        type: "gauge",
        samples: one(counts.known),
      },
      {
        name: "bulwark_admission_unrecorded_total",
        help: "Decisions that could not be recorded as evidence.",
        type: "counter",
        samples: one(unrecorded),
      },
      {
        name: "bulwark_admission_upkeep_failures_total",
        help: "Times that certificates or the webhook's configuration could not be kept.",
        type: "counter",
        samples: certificates === null ? [] : one(certificates.failures),
      },
      {
        name: "bulwark_admission_certificate_expiry_seconds",
        help: "When the certificate that is served ends, in seconds since 1970.",
        type: "gauge",
        samples: until === null ? [] : one(until),
      },
    ]);
    const name = "bulwark_admission_review_duration_seconds";
    return metrics + this.#seconds.text(name, "How long reviews took to answer.");
  }
}
