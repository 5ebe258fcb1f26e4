// Which operator goes with which type of field. Source: falcosecurity/libs, userspace/libsinsp/test/filter_compiler.ut.cpp.
import type { BinaryOperator } from "../../formats/falco/condition.ts";
import type { FieldType } from "./contract.ts";

const EQUALITY = ["=", "==", "!=", "in", "intersects"] as const;
const ORDER = ["<", "<=", ">", ">="] as const;

const OPERATORS: Readonly<Record<FieldType, ReadonlySet<BinaryOperator>>> = {
  number: new Set<BinaryOperator>([...EQUALITY, ...ORDER]),
  boolean: new Set<BinaryOperator>(EQUALITY),
  address: new Set<BinaryOperator>(EQUALITY),
  network: new Set<BinaryOperator>(EQUALITY),
  bytes: new Set<BinaryOperator>([
    ...EQUALITY,
    "contains",
    "startswith",
    "endswith",
    "bcontains",
    "bstartswith",
  ]),
  text: new Set<BinaryOperator>([
    ...EQUALITY,
    ...ORDER,
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "glob",
    "iglob",
    "pmatch",
    "regex",
  ]),
};

/** What may be asked of a field that is a list. */
const OF_LISTS: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(["in", "intersects"]);

export function operatorsOf(type: FieldType, isList: boolean): ReadonlySet<BinaryOperator> {
  return isList ? OF_LISTS : OPERATORS[type];
}
