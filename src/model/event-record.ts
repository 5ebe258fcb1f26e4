// An event as a plain value: what is printed, sent between threads and kept, where the event itself is valid for a moment only.
import type { EventType } from "./event.ts";

export interface EventRecord {
  readonly type: EventType;
  /** RFC 3339, UTC, nanoseconds. */
  readonly time: string;
  readonly number: number;
  readonly pid: number;
  readonly tid: number;
  readonly process: string;
  readonly executable: string;
  readonly command: string;
  readonly user: number;
  readonly parent: string | null;
  readonly parentPid: number;
  readonly container: {
    readonly id: string;
    readonly name: string | null;
    readonly image: string | null;
    /** Why something of it is not known; null where nothing is amiss. */
    readonly problem: string | null;
  } | null;
  readonly result: number | null;
  /** The name of the error where the call failed: `ENOENT`. */
  readonly error: string | null;
  /** What it was about: a file, a connection; null for what has none. */
  readonly subject: string | null;
  /** The second name of a call with two: what a file is called from now on, or what a link leads to. */
  readonly secondName: string | null;
  /** Where that really lies; null where it is the same. */
  readonly realPath: string | null;
  /** Enforcement ended the process. */
  readonly killed: boolean;
  /** It made memory executable that is in no file, where something is enforced: told once a process. */
  readonly memoryCode: boolean;
}
