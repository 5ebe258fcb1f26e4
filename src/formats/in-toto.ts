// in-toto statements: subjects by digest, and a predicate of a stated type about them.
// @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
import { Buffer } from "node:buffer";
import { complain, items, member, optionalText, parseJson, text, texts } from "./json-shape.ts";

export const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
export const STATEMENT_V01 = "https://in-toto.io/Statement/v0.1";

export interface StatementSubject {
  readonly name: string | null;
  /** Hex by algorithm: `sha256`, `gitCommit`, … */
  readonly digests: ReadonlyMap<string, string>;
}

export interface Statement {
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
  /** As it stands; who reads it knows its type. */
  readonly predicate: unknown;
}

const SUBJECTS_MAX = 10_000;

/** @throws {AppError} `signature-invalid`, naming the place. */
export function parseStatement(bytes: Uint8Array): Statement {
  const top = parseJson(bytes, { what: "in-toto statement", code: "signature-invalid" });
  const type = text(member(top, "_type"), 256);
  if (type !== STATEMENT_V1 && type !== STATEMENT_V01)
    complain(member(top, "_type"), "is not that of a statement that is known");
  const subjects = items(member(top, "subject"), SUBJECTS_MAX).map((entry) => ({
    name: optionalText(member(entry, "name"), 8192),
    digests: texts(member(entry, "digest"), 16),
  }));
  return {
    subjects,
    predicateType: text(member(top, "predicateType"), 1024),
    predicate: member(top, "predicate").value,
  };
}

/** A statement about one digest. */
export interface NewStatement {
  /** `sha256` in hex. */
  readonly sha256: string;
  /** The repository; signatures leave it out, attestations state it. */
  readonly name: string | null;
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** Writes a statement of version 1 where it has no name, and of 0.1 as cosign does for attestations where it has one. */
export function writeStatement({ sha256, name, predicateType, predicate }: NewStatement): Buffer {
  const subject = { ...(name === null ? {} : { name }), digest: { sha256 } };
  const statement = {
    _type: name === null ? STATEMENT_V1 : STATEMENT_V01,
    subject: [subject],
    predicateType,
    predicate,
  };
  return Buffer.from(JSON.stringify(statement), "utf8");
}
