import { asObject, type JsonObject, member } from "../../../formats/json-object.ts";
import { textOf } from "../shared/json-value.ts";

const LICENSES_MAX = 50;

/**
 * Licences of a package.json, in each of the forms that its history has: a text; an object with `type`; lists of both, under
 * `license` or `licenses`.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/package-json "license"
 */
export function declaredLicenses(manifest: JsonObject): string[] {
  const current = licensesOf(member(manifest, "license"));
  return current.length > 0 ? current : licensesOf(member(manifest, "licenses"));
}

function licensesOf(declared: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(declared)
    ? declared.slice(0, LICENSES_MAX)
    : [declared];
  return items.map(licenseOf).filter((license) => license !== "");
}

function licenseOf(item: unknown): string {
  if (typeof item === "string") return item;
  const object = asObject(item);
  if (object === null) return "";
  return textOf(object, "type") || textOf(object, "name") || textOf(object, "url");
}
