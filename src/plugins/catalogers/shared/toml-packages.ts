import {
  type DocumentValue,
  listOf,
  type ReadDocument,
  textOf,
} from "../../../formats/document.ts";
import { readTomlDocument } from "../../../formats/toml-document.ts";
import { utf8 } from "../../../kit/text.ts";
import type { PackageType } from "../../../model/package.ts";
import { onlyProblem, type Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "./declared.ts";

/** A lock file in TOML, taken apart. */
export interface TomlLock {
  readonly document: DocumentValue;
  /** The entries of `[[package]]`. */
  readonly packages: readonly DocumentValue[];
  readonly found: Declarations;
}

/**
 * Reads a lock file that keeps its packages in an array of tables.
 *
 * @param arrayName `package`, or what the format calls it.
 * @param add Adds the packages to `found`.
 */
export function readTomlLock(
  bytes: Uint8Array,
  { type, arrayName = "package" }: { readonly type: PackageType; readonly arrayName?: string },
  add: (lock: TomlLock) => void,
): Reading {
  const { value, damage }: ReadDocument = readTomlDocument(utf8(bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const found = new Declarations(type);
  const packages = listOf(value, arrayName);
  add({ document: value, packages, found });
  return found.reading();
}

/** Says that an entry comes from elsewhere and so has no version. */
export function unversioned(
  entry: DocumentValue,
  line: number | undefined,
  found: Declarations,
): void {
  found.unversioned(`line ${line ?? 0}: ${shown(textOf(entry, "name"))} has no version to compare`);
}
