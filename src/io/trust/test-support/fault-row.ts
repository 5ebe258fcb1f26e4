// What a row of the table of faults is, and the ways in which a signature is made wrong.
import type { Asking, FaultLab } from "./fault-lab.ts";

/** What is wrong, what verification answers to it, and how it is made. */
export type FaultRow = readonly [
  name: string,
  answer: string,
  make: (lab: FaultLab) => Promise<Asking | undefined>,
];

/** A document to be made wrong in any way. */
export type Json = ReturnType<typeof JSON.parse>;

/** A bundle with a change. */
export function changed(bundle: Buffer, change: (bundle: Json) => void): Buffer {
  const json = JSON.parse(bundle.toString("utf8"));
  change(json);
  return Buffer.from(JSON.stringify(json));
}

export const material = (bundle: Json): Json => bundle.verificationMaterial;
export const entryOf = (bundle: Json): Json => material(bundle).tlogEntries[0];

/** Base64 with one bit turned over, somewhere from the end. */
export function flipped(base64: string, fromEnd = 1): string {
  const bytes = Buffer.from(base64, "base64");
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString("base64");
}

/** A row whose bundle is attached. */
export function row(
  name: string,
  answer: string,
  make: (lab: FaultLab) => Promise<Buffer>,
  asking?: Asking | ((lab: FaultLab) => Asking),
): FaultRow {
  return [
    name,
    answer,
    async (lab) => {
      lab.attach(await make(lab));
      return typeof asking === "function" ? asking(lab) : asking;
    },
  ];
}

/** The trusted root with a change. */
export const rootWith =
  (change: (root: Json, lab: FaultLab) => void) =>
  (lab: FaultLab): Asking => ({
    root: lab.signers.ours.root((root) => {
      change(root, lab);
      return root;
    }),
  });
