// A trap for whoever touches the network: every attempt, to this machine too, fails and is noted; so is every program that is
// started, which could do it in our stead. Holds in the program's threads as well.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface NetworkTrap {
  /** For the program that is to be watched. */
  readonly env: Readonly<Record<string, string>>;
  /** What was attempted since it was last asked. */
  sprung(): string[];
}

/** @param folder Where its files may lie. */
export function networkTrap(folder: string): NetworkTrap {
  const [program, noted] = [join(folder, "trap.cjs"), join(folder, "trap.log")];
  writeFileSync(program, source(noted));
  return {
    env: { NODE_OPTIONS: `--require=${program}` },
    sprung: () => {
      const text = existsSync(noted) ? readFileSync(noted, "utf8") : "";
      rmSync(noted, { force: true });
      return text.split("\n").filter((line) => line !== "");
    },
  };
}

function source(noted: string): string {
  return `
const { appendFileSync } = require("node:fs");
const spring = (what) => function () {
  appendFileSync(${JSON.stringify(noted)}, what + "\\n");
  throw new Error("the trap was sprung: " + what);
};
require("node:net").Socket.prototype.connect = spring("connect");
require("node:dgram").createSocket = spring("datagram");
const children = require("node:child_process");
for (const name of ["spawn", "spawnSync", "execFile", "execFileSync", "exec", "execSync", "fork"])
  children[name] = spring(name);
const dns = require("node:dns");
for (const from of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.getOwnPropertyNames(from))
    if (/^(lookup|resolve|reverse)/.test(name)) from[name] = spring(name);
require("node:module").syncBuiltinESMExports();
`;
}
