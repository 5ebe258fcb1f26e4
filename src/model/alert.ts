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
  /** Of how many it is told; absent for one that is told by itself. */
  readonly repeats?: AlertRepeats;
  /** What earlier scans of the image knew of the executable; absent where there was none. */
  readonly origin?: AlertOrigin;
}

/** Several alerts of one cause that are told as one: as the last of them. */
export interface AlertRepeats {
  /** Of the cause, as {@link AlertGroup.id}. */
  readonly cause: string;
  readonly count: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
}

/** Where an executable comes from. */
export interface AlertOrigin {
  /** The image whose file index was asked. */
  readonly digest: string;
  /** The package that it belongs to, as `deb/openssl`; null when the image has it of no package. */
  readonly package: string | null;
  /** The image has no such file: it was brought in. */
  readonly isForeign: boolean;
  /** Vulnerabilities that the last scan found in that package, by severity; null when no scan was kept. */
  readonly findings: Readonly<Record<string, number>> | null;
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
  /** The file or the server's port, numbers in it replaced by `*`, or which behaviour; null where it was about none of them. */
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
