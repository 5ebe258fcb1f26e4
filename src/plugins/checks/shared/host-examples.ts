// Examples of hosts in few words: one with a Docker daemon that nobody could object to, but for what is given.
import type { FileFact, HostRecord } from "../../../model/host-record.ts";
import type { Example } from "../../../stages/check/contract.ts";

type Files = Readonly<Record<string, FileFact>>;

/** A file of root that only it may write. */
export function file(
  text: string,
  more: Partial<Extract<FileFact, { uid: number }>> = {},
): FileFact {
  return { kind: "file", uid: 0, gid: 0, mode: 0o644, text, ...more };
}

/** A host, of which files that are not named are not there. */
export function host(files: Files, more: Partial<HostRecord> = {}): Example {
  const document: HostRecord = {
    name: "example",
    isLive: true,
    reader: 0,
    processes: [],
    engines: [],
    ...more,
    files: {
      "/etc/passwd": file("root:x:0:0::/root:/bin/sh\n"),
      "/etc/group": file("root:x:0:\ndocker:x:100:\n"),
      ...files,
    },
  };
  return { format: "host", document };
}

/** A host on which dockerd runs with these words and this daemon.json. */
export function dockerHost(
  config: Readonly<Record<string, unknown>>,
  {
    args = [],
    files = {},
    info,
    listens,
  }: {
    readonly args?: readonly string[];
    readonly files?: Files;
    readonly info?: unknown;
    readonly listens?: readonly string[];
  } = {},
): Example {
  return host(
    { "/etc/docker/daemon.json": file(`${JSON.stringify(config, null, 2)}\n`), ...files },
    {
      processes: [
        {
          ...{ pid: 812, uid: 0, args: ["/usr/bin/dockerd", ...args], root: "" },
          ...(listens === undefined ? {} : { listens }),
        },
      ],
      engines:
        info === undefined
          ? []
          : [
              {
                engine: "docker",
                address: "unix:///var/run/docker.sock",
                error: null,
                info,
                version: null,
              },
            ],
    },
  );
}
