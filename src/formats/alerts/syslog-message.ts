// An alert as a message of syslog. @see RFC 5424, section 6
import type { Alert, AlertPriority } from "../../model/alert.ts";
import { falcoLine } from "./falco-alert.ts";

/** Severities of syslog are the priorities by their order (section 6.2.1). */
const SEVERITIES: Readonly<Record<AlertPriority, number>> = {
  Emergency: 0,
  Alert: 1,
  Critical: 2,
  Error: 3,
  Warning: 4,
  Notice: 5,
  Informational: 6,
  Debug: 7,
};
/** `authpriv`: what concerns security, and not everybody is to read. */
const FACILITY = 10;
const HOSTNAME_MAX = 255;
const MSGID_MAX = 32;

/**
 * One message, with the alert as JSON behind the header; without a line end.
 *
 * @param pid Ours.
 */
export function syslogMessage(alert: Alert, pid: number): string {
  const pri = FACILITY * 8 + SEVERITIES[alert.priority];
  // The header takes microseconds, and nothing but printable ASCII without blanks.
  const time = alert.time.replace(/(\.\d{6})\d+/, "$1");
  const host = printUsAscii(alert.hostname, HOSTNAME_MAX);
  const id = printUsAscii(alert.rule.replace(/ /g, "_"), MSGID_MAX);
  return `<${pri}>1 ${time} ${host} bulwark ${pid} ${id} - ${falcoLine(alert)}`;
}

function printUsAscii(text: string, max: number): string {
  const clean = text.replace(/[^\x21-\x7e]/g, "").slice(0, max);
  return clean === "" ? "-" : clean;
}
