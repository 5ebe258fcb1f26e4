import { createServer } from "node:net";
import { expect, test } from "vitest";
import { addressOf, listensOf } from "./open-sockets.ts";

test.each([
  ["0100007F:0947", ["127.0.0.1:2375"]],
  ["00000000:0947", ["0.0.0.0:2375"]],
  ["00000000000000000000000000000000:0947", ["[::]:2375"]],
  ["00000000000000000000000001000000:0016", ["[::1]:22"]],
  ["0000000000000000FFFF00000100000A:01BB", ["10.0.0.1:443"]],
  ["B80D0120000000000000000001000000:0050", ["[2001:db8::1]:80"]],
  ["0100007F", []],
  ["nothing", []],
])("%s is %j", (local, wanted) => {
  expect(addressOf(local)).toEqual(wanted);
});

const hasProc = process.platform === "linux";
test.skipIf(!hasProc)(
  "a process that listens is seen at its address, and no more afterwards (needs /proc)",
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(listensOf(process.pid)).toContain(`127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    expect(listensOf(process.pid)).not.toContain(`127.0.0.1:${port}`);
  },
);

test("a process that there is not tells nothing", () => {
  expect(listensOf(2 ** 30)).toBeNull();
});
