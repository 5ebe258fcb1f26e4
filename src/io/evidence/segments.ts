// The files of an evidence log: `evidence-000001.jsonl` and so on, one chain over all of them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../error-code.ts";

/** A file of the log. */
export interface Segment {
  /** From 1. */
  readonly number: number;
  readonly path: string;
}

const NAME = /^evidence-(\d{6,12})\.jsonl$/;

/** The files that are there, in order. A folder that does not exist has none. @throws The error of the file system. */
export function segmentsIn(folder: string): Segment[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  return names
    .flatMap((name) => {
      const number = NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), path: join(folder, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `evidence-${String(number).padStart(6, "0")}.jsonl`);
}
