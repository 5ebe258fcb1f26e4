import { realpathSync } from "node:fs";

/** The program that is running now: its interpreter, and what that was given to run. */
export interface OwnProgram {
  readonly node: string;
  readonly script: string;
}

/** Without the links by which it was called: those may lead elsewhere tomorrow. */
export function ownProgram(): OwnProgram {
  const [, script = ""] = process.argv;
  return { node: realpathSync(process.execPath), script: realpathSync(script) };
}
