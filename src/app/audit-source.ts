// The second source of watching: an API server's audit events, and the rules that are asked of them.
import { hostName } from "../io/host-accounts.ts";
import { AppError } from "../kit/error.ts";
import type { AlertDesk } from "./alert-desk.ts";
import { AuditWatch } from "./audit-watch.ts";
import {
  type AuditReceived,
  type AuditWebhookRequest,
  startAuditWebhook,
} from "./audit-webhook.ts";
import { loadRules, type RuleText } from "./rules.ts";

/** Enabled rules by what they are asked of. */
export interface RulesBySource {
  readonly forSensor: number;
  readonly forAudit: number;
}

export function rulesBySource(texts: readonly RuleText[]): RulesBySource {
  const { sensor, audit } = loadRules(texts);
  return {
    forSensor: sensor.rules.filter(({ rule }) => rule.isEnabled).length,
    forAudit: audit.rules.filter(({ rule }) => rule.isEnabled).length,
  };
}

/** To be ended by who made it. */
export interface AuditSource {
  readonly url: string;
  readonly rules: RulesBySource;
  /** Other rules, and certificates that may have been renewed. */
  use(rules: readonly RuleText[]): Promise<void>;
  received(): AuditReceived;
  end(): Promise<void>;
}

/**
 * Listens where it is asked to; null where it is not.
 *
 * @throws {AppError} `usage` when no rule is over audit events; what {@link startAuditWebhook} throws.
 */
export async function auditSource(
  request: AuditWebhookRequest | null,
  rules: readonly RuleText[],
  desk: AlertDesk,
): Promise<AuditSource | null> {
  if (request === null) return null;
  const bySource = rulesBySource(rules);
  if (bySource.forAudit === 0)
    throw new AppError("usage", "cannot take audit events: no rule is over them", {
      hint: "as in --rules k8s_audit_rules.yaml, whose rules have source: k8s_audit",
    });
  const watchOf = (texts: readonly RuleText[]): AuditWatch =>
    new AuditWatch(texts, hostName(), (alert) => desk.take(alert));
  let watch = watchOf(rules);
  const webhook = await startAuditWebhook(request, () => watch);
  const scheme = request.tls === null ? "http" : "https";
  const host = request.host.includes(":") ? `[${request.host}]` : request.host;
  return {
    url: `${scheme}://${host}:${webhook.port}/`,
    rules: bySource,
    use: async (texts) => {
      watch = watchOf(texts);
      await webhook.renew();
    },
    received: () => webhook.received(),
    end: () => webhook.end(),
  };
}
