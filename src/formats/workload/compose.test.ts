import { expect, test } from "vitest";
import { readCompose } from "./compose.ts";

test.each([
  ["a port", { target: 80, published: 8080 }, "absent"],
  ["a range", { target: 80, published: "8080-8090" }, "absent"],
  ["an address", { target: 80, published: 8080, host_ip: "127.0.0.1" }, "known"],
  ["an address where the port stands", { target: 80, published: "127.0.0.1:8080" }, "unknown"],
  ["a word", { target: 80, published: "http" }, "unknown"],
])("of %s the address is told as far as it is written", (_, port, state) => {
  const [service] = readCompose({ services: { a: { ports: [port] } } }, () => undefined);
  expect(service?.containers[0]?.published.map(({ address }) => address.state)).toEqual([state]);
});
