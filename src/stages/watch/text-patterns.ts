// What conditions ask of a text, as patterns of its characters: for texts of ASCII, of which characters are bytes.
import type { BinaryOperator } from "../../formats/falco/condition.ts";

/** One character out of some, or any number of them. */
export interface Step {
  readonly characters: string;
  readonly isMany: boolean;
}

/** Fits a whole text. */
export type Pattern = readonly Step[];

/** What is asked about: a path, the directory it is in (all before the last slash), or its last name. */
export type TextPart = "whole" | "directory" | "last";

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("");
const SLASH: Step = { characters: "/", isMany: false };
const SLASHES: Step = { characters: "/", isMany: true };
const ANYTHING: Step = { characters: ASCII, isMany: true };
const NAME: Step = { characters: ASCII.replace("/", ""), isMany: true };

type Shape = (value: string) => readonly Pattern[] | null;

const equal: Shape = (value) => [literal(value)];
const SHAPES: ReadonlyMap<BinaryOperator, Shape> = new Map<BinaryOperator, Shape>([
  ["=", equal],
  ["==", equal],
  ["!=", equal],
  ["in", equal],
  ["intersects", equal],
  ["startswith", (value) => [[...literal(value), ANYTHING]]],
  ["endswith", (value) => [[ANYTHING, ...literal(value)]]],
  ["contains", (value) => [[ANYTHING, ...literal(value), ANYTHING]]],
  ["icontains", (value) => [[ANYTHING, ...literal(value).map(eitherCase), ANYTHING]]],
  ["glob", (value) => (isSimple(value) ? [globbed(value, ASCII)] : null)],
  ["pmatch", below],
]);

/**
 * Patterns that tell texts apart as an operator with these values does: it answers alike for two texts that fit the same of them.
 *
 * @returns Null for what patterns cannot tell.
 */
export function patternsOf(
  operator: BinaryOperator,
  values: readonly string[],
  part: TextPart,
): readonly Pattern[] | null {
  const shape = SHAPES.get(operator);
  if (shape === undefined) return null;
  const patterns: Pattern[] = [];
  for (const value of values) {
    // No text of ASCII has what is beyond it.
    if (!/^\p{ASCII}*$/u.test(value)) continue;
    const shaped = shape(value);
    if (shaped === null) return null;
    patterns.push(...shaped.flatMap((pattern) => inWhole(pattern, part)));
  }
  return patterns;
}

function literal(value: string): Step[] {
  return [...value].map((characters) => ({ characters, isMany: false }));
}

function eitherCase({ characters, isMany }: Step): Step {
  const [lower, upper] = [characters.toLowerCase(), characters.toUpperCase()];
  return { characters: lower === upper ? lower : lower + upper, isMany };
}

/** Without brackets, and without what takes the meaning from a character. */
function isSimple(pattern: string): boolean {
  return !/[[\\]/.test(pattern);
}

function globbed(pattern: string, any: string): Pattern {
  return [...pattern].map((character) =>
    character === "*" || character === "?"
      ? { characters: any, isMany: character === "*" }
      : { characters: character, isMany: false },
  );
}

/** Of `pmatch`: a path and all below it, however many slashes stand between its names. */
function below(path: string): readonly Pattern[] | null {
  if (!isSimple(path)) return null;
  const names = path.split("/").filter((name) => name !== "");
  // All paths are below the root.
  if (names.length === 0) return [];
  const steps = names.flatMap((name, i) => [
    ...(i === 0 ? [SLASHES] : [SLASH, SLASHES]),
    ...globbed(name, NAME.characters),
  ]);
  return [steps, [...steps, SLASH, ANYTHING]];
}

/**
 * From a pattern of a part to those of the whole. What has no slash is its own directory and its own last name; what is a directory
 * itself is its own, too.
 */
function inWhole(pattern: Pattern, part: TextPart): readonly Pattern[] {
  if (part === "whole") return [pattern];
  const ofName = withoutSlash(pattern);
  if (part === "directory") return [pattern, ...ofName, [...pattern, SLASH, NAME]];
  return ofName.flatMap((steps) => [steps, [ANYTHING, SLASH, ...steps]]);
}

/** Of texts that have none; of nothing where it needs one. */
function withoutSlash(pattern: Pattern): readonly Pattern[] {
  const steps = pattern.map(({ characters, isMany }) => ({
    characters: characters.replace("/", ""),
    isMany,
  }));
  return steps.some(({ characters, isMany }) => characters === "" && !isMany) ? [] : [steps];
}
