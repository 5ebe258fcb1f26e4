// Programs of others that sign, attach and list: cosign, oras, crane, notation. Static programs of a later Debian, unpacked aside.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { type LaterSuite, labPackages } from "./debian-packages.ts";

/** What a program said and how it ended. */
export interface PeerEnded {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of them with a home folder of the caller's. */
export interface Peer {
  readonly version: string;
  run(args: readonly string[], where: PeerPlace): Promise<PeerEnded>;
  /** The same, for what must succeed. @returns stdout. @throws {Error} with what it said. */
  expect(args: readonly string[], where: PeerPlace): Promise<string>;
}

export interface PeerPlace {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Peers<Name extends string> =
  | { readonly peers: Readonly<Record<Name, Peer>>; readonly reason: null }
  | { readonly peers: null; readonly reason: string };

/** Downloading them takes seconds on a good line; a hook that calls {@link labPeers} needs this much. */
export const PEERS_TIMEOUT_MS = 300_000;

/**
 * The programs by name. As {@link labPackages}: with the reason when they cannot be had, which is an error when `CI=true`.
 */
export async function labPeers<Name extends string>(
  names: readonly Name[],
  suite: LaterSuite = "sid",
): Promise<Peers<Name>> {
  const { packages, reason } = await labPackages(names, suite);
  if (packages === null) return { peers: null, reason };
  const peers = {} as Record<Name, Peer>;
  for (const name of names) {
    const found = packages.get(name);
    if (found !== undefined) peers[name] = peerAt(join(found.root, "usr/bin", name), found.version);
  }
  return { peers, reason: null };
}

function peerAt(program: string, version: string): Peer {
  const run = (args: readonly string[], where: PeerPlace): Promise<PeerEnded> => {
    const env = { PATH: process.env["PATH"], HOME: where.home, ...where.env };
    const options = { env, timeout: 60_000, maxBuffer: 16 << 20, cwd: where.home };
    return new Promise((done) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        done({ exit: typeof code === "number" ? code : 255, stdout, stderr });
      });
    });
  };
  return {
    version,
    run,
    expect: async (args, where) => {
      const { exit, stdout, stderr } = await run(args, where);
      if (exit === 0) return stdout;
      throw new Error(`${program} ${args.join(" ")} ended with ${exit}: ${stdout}${stderr}`);
    },
  };
}
