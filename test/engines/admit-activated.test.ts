// The plugin on a socket that somebody else holds, as systemd does: who asks before it has started is answered when it has.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle } from "../lab/bundle.ts";
import { missingPrograms } from "../lab/programs.ts";

let bundle: Bundle;
let home: string;

beforeAll(() => {
  bundle = buildBundle("admit-activated");
  home = mkdtempSync(join(tmpdir(), "bulwark-activated-"));
  writeFileSync(join(home, "policy.yaml"), "policy: p\nrules: [{ check: no-privileged }]\n");
}, BUNDLE_TIMEOUT_MS);
afterAll(() => {
  bundle.remove();
  rmSync(home, { recursive: true, force: true });
});

/** Listens as systemd does, and becomes what it is given. */
const HOLD = `BEGIN { $^F = 10 } use Socket; use POSIX;
socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die; bind($s, pack_sockaddr_un(shift)) or die; listen($s, 16) or die;
POSIX::dup2(fileno($s), 3); $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$; exec @ARGV or die;`;

function ask(socketPath: string, path: string, body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: "POST" }, (response) => {
      let text = "";
      response.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
      response.on("end", () => resolve(JSON.parse(text)));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const reason = missingPrograms("perl");
test.skipIf(reason !== null)(
  `a socket that is handed over is answered on, and left (${reason ?? "real"})`,
  async () => {
    const socket = join(home, "held.sock");
    const command = [
      process.execPath,
      bundle.program,
      "admit",
      "docker",
      "--policy",
      "policy.yaml",
    ];
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, BULWARK_EVIDENCE: join(home, "e") };
    const options = ["--mode", "enforce"];
    const child = spawn("perl", ["-e", HOLD, socket, ...command, ...options], {
      cwd: home,
      env,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (let i = 0; i < 200 && !existsSync(socket); i += 1) await sleep(20);
    const call = (facts: object): Promise<unknown> =>
      ask(socket, "/AuthZPlugin.AuthZReq", JSON.stringify(facts));
    const answers = [
      await ask(socket, "/Plugin.Activate", ""),
      await call({ RequestMethod: "GET", RequestUri: "/_ping" }),
      await call({ RequestMethod: "POST", RequestUri: "/containers/create" }),
      await ask(socket, "/AuthZPlugin.AuthZRes", "{}"),
      await ask(socket, "/AuthZPlugin.AuthZReq", "nonsense"),
      await ask(socket, "/Other", ""),
    ];
    child.kill("SIGTERM");
    expect([answers, await ended, existsSync(socket)]).toEqual([
      [
        { Implements: ["authz"] },
        { Allow: true },
        { Allow: false, Msg: expect.stringContaining("its body did not reach the plugin") },
        { Allow: true },
        { Allow: false, Msg: expect.stringContaining("it is not JSON") },
        { Err: expect.any(String) },
      ],
      0,
      true,
    ]);
  },
);
