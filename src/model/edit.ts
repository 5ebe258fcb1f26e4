// Changes to files of configuration, before they are letters: what is to be where, in the words of the document.
import type { Pointer } from "./workload.ts";

/** A value as JSON has it. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** One change. Pointers lead into the document that the subject was read from. */
export type Edit =
  /**
   * Puts a value there, in the place of another or as a new member; mappings on the way are made. A new member comes last, or
   * before the one that `before` names.
   */
  | {
      readonly kind: "set";
      readonly at: Pointer;
      readonly value: PlainValue;
      readonly before?: string;
    }
  /** Appends an item to a list, which is made if it is not there. */
  | { readonly kind: "add"; readonly at: Pointer; readonly value: PlainValue }
  /** Takes a member or an item away. */
  | { readonly kind: "remove"; readonly at: Pointer }
  /** Replaces letters of the file, counted in UTF-16 units from its beginning: for formats that have no pointers. */
  | { readonly kind: "text"; readonly start: number; readonly end: number; readonly text: string };
