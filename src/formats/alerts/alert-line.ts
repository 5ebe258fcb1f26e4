// One alert, whoever wrote it.
import type { Alert } from "../../model/alert.ts";
import { asObject } from "../json-object.ts";
import { readFalcoAlert } from "./falco-alert.ts";
import { readTetragonLine } from "./tetragon-alert.ts";

/** A value that is more than that when it is written is nobody's alert. */
export const ALERT_BYTES_MAX: number = 1 << 20;

/** What a JSON value of a sensor is. */
export type SensedValue =
  | { readonly kind: "alert"; readonly alert: Alert }
  /** A sensor's event that no rule or policy asked for. */
  | { readonly kind: "observation" }
  | { readonly kind: "stranger" };

const STRANGER: SensedValue = { kind: "stranger" };

/** Tells alerts of Falco and of ours, and Tetragon's, apart by what they hold. Never throws. */
export function readSensed(value: unknown): SensedValue {
  const of = asObject(value);
  if (of === null) return STRANGER;
  const alert = readFalcoAlert(of);
  if (alert !== null) return { kind: "alert", alert };
  return readTetragonLine(of) ?? STRANGER;
}
