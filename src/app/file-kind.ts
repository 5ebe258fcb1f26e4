// Kinds of files that have something to check in them.
import type { ObjectFile } from "../formats/object-file.ts";
import type { Digest } from "../model/digest.ts";
import type { Problem } from "../model/problem.ts";
import type { Answered } from "../stages/check/findings.ts";
import type { Surroundings } from "./surroundings.ts";

/** A subject, where it was read, and how its pointers become places. */
export type ReadSubject = Omit<Answered, "answers">;

/** A kind of file with something to check in it. */
export interface FileKind {
  /** By the path alone, as in a folder of anything. */
  readonly wants: (path: string) => boolean;
  /**
   * null when the file is not one of this kind after all.
   *
   * @param isNamed Whether somebody named this very file: then it is meant, whatever it looks like.
   * @throws {AppError} `config-invalid` with the line, `limit-exceeded`.
   */
  readonly read: (file: NamedBytes, surroundings: Surroundings) => Promise<ReadSubject[] | null>;
}

export interface NamedBytes {
  readonly path: string;
  readonly bytes: Buffer;
  readonly isNamed: boolean;
  /** Of the bytes. */
  readonly digest: () => Digest;
  /** Says what could not be read of it, while the rest could. */
  readonly miss: (problem: Problem) => void;
}

/** Says what cannot be read in a file of objects. @returns whether that is nothing. */
export async function missFaults(
  { faults }: ObjectFile,
  path: string,
  miss: NamedBytes["miss"],
): Promise<boolean> {
  if (faults.length === 0) return true;
  const { faultText } = await import("../formats/object-file.ts");
  for (const fault of faults)
    miss({ code: "configuration-unreadable", detail: faultText(fault, path), path });
  return false;
}
