// A real daemon that was handed a socket, as systemd does: no word of it, and no unit, says where it listens.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { recordHost } from "../../src/app/record-host.ts";
import { hostOf } from "../../src/formats/host/host.ts";
import { openListeners } from "../../src/formats/host/open-listeners.ts";
import { dockerHindrance, ENGINE_TIMEOUT_MS } from "../lab/docker-engine.ts";

/** The socket under the name by which a process of the system has it. */
interface Handle {
  readonly _handle: { readonly fd: number };
}

const docker = dockerHindrance();
describe.skipIf(docker !== null)(`sockets of daemons (${docker ?? "real"})`, () => {
  test(
    "one that was handed to the daemon is found among its open ones",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "bulwark-listener-"));
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      const words = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--host=fd://"];
      const places = ["data-root", "exec-root"].map((name) => `--${name}=${join(folder, name)}`);
      const command = `LISTEN_FDS=1 LISTEN_PID=$$ exec dockerd "$@"`;
      const daemon = spawn(
        "sh",
        ["-c", command, "sh", ...words, ...places, `--pidfile=${join(folder, "pid")}`],
        { stdio: ["ignore", "ignore", "ignore", (server as unknown as Handle)._handle.fd] },
      );
      const ended = once(daemon, "exit");
      server.close();
      try {
        await answering(port);
        const record = await recordHost(null, {
          env: {},
          signal: new AbortController().signal,
          progress: () => undefined,
          warn: () => undefined,
          note: () => undefined,
        });
        const found = openListeners(hostOf(record)).filter((one) =>
          one.address.endsWith(`:${port}`),
        );
        expect(found).toEqual([
          expect.objectContaining({ address: `127.0.0.1:${port}`, reach: "host", uid: 0 }),
        ]);
      } finally {
        daemon.kill("SIGTERM");
        await Promise.race([ended, sleep(15_000)]);
        daemon.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
      }
    },
    ENGINE_TIMEOUT_MS,
  );
});

/** Waits until somebody answers there as an engine does. */
async function answering(port: number): Promise<void> {
  for (let tried = 0; tried < 200; tried += 1) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("GET /_ping HTTP/1.0\r\n\r\n"));
      socket.setTimeout(1000, () => socket.destroy());
      socket.on("data", (piece) => resolve(piece.toString()));
      socket.on("error", () => resolve(""));
      socket.on("close", () => resolve(""));
    });
    if (answer.includes("200 OK")) return;
    await sleep(100);
  }
  throw new Error("the daemon did not start");
}
