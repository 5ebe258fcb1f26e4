import type { PlainValue } from "./edit.ts";

/** One change to a host that does away with a fault, where nobody has to be asked; what of it is a script's to say. */
export type HostStep =
  /** Takes permissions away: the bits that are kept. */
  | { readonly kind: "mode"; readonly path: string; readonly mode: number }
  | { readonly kind: "owner"; readonly path: string; readonly user: string; readonly group: string }
  /** Sets an option of a Docker daemon in its file. */
  | {
      readonly kind: "daemon-option";
      readonly file: string;
      readonly option: string;
      readonly value: PlainValue;
    }
  /** Sets a setting of the kernel, now and at each start. */
  | { readonly kind: "kernel-setting"; readonly name: string; readonly value: number }
  /** Has the audit daemon watch a path. */
  | { readonly kind: "audit-watch"; readonly path: string };
