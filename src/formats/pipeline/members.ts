// Texts, variables and permissions out of the plain objects of a pipeline, each with what expressions are in it.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { Condition, Permissions, Template, Variable } from "../../model/pipeline.ts";
import { type Gaps, isPlain, kindOf, membersAt, type Place } from "../workload/facts.ts";
import { conditionOf, templateOf } from "./template.ts";

/** A text, or what is written as a number or a truth value and becomes one; null when there is none. Anything else is a gap. */
export function templateAt({ value, at }: Place, name: string, gaps: Gaps): Template | null {
  return templateIn(value?.[name], `${at}/${name}`, gaps);
}

/** The same for a value that is at hand. */
export function templateIn(found: unknown, at: string, gaps: Gaps): Template | null {
  if (found === undefined || found === null) return null;
  if (typeof found === "string") return templateOf(found, at);
  if (typeof found !== "object") return templateOf(String(found), at);
  gaps.push(unknown(at, `it is ${kindOf(found)}, not a text`));
  return null;
}

/** One text, or several in a list. */
export function templatesAt(place: Place, name: string, gaps: Gaps): Template[] {
  const found = place.value?.[name];
  if (!Array.isArray(found)) {
    const one = templateAt(place, name, gaps);
    return one === null ? [] : [one];
  }
  return found.flatMap((item: unknown, i) => {
    const one = templateIn(item, `${place.at}/${name}/${i}`, gaps);
    return one === null ? [] : [one];
  });
}

export function conditionAt({ value, at }: Place, name: string, gaps: Gaps): Condition | null {
  const found = templateIn(value?.[name], `${at}/${name}`, gaps);
  return found === null ? null : conditionOf(found.value, found.at);
}

/** A mapping of names to texts. */
export function variablesAt(place: Place, name: string, gaps: Gaps): Variable[] {
  const found = place.value?.[name];
  // All of them may come out of one expression, as of a matrix.
  if (typeof found === "string") {
    const at = `${place.at}/${name}`;
    return [{ name: "*", value: templateOf(found, at), at }];
  }
  return membersAt(place, name, gaps).flatMap((member) => {
    const value = templateIn(member.value, member.at, gaps);
    return value === null ? [] : [{ name: member.name, value, at: member.at }];
  });
}

const ALL: ReadonlyMap<string, Permissions> = new Map([
  ["read-all", new Map([["*", "read"]])],
  ["write-all", new Map([["*", "write"]])],
]);

/** @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions */
export function permissionsAt({ value, at }: Place): Fact<Permissions> {
  const place = `${at}/permissions`;
  const found = value?.["permissions"];
  if (found === undefined) return ABSENT;
  // Nothing after the colon is a mapping without members: no rights.
  if (found === null) return known(new Map(), place);
  if (isPlain(found)) {
    const odd = Object.keys(found).find((name) => typeof found[name] !== "string");
    if (odd !== undefined) return unknown(`${place}/${odd}`, `the right ${odd} is no text`);
    return known(new Map(Object.keys(found).map((name) => [name, String(found[name])])), place);
  }
  const all = typeof found === "string" ? ALL.get(found) : undefined;
  if (all !== undefined) return known(all, place);
  return unknown(place, "permissions are neither rights nor read-all or write-all");
}

/** Names in a list, or one alone. */
export function namesAt({ value }: Place, name: string): string[] {
  const found = value?.[name];
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  return items.filter((item) => typeof item === "string");
}

/** The place of a member with a stranger's name. */
export function memberPlace({ at }: Place, name: string, value: unknown): Place {
  return { value: isPlain(value) ? value : null, at: pointerTo(at, name) };
}
