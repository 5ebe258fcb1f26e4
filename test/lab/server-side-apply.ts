// What server-side apply does with an object, as its documentation says: fields have managers; who applies owns what it sets, loses
// what it no longer sets, and is refused where another owns a field with another value. Lists whose items all have a name are
// merged by it; other lists are one value.
// @see https://kubernetes.io/docs/reference/using-api/server-side-apply/

export type Members = Record<string, unknown>;

/** By path of a field: who set it. */
export type Managers = Map<string, string>;

export interface Applied {
  readonly object: Members;
  readonly managers: Managers;
  /** `conflict with "kubectl": .spec.replicas`; null when there is none. */
  readonly conflict: string | null;
}

/** Applies what `manager` wants to what is there. */
export function applied(
  known: Members,
  owners: Managers,
  wanted: Members,
  { manager, isForced }: { readonly manager: string; readonly isForced: boolean },
): Applied {
  const before = fieldsOf(known);
  const sets = fieldsOf(wanted);
  const managers = new Map(owners);
  const conflicts: string[] = [];
  const after = new Map(before);
  for (const [path, value] of sets) {
    const owner = managers.get(path) ?? manager;
    if (owner !== manager && before.get(path) !== value)
      conflicts.push(`"${owner}": ${shown(path)}`);
    after.set(path, value);
    managers.set(path, manager);
  }
  for (const [path, owner] of owners) {
    if (owner !== manager || sets.has(path)) continue;
    after.delete(path);
    managers.delete(path);
  }
  const conflict =
    conflicts.length === 0 || isForced
      ? null
      : `Apply failed with ${conflicts.length} conflict: conflict with ${conflicts.join(", ")}`;
  return { object: objectOf(after), managers, conflict };
}

/** Who changes an object in another way owns what it changed. */
export function changed(before: Members, after: Members, owners: Managers, who: string): Managers {
  const old = fieldsOf(before);
  const fields = fieldsOf(after);
  const managers = new Map([...owners].filter(([path]) => fields.has(path)));
  for (const [path, value] of fields) if (old.get(path) !== value) managers.set(path, who);
  return managers;
}

/** A member by its name, or an item of a list by its name. */
type Key = string | { readonly item: string };

/** Leaves by path, both as JSON. */
function fieldsOf(object: Members): Map<string, string> {
  const fields = new Map<string, string>();
  const walk = (value: unknown, keys: readonly Key[]): void => {
    if (isMap(value)) for (const [key, item] of Object.entries(value)) walk(item, [...keys, key]);
    else if (isNamed(value))
      for (const item of value) walk(item, [...keys, { item: String(item["name"]) }]);
    else fields.set(JSON.stringify(keys), JSON.stringify(value));
  };
  walk(object, []);
  return fields;
}

/** `.spec.containers[webhook].image` */
function shown(path: string): string {
  const keys = JSON.parse(path) as Key[];
  return keys.map((key) => (typeof key === "string" ? `.${key}` : `[${key.item}]`)).join("");
}

function objectOf(fields: ReadonlyMap<string, string>): Members {
  const top: Members = {};
  for (const [path, json] of fields) put(top, JSON.parse(path) as Key[], JSON.parse(json));
  return top;
}

function put(top: Members, keys: readonly Key[], value: unknown): void {
  let place: unknown = top;
  for (const [i, key] of keys.entries()) {
    const next = keys[i + 1];
    if (typeof key !== "string") place = itemOf(place as Members[], key.item);
    else place = memberOf(place as Members, key, next === undefined ? value : empty(next));
  }
}

function empty(next: Key): unknown {
  return typeof next === "string" ? {} : [];
}

function memberOf(map: Members, key: string, value: unknown): unknown {
  if (!Object.hasOwn(map, key)) map[key] = value;
  return map[key];
}

function itemOf(list: Members[], name: string): Members {
  const known = list.find((one) => one["name"] === name);
  if (known !== undefined) return known;
  const item = { name };
  list.push(item);
  return item;
}

function isMap(value: unknown): value is Members {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  );
}

function isNamed(value: unknown): value is Members[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item: unknown) => isMap(item) && typeof item["name"] === "string")
  );
}
