// What a rule says about one event, and what becomes of many that have the same cause.

/** As Falco has them, the most urgent first. */
export const ALERT_PRIORITIES = [
  "Emergency",
  "Alert",
  "Critical",
  "Error",
  "Warning",
  "Notice",
  "Informational",
  "Debug",
] as const;

export type AlertPriority = (typeof ALERT_PRIORITIES)[number];

/** Whether a priority is as urgent as another, or more. */
export function isAtLeast(priority: AlertPriority, least: AlertPriority): boolean {
  return ALERT_PRIORITIES.indexOf(priority) <= ALERT_PRIORITIES.indexOf(least);
}

/** The value of a field of the output; null where the event had none (`<NA>`). */
export type AlertValue = string | number | boolean | null;

/** One event of which a rule says that somebody ought to know it. */
export interface Alert {
  readonly rule: string;
  readonly priority: AlertPriority;
  /** `syscall`, `k8s_audit`, or what a plugin calls its own. */
  readonly source: string;
  /** RFC 3339, UTC, nanoseconds where the sensor had them. */
  readonly time: string;
  readonly hostname: string;
  /** The sentence for people. */
  readonly output: string;
  /** By the rule language's names: `proc.name`, `container.image.repository`, `fd.name`. */
  readonly fields: Readonly<Record<string, AlertValue>>;
  readonly tags: readonly string[];
  /** Who observed it. */
  readonly sensor: "bulwark" | "falco" | "tetragon";
}

/** The text of a field; null where it is absent, empty, or what printers put for nothing. */
export function fieldText(alert: Alert, name: string): string | null {
  const value = Object.hasOwn(alert.fields, name) ? alert.fields[name] : undefined;
  if (value === undefined || value === null || value === "" || value === "<NA>") return null;
  return String(value);
}

/** Why alerts came: the same rule, image, executable and subject, whichever process it was. */
export interface AlertCause {
  readonly rule: string;
  readonly priority: AlertPriority;
  /** With its digest where that is known, else with its tag; null for the host. */
  readonly image: string | null;
  /** Where the executable lies, else the name of the process; null where the alert tells neither. */
  readonly executable: string | null;
  readonly parent: string | null;
  /** The file or the server's port, numbers in it replaced by `*`; null where it was about neither. */
  readonly subject: string | null;
  /** The namespace of its pod, else null. */
  readonly namespace: string | null;
}

/** All alerts of one cause. */
export interface AlertGroup {
  /** Stable as long as the cause is the same: twelve hexadecimal digits. */
  readonly id: string;
  readonly cause: AlertCause;
  readonly count: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
  /** The first of them. */
  readonly example: Alert;
  /** Containers it was seen in, by id or pod; at most ten. */
  readonly containers: readonly string[];
  /** What an exception would have to name, each combination once; null when there were too many different ones. */
  readonly observed: readonly Readonly<Record<string, string>>[] | null;
}
