// Maven's order, for everything on the JVM.
import type { Scheme } from "../../../stages/match/contract.ts";
import { type Chain, chainOf, compareItems, type Item, toNothing } from "./items.ts";

export const maven: Scheme = {
  id: "maven",
  title: "Maven and Gradle",
  needs: [],
  state: "stable",
  compare(a, b) {
    if (!(isText(a) && isText(b))) return null;
    return compareChains(chainOf(a), chainOf(b));
  },
  // `LATEST`, `unspecified`, `master-SNAPSHOT`: ordered as words are, and no release.
  isVersion: (text) => /\d/.test(text),
};

/** Maven takes any text; one with blanks, or a property that nobody replaced, is none. */
function isText(text: string): boolean {
  return text !== "" && !/[\s${}[\](),]/.test(text);
}

function compareChains(a: Chain, b: Chain): number {
  for (let level = 0; ; level += 1) {
    const left = a[level];
    const right = b[level];
    if (left === undefined) return right === undefined ? 0 : -restToNothing(b, level);
    if (right === undefined) return restToNothing(a, level);
    const order = compareLists(left, right, {
      left: a[level + 1] !== undefined,
      right: b[level + 1] !== undefined,
    });
    if (order !== 0) return order;
  }
}

/** @param nested Whether a list is nested at the end of each. */
function compareLists(
  left: readonly Item[],
  right: readonly Item[],
  nested: { readonly left: boolean; readonly right: boolean },
): number {
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const x = left[i];
    const y = right[i];
    let order: number;
    if (x !== undefined && y !== undefined) order = compareItems(x, y);
    else if (x !== undefined) order = itemToEnd(x, nested.right && i === right.length);
    else order = -itemToEnd(y, nested.left && i === left.length);
    if (order !== 0) return order;
  }
  return 0;
}

/** Where the other's list has ended, a list may be nested in it: that stands after words and before numbers. */
function itemToEnd(item: Item | undefined, isNested: boolean): number {
  if (item === undefined) return 0;
  if (isNested) return item.isNumber ? 1 : -1;
  return toNothing(item);
}

/** The first item that is not nothing decides. */
function restToNothing(chain: Chain, from: number): number {
  for (const list of chain.slice(from)) {
    for (const item of list) {
      const order = toNothing(item);
      if (order !== 0) return order;
    }
  }
  return 0;
}
