import { expect, test } from "vitest";
import { runProgram } from "./process.ts";

const env = { PATH: process.env["PATH"] };
const node = process.execPath;

function never(): AbortSignal {
  return new AbortController().signal;
}

test("a program reads its input and its arguments as they are, and both outputs and the exit code come back", async () => {
  const script =
    "process.stdin.on('data',d=>process.stdout.write(d+process.argv[1]));console.error('e');process.exitCode=3";
  const run = await runProgram(node, ["-e", script, "$(id);`id`"], {
    env,
    signal: never(),
    input: "in:",
  });
  expect(run).toEqual({
    kind: "ended",
    exitCode: 3,
    stdout: Buffer.from("in:$(id);`id`"),
    stderr: Buffer.from("e\n"),
  });
});

test("a program sees the environment that it is given, and no other", async () => {
  const run = await runProgram(node, ["-p", "Object.keys(process.env).sort().join()"], {
    env: { ...env, ONE: "1" },
    signal: never(),
  });
  expect(run.kind === "ended" && run.stdout.toString()).toBe("ONE,PATH\n");
});

test("a program that does not exist is absent", async () => {
  expect(await runProgram("no-such-program-1", [], { env, signal: never() })).toEqual({
    kind: "absent",
  });
});

test("a program that does not end is killed together with what it started", async () => {
  const begun = Date.now();
  const run = await runProgram("sh", ["-c", "sleep 20 & sleep 20"], {
    env,
    signal: never(),
    timeoutMs: 100,
  });
  expect(run).toEqual({ kind: "timed-out", afterMs: 100 });
  expect(Date.now() - begun).toBeLessThan(10_000);
});

test("a program that writes without end is killed", async () => {
  const run = await runProgram("sh", ["-c", "while :; do echo aaaaaaaaaaaaaaaa; done"], {
    env,
    signal: never(),
    outputBytesMax: 1000,
  });
  expect(run).toEqual({ kind: "too-much-output", bytesMax: 1000 });
});

test("an abort ends the program and is thrown", async () => {
  const controller = new AbortController();
  const run = runProgram("sleep", ["20"], { env, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("stop")), 50);
  await expect(run).rejects.toThrow("stop");
});
