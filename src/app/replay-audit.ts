// Rules over the audit log of an API server: what the webhook would have told, out of files.
import { RECORDING_MAGIC } from "../formats/sensor/recording.ts";
import { readAuditLogs } from "../io/audit-log.ts";
import { lookAt } from "../io/look.ts";
import { AppError } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import type { Problem } from "../model/problem.ts";
import { AuditWatch } from "./audit-watch.ts";
import { demandUsable } from "./rule-watch.ts";
import { readRuleFiles } from "./rules.ts";
import type { Surroundings } from "./surroundings.ts";

/** Whether something that is to be replayed was recorded by the sensor, or is something else that is there: a log, a folder of logs. */
export async function isRecording(path: string): Promise<boolean> {
  if (path === "-") return false;
  const look = await lookAt(path);
  if (look.kind === "folder") return false;
  return (
    look.kind === "nothing" || look.head.subarray(0, RECORDING_MAGIC.length).equals(RECORDING_MAGIC)
  );
}

/** What logs held. */
export interface ReplayedAudit {
  readonly events: number;
  readonly problems: readonly Problem[];
}

/**
 * Asks the rules of each event of an audit log, in order.
 *
 * @param path A file, a folder of them, or `-` for standard input; compressed or not, as API servers or clouds write them.
 * @throws {AppError} `usage` without rules; `not-found`, `unreadable`; `document-invalid` when nothing in it is an audit event.
 */
export async function replayAudit(
  path: string,
  rules: readonly string[],
  { surroundings, alert }: { surroundings: Surroundings; alert: (alert: Alert) => void },
): Promise<ReplayedAudit> {
  if (rules.length === 0)
    throw new AppError("document-invalid", `${JSON.stringify(path)} is no recording of events`, {
      hint: "make one with bulwark watch --record FILE; for an audit log of Kubernetes give --rules FILE, too",
    });
  const texts = await readRuleFiles(rules);
  demandUsable(texts, surroundings);
  const watch = new AuditWatch(texts, "", alert);
  const reader = {
    add: (...[event, json]: Parameters<AuditWatch["see"]>): void => watch.see(event, json),
    isNew: () => true,
  };
  const { problems } = await readAuditLogs([path], reader, surroundings);
  if (watch.events > 0) return { events: watch.events, problems };
  throw new AppError(
    "document-invalid",
    `${JSON.stringify(path)} holds neither recorded events nor audit events`,
    { hint: "make a recording with bulwark watch --record FILE" },
  );
}
