import { describe, expect, test } from "vitest";
import type { FileFact, HostRecord } from "../../model/host-record.ts";
import { engineAccessOf } from "./engine-access.ts";
import { hostOf } from "./host.ts";

type Files = Readonly<Record<string, FileFact>>;

const file = (text: string): FileFact => ({ kind: "file", uid: 0, gid: 0, mode: 0o644, text });
const socket = (more: Partial<Extract<FileFact, { uid: number }>>): FileFact => {
  return { kind: "socket", uid: 0, gid: 0, mode: 0o660, ...more };
};
const GROUPS = "root:x:0:\ndocker:x:100:ann\nops:x:200:ben\n";
const USERS = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:\ncarl:x:1001:100::/:\n";

function told(files: Files, more: Partial<HostRecord> = {}): string[] {
  const record: HostRecord = {
    name: "h",
    isLive: true,
    reader: 0,
    processes: [],
    engines: [],
    ...more,
    files: {
      "/etc/passwd": file(USERS),
      "/etc/group": file(GROUPS),
      ...files,
    },
  };
  const { access, gaps } = engineAccessOf(hostOf(record));
  return [
    ...access.map(({ who, group, at, supposed }) => {
      const name =
        who.kind === "user" ? who.name : who.kind === "local" ? "*" : `${who.reach} ${who.address}`;
      return `${name} ${group ?? "-"} ${at}${supposed === "" ? "" : " ?"}`;
    }),
    ...gaps.map(({ why }) => `? ${why}`),
  ];
}

const JSON_FILE = "/etc/docker/daemon.json";
/** @param uid The user as whom it runs. */
const dockerd = (uid = 0, ...args: string[]): Partial<HostRecord> => {
  return { processes: [{ pid: 1, uid, args: ["dockerd", ...args], root: "" }] };
};
const config = (options: object): Files => ({ [JSON_FILE]: file(JSON.stringify(options)) });
const NO_CONFIG: Files = { [JSON_FILE]: { kind: "absent" } };

const MEMBERS = [
  "ann docker /files/~1etc~1group/lines/2",
  "carl docker /files/~1etc~1passwd/lines/3",
];

describe("who may ask an engine", () => {
  const cases: [string, string[], string[]][] = [
    ["members of its group, by the group and by the account", told(NO_CONFIG, dockerd()), MEMBERS],
    [
      "of the group that it is told",
      told(config({ group: "ops" }), dockerd()),
      ["ben ops /files/~1etc~1group/lines/3"],
    ],
    [
      "of the group that the socket has",
      told({ ...NO_CONFIG, "/var/run/docker.sock": socket({ gid: 200 }) }, dockerd()),
      ["ben ops /files/~1etc~1group/lines/3"],
    ],
    [
      "everybody, where the socket is everybody's",
      told({ ...NO_CONFIG, "/var/run/docker.sock": socket({ mode: 0o666 }) }, dockerd()),
      ["* - /files/~1var~1run~1docker.sock"],
    ],
    [
      "whose the socket is",
      told({ ...NO_CONFIG, "/var/run/docker.sock": socket({ uid: 1000 }) }, dockerd()),
      ["ann - /files/~1var~1run~1docker.sock"],
    ],
    ["nobody of one that is not root's", told(NO_CONFIG, dockerd(1000)), []],
    ["supposed, where only the group is seen", told(NO_CONFIG), MEMBERS.map((one) => `${one} ?`)],
    [
      "whoever reaches a port",
      told(
        config({
          hosts: ["tcp://0.0.0.0:2375", "tcp://10.0.0.1:2375", "tcp://127.0.0.1:2375"],
          group: "root",
        }),
        dockerd(),
      ),
      [
        "everywhere tcp://0.0.0.0:2375 - /files/~1etc~1docker~1daemon.json/text/hosts ?",
        "network tcp://10.0.0.1:2375 - /files/~1etc~1docker~1daemon.json/text/hosts ?",
        "host tcp://127.0.0.1:2375 - /files/~1etc~1docker~1daemon.json/text/hosts",
      ],
    ],
    [
      "whoever reaches a socket that was handed to it",
      told(
        { ...config({ group: "root" }) },
        {
          processes: [
            {
              pid: 1,
              uid: 0,
              args: ["dockerd", "-H", "fd://"],
              root: "",
              listens: ["[::]:2375", "0.0.0.0:2377", "0.0.0.0:7946"],
            },
          ],
        },
      ),
      ["everywhere [::]:2375 - /processes/0/listens/0 ?"],
    ],
    [
      "nobody by a socket of one that asks for certificates",
      told(config({ group: "root", tlsverify: true }), {
        processes: [{ pid: 1, uid: 0, args: ["dockerd"], root: "", listens: ["[::]:2376"] }],
      }),
      [],
    ],
    [
      "nobody of one without root, whose settings are where its user keeps them",
      told(
        { "/x/docker/daemon.json": file(JSON.stringify({ hosts: ["tcp://0.0.0.0:2375"] })) },
        {
          processes: [{ pid: 1, uid: 1000, args: ["dockerd"], root: "", configHome: "/x" }],
        },
      ),
      [],
    ],
    [
      "nobody without a certificate",
      told(config({ hosts: ["tcp://0.0.0.0:2376"], tlsverify: true, group: "root" }), dockerd()),
      [],
    ],
    [
      "what cannot be told",
      told(
        { ...config({ group: "root" }), "/etc/group": { kind: "hidden", why: "no" } },
        dockerd(),
      ),
      ["? /etc/group cannot be looked at: no"],
    ],
  ];
  test.each(cases)("%s", (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });
});
