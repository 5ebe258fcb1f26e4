// Ports that an engine publishes, in the words of its command line and of Compose files.
// Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md, "ports"; podman-run(1), --publish.
import { ABSENT, type Fact, known } from "../../kit/fact.ts";
import type { PublishedPort } from "../../model/workload.ts";

/** `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, where ports may be ranges; an address of IPv6 stands in brackets or not. */
export function shortPort(fact: Fact<string>, at: string): PublishedPort {
  if (fact.state !== "known") return { at, address: fact, port: fact, target: "" };
  const [text = ""] = fact.value.split("/", 1);
  const parts = text.split(":");
  const target = parts.pop() ?? "";
  const port = parts.pop() ?? "";
  const address = parts.join(":").replace(/^\[|\]$/g, "");
  return { at, address: written(address, at), port: written(port, at), target };
}

function written(text: string, at: string): Fact<string> {
  return text === "" ? ABSENT : known(text, at);
}
