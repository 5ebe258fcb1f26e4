// Rules over what an API server wrote down of requests: the second source beside the sensor.
import type { JsonObject } from "../formats/json-object.ts";
import { text } from "../formats/json-object.ts";
import type { Alert, AlertValue } from "../model/alert.ts";
import type { AuditEvent } from "../model/audit-event.ts";
import type { AuditRecord } from "../stages/watch/audit/fields.ts";
import type { RuleEngine } from "../stages/watch/engine.ts";
import type { PreparedRule } from "../stages/watch/prepare.ts";
import { loadRules, type RuleText } from "./rules.ts";

/** Audit rules at work. */
export class AuditWatch {
  readonly #engine: RuleEngine<AuditRecord>;
  readonly #host: string;
  readonly #told: (alert: Alert) => void;
  #events = 0;

  /** @param host Who received the events; "" for a log of another. */
  constructor(texts: readonly RuleText[], host: string, told: (alert: Alert) => void) {
    this.#engine = loadRules(texts).audit.engine("first");
    this.#host = host;
    this.#told = told;
  }

  /** How many events were asked of the rules. */
  get events(): number {
    return this.#events;
  }

  see(event: AuditEvent, json: JsonObject): void {
    this.#events += 1;
    const time = timeOf(event, json);
    const seconds = Math.floor(Date.parse(time) / 1000);
    const nanoseconds = Number((/\.(\d{1,9})/.exec(time)?.[1] ?? "").padEnd(9, "0"));
    const record: AuditRecord = { number: this.#events, seconds, nanoseconds, json };
    this.#engine.run(0, record, (rule) => this.#told(this.#alertOf(rule, record, { event, time })));
  }

  #alertOf(
    { rule, output }: PreparedRule<AuditRecord>,
    record: AuditRecord,
    { event, time }: { readonly event: AuditEvent; readonly time: string },
  ): Alert {
    const written = output(record);
    return {
      rule: rule.name,
      priority: rule.priority,
      source: rule.source,
      time,
      hostname: this.#host,
      output: written.text,
      fields: { ...requestOf(event, record.json as JsonObject), ...written.fields },
      tags: rule.tags,
      sensor: "bulwark",
    };
  }
}

/** When the stage was reached, as it is written: with the fraction that it has. */
function timeOf({ at }: AuditEvent, json: JsonObject): string {
  const written = text(json, "stageTimestamp");
  return Number.isNaN(Date.parse(written)) ? new Date(at ?? 0).toISOString() : written;
}

/** Who asked for what is told whatever the rule writes, and is what alerts are grouped by. */
function requestOf({ request, user }: AuditEvent, json: JsonObject): Record<string, AlertValue> {
  const { verb, resource, subresource, namespace, name } = request;
  const all = {
    "ka.auditid": text(json, "auditID"),
    "ka.user.name": user.name,
    "ka.verb": verb,
    "ka.target.resource": resource,
    "ka.target.subresource": subresource,
    "ka.target.namespace": namespace,
    "ka.target.name": name,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}
