// What a part of an event says alone of many rules: of a file of this name, by this program, these may still match, and all others
// cannot. That is remembered with the part, so that an event whose parts are known is asked of few rules, and mostly of none.
import { recalled } from "../../kit/recall.ts";
import { type Bound, Bounds, type Screen, screenOf } from "./bounds.ts";
import type { FieldTable, FieldValue, LastingFields } from "./contract.ts";
import type { Node } from "./graph.ts";
import type { Leaf, SingleQuestion } from "./leaf.ts";
import { textScreen } from "./text-screen.ts";

/** So many conditions have a bit each in a small number. */
export const SCREENED_MAX = 30;

/** What screens are made of. */
export type ScreenTable<E> = Pick<FieldTable<E>, "texts" | "lasting">;

/** Each costs a look at every event. */
const SCREENS_MAX = 5;

/** Screens of these conditions, of which there are at most {@link SCREENED_MAX}: the most telling ones first. */
export function screensOf<E>(
  conditions: readonly Node<E>[],
  { texts = [], lasting }: ScreenTable<E>,
): readonly Screen<E>[] {
  const leaves = leavesOf(conditions);
  const screens: Screen<E>[] = [];
  const done = new Set<string>();
  for (const fields of texts) {
    const screen = textScreen(conditions, leaves, fields);
    if (screen === null) continue;
    screens.push(screen);
    for (const name of fields.parts.keys()) done.add(name);
  }
  const singles = fieldsOf(leaves).filter(({ term }) => !done.has(term.key));
  const isLasting = ({ term }: SingleQuestion<E>): boolean => lasting?.names.has(term.key) ?? false;
  const still = fieldScreens(conditions, singles.filter(isLasting));
  if (lasting !== undefined && still.length > 0) screens.push(lastingScreen(still, lasting));
  const others = singles.filter((single) => !isLasting(single));
  return [...screens, ...fieldScreens(conditions, others)];
}

/** The most telling fields alone. */
function fieldScreens<E>(
  conditions: readonly Node<E>[],
  singles: readonly SingleQuestion<E>[],
): readonly Screen<E>[] {
  const least = Math.max(1, conditions.length / 8);
  return singles
    .map((single) => {
      const known = new Bounds<E, FieldValue | null>((leaf) => ofField(leaf, single.term.key));
      const bounds = conditions.map((condition) => known.necessary(condition));
      const closed = bounds.filter((bound) => bound !== null).length;
      return { single, bounds, closed };
    })
    .filter(({ closed }) => closed >= least)
    .sort((a, b) => b.closed / b.single.term.cost - a.closed / a.single.term.cost)
    .slice(0, SCREENS_MAX)
    .map(({ single, bounds }) => fieldScreen(single, screenOf(bounds)));
}

function ofField<E>({ single }: Leaf<E>, key: string): Bound<FieldValue | null> | null {
  if (single === null || single.term.key !== key) return null;
  const { matcher } = single;
  return (value) => value !== null && matcher(value);
}

function fieldScreen<E>(
  { term, read }: SingleQuestion<E>,
  { closes, open }: Screen<FieldValue | null>,
): Screen<E> {
  const ofNone = open(null);
  if (term.type === "boolean") {
    const ofTrue = open(true);
    const ofFalse = open(false);
    return {
      closes,
      open: (event) => {
        const value = read(event);
        return value === null ? ofNone : value === true ? ofTrue : ofFalse;
      },
    };
  }
  const ofText = recalled(open);
  return {
    closes,
    open: (event) => {
      const value = read(event);
      return value === null ? ofNone : ofText(value as string);
    },
  };
}

/** Processes whose answers are remembered at a time. A power of two. */
const LASTING_KEPT = 4096;
/** Numbers of each: two versions and the answer. */
const LASTING_WIDTH = 4;

/** Screens of what lasts, asked again when it changed. */
function lastingScreen<E>(screens: readonly Screen<E>[], lasting: LastingFields<E>): Screen<E> {
  let kept: Float64Array | null = null;
  const ask = (event: E): number => {
    let open = -1;
    for (const screen of screens) {
      open &= screen.open(event);
      if (open === 0) break;
    }
    return open;
  };
  return {
    closes: screens.reduce((bits, { closes }) => bits | closes, 0),
    open: (event) => {
      const version = lasting.version(event);
      if (version === 0) return ask(event);
      // Made when it is needed: many kinds of events never come.
      kept ??= new Float64Array(LASTING_KEPT * LASTING_WIDTH);
      const at = (version & (LASTING_KEPT - 1)) * LASTING_WIDTH;
      const secondVersion = lasting.secondVersion(event);
      if (kept[at] === version && kept[at + 1] === secondVersion) return kept[at + 2] as number;
      const open = ask(event);
      kept[at] = version;
      kept[at + 1] = secondVersion;
      kept[at + 2] = open;
      return open;
    },
  };
}

const SCREENED: ReadonlySet<string> = new Set(["text", "boolean", "address"]);

/** Fields that have few values, or such as come again. */
function fieldsOf<E>(leaves: readonly Leaf<E>[]): readonly SingleQuestion<E>[] {
  const fields = new Map<string, SingleQuestion<E>>();
  for (const { single } of leaves)
    if (single !== null && SCREENED.has(single.term.type)) fields.set(single.term.key, single);
  return [...fields.values()];
}

/** All checks of conditions, each once. */
function leavesOf<E>(conditions: readonly Node<E>[]): readonly Leaf<E>[] {
  const leaves = new Set<Leaf<E>>();
  const seen = new Set<Node<E>>(conditions);
  // A set tells of what is added while it is walked.
  for (const node of seen) {
    if (node.kind === "leaf") leaves.add(node.leaf);
    for (const part of partsOf(node)) seen.add(part);
  }
  return [...leaves];
}

function partsOf<E>(node: Node<E>): readonly Node<E>[] {
  if (node.kind === "not") return [node.part];
  return node.kind === "and" || node.kind === "or" ? node.parts : [];
}
