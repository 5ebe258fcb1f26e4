// Edits of YAML and JSON files in which every other letter stays: comments, order, quotes, line ends.
import { isAlias, visit, type YAMLMap } from "yaml";
import { AppError } from "../../kit/error.ts";
import { type Splice, withSplices } from "../../kit/splice.ts";
import type { Edit } from "../../model/edit.ts";
import { plainValue } from "../plain-yaml.ts";
import { readYamlNodes, type YamlTop } from "../yaml-nodes.ts";
import { edited, sameValue } from "./plain-edit.ts";
import { type Hindrance, spliceFor, type Written } from "./yaml-splice.ts";
import { styleOf } from "./yaml-style.ts";

/** An edit of one of the documents of a file, which are counted from 0; only those that are mappings count. */
export interface PlacedEdit {
  readonly document: number;
  readonly edit: Exclude<Edit, { kind: "text" }>;
}

export interface EditedText {
  readonly text: string;
  /** What was not done, and why. */
  readonly left: readonly { readonly edit: PlacedEdit; readonly reason: string }[];
}

/**
 * Makes the edits that can be made. The result is read again, and says what the text said but for the edits; one that would
 * change anything else is left.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` when the text is no YAML, `limit-exceeded`.
 */
export function editYaml(text: string, edits: readonly PlacedEdit[], path: string): EditedText {
  const left: { edit: PlacedEdit; reason: string }[] = [];
  let now = text;
  let pending: readonly PlacedEdit[] = [...edits].sort(itemsLast);
  let most = Number.POSITIVE_INFINITY;
  while (pending.length > 0) {
    const round = roundOf(now, pending, most, path);
    left.push(...round.left);
    if (isAsMeant(now, round.text, round.made, path)) {
      now = round.text;
      pending = round.later;
      most = Number.POSITIVE_INFINITY;
      continue;
    }
    const [culprit] = round.made;
    const others = [...round.made, ...round.later];
    // One by one, until the one that cannot be made is found.
    if (round.made.length > 1) pending = others;
    else if (culprit !== undefined) {
      left.push({ edit: culprit, reason: "it cannot be written so that it reads as it is meant" });
      pending = round.later;
    }
    most = 1;
  }
  return { text: now, left };
}

/** Items are taken away last, and from behind, so that the numbers in other pointers stay true. */
function itemsLast({ edit: one }: PlacedEdit, { edit: other }: PlacedEdit): number {
  const [mine, theirs] = [numberIn(one), numberIn(other)];
  if (mine === null || theirs === null) return (mine === null ? 0 : 1) - (theirs === null ? 0 : 1);
  return theirs - mine;
}

function numberIn({ kind, at }: PlacedEdit["edit"]): number | null {
  const [, digits] = kind === "remove" ? (/\/(\d{1,9})$/.exec(at) ?? []) : [];
  return digits === undefined ? null : Number(digits);
}

interface Round {
  readonly text: string;
  readonly made: readonly PlacedEdit[];
  readonly later: readonly PlacedEdit[];
  readonly left: EditedText["left"];
}

/** Makes those edits that have nothing to do with one another, as of one reading of the text. */
function roundOf(text: string, edits: readonly PlacedEdit[], most: number, path: string): Round {
  const { documents } = readYamlNodes(text, path);
  const written = documents.map((document) => writtenOf(text, document));
  const made: PlacedEdit[] = [];
  const later: PlacedEdit[] = [];
  const left: { edit: PlacedEdit; reason: string }[] = [];
  const splices: Splice[] = [];
  // While another edit waits, the items that its pointer counts stay.
  const waits = (edit: PlacedEdit): boolean =>
    made.length >= most || (later.length > 0 && numberIn(edit.edit) !== null);
  for (const edit of edits) {
    const top = documents[edit.document]?.top;
    const context = written[edit.document];
    const splice = splicedIn(edit, top, context);
    if (splice === null) continue;
    if ("reason" in splice) left.push({ edit, reason: splice.reason });
    else if (waits(edit) || splices.some((other) => touches(splice, other))) later.push(edit);
    else {
      splices.push(splice);
      made.push(edit);
    }
  }
  return { text: withSplices(text, splices), made, later, left };
}

function splicedIn(
  { edit }: PlacedEdit,
  top: YAMLMap | undefined,
  written: Written | undefined,
): Splice | Hindrance | null {
  if (top === undefined || written === undefined)
    return { reason: "the file has no such document" };
  return spliceFor(edit, top, written);
}

function writtenOf(text: string, { top }: YamlTop): Written {
  const shared = new Set<string>();
  visit(top, (_, node) => {
    if (isAlias(node)) shared.add(node.source);
  });
  return { text, shared, style: styleOf(text, top, isJson(text)) };
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text.slice(0, 1000))) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function touches(one: Splice, other: Splice): boolean {
  return one.start <= other.end && other.start <= one.end;
}

function isAsMeant(
  before: string,
  after: string,
  made: readonly PlacedEdit[],
  path: string,
): boolean {
  if (made.length === 0) return true;
  const wanted = valuesIn(before, path)?.map((value, document) => {
    const own = made.filter((edit) => edit.document === document).map(({ edit }) => edit);
    return own.length === 0 ? value : edited(value, own);
  });
  const values = valuesIn(after, path);
  if (wanted === undefined || values === undefined || values.length !== wanted.length) return false;
  return values.every((value, i) => sameValue(value, wanted[i]));
}

function valuesIn(text: string, path: string): unknown[] | undefined {
  try {
    return readYamlNodes(text, path).documents.map(plainValue);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
