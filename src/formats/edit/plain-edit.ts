// Edits of plain values: what a document says after an edit, to compare what was written with.
import { pointerKeys } from "../../kit/json-pointer.ts";
import type { Edit } from "../../model/edit.ts";

type DocumentEdit = Exclude<Edit, { kind: "text" }>;
type Members = Record<string, unknown>;

/** A copy of a document's value with edits made, one after the other. */
export function edited(value: unknown, edits: readonly DocumentEdit[]): unknown {
  const holder: Members = { document: structuredClone(value) };
  for (const edit of edits) make(edit, holder);
  return holder["document"];
}

function make(edit: DocumentEdit, holder: Members): void {
  const keys = ["document", ...pointerKeys(edit.at)];
  const last = keys.pop() ?? "";
  let at: unknown = holder;
  for (const key of keys) at = memberOf(at, key, edit.kind !== "remove");
  if (typeof at !== "object" || at === null) return;
  const parent = at as Members;
  if (edit.kind === "remove") remove(parent, last);
  else if (edit.kind === "set") define(parent, last, edit.value);
  else {
    const list = Object.hasOwn(parent, last) ? parent[last] : null;
    if (Array.isArray(list)) list.push(edit.value);
    else define(parent, last, [edit.value]);
  }
}

/** The member under a key; one that is missing is made, when it is to be. */
function memberOf(at: unknown, key: string, isMade: boolean): unknown {
  if (typeof at !== "object" || at === null) return null;
  const object = at as Members;
  const found = Object.hasOwn(object, key) ? object[key] : undefined;
  if ((found !== undefined && found !== null) || !isMade) return found;
  const made: Members = {};
  define(object, key, made);
  return made;
}

/** A stranger's key may be `__proto__`. */
function define(object: Members, key: string, value: unknown): void {
  const isOwn = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(object, key, isOwn);
}

function remove(parent: Members | unknown[], key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Whether two documents say the same, whatever the order of members. Parts that aliases repeat are compared once. */
export function sameValue(
  one: unknown,
  other: unknown,
  seen: Map<object, Set<object>> = new Map(),
): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return Object.is(one, other);
  const known = seen.get(one) ?? new Set();
  if (known.has(other)) return true;
  seen.set(one, known.add(other));
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, theirs] = [Object.keys(one), Object.keys(other)];
  return (
    mine.length === theirs.length &&
    mine.every(
      (key) =>
        Object.hasOwn(other, key) &&
        sameValue((one as Members)[key], (other as Members)[key], seen),
    )
  );
}
