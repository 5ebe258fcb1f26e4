import type { WatchedRecord } from "../model/watched-record.ts";

const SCHEMA: WatchedRecord["schema"] = "bulwark.dev/watched/v1";

/** Reads what was kept of a workload. @returns null for what is no such record, or of another version. */
export function readWatchedRecord(bytes: Uint8Array): WatchedRecord | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is WatchedRecord {
  const of = (name: string): unknown => memberOf(value, name);
  const texts = ["workload", "image", "digest"].every((name) => typeof of(name) === "string");
  const days = of("days");
  const isUsed = ["packages", "unowned"].every((name) =>
    Array.isArray(memberOf(of("inUse"), name)),
  );
  return (
    of("schema") === SCHEMA &&
    texts &&
    Array.isArray(days) &&
    days.every(isDay) &&
    isUsed &&
    Array.isArray(of("writes"))
  );
}

function isDay(value: unknown): boolean {
  const numbers = ["seconds", "lost", "unknown", "omitted"];
  return (
    numbers.every((name) => typeof memberOf(value, name) === "number") &&
    typeof memberOf(value, "day") === "string" &&
    Array.isArray(memberOf(value, "wouldHave"))
  );
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isObject ? Reflect.get(value, name) : undefined;
}
