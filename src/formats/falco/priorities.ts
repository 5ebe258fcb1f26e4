import type { AlertPriority } from "../../model/alert.ts";

/** The most urgent first. */
export const PRIORITIES: readonly AlertPriority[] = [
  "Emergency",
  "Alert",
  "Critical",
  "Error",
  "Warning",
  "Notice",
  "Informational",
  "Debug",
];

/** By its name as Falco takes it, in capitals or not; null for what is none. */
export function priorityNamed(name: string): AlertPriority | null {
  const wanted = name.toLowerCase();
  if (wanted === "info") return "Informational";
  return PRIORITIES.find((one) => one.toLowerCase() === wanted) ?? null;
}
