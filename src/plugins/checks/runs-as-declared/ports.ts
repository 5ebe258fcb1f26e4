// Ports that an engine publishes, as they are declared and as they are.
import type { PublishedPort } from "../../../model/workload.ts";

const RANGE_MAX = 1000;

/** One port; of several that would do, the engine has chosen. */
export interface Published {
  readonly at: string;
  readonly address: string;
  /** null when any free one does. */
  readonly port: readonly [first: number, last: number] | null;
  readonly target: number;
}

/** null when it cannot be told which ports are meant. */
export function publishedOf({ at, address, port, target }: PublishedPort): Published[] | null {
  if (address.state === "unknown" || port.state === "unknown") return null;
  const inside = rangeOf(target);
  const outside = port.state === "absent" || port.value === "0" ? null : rangeOf(port.value);
  if (inside === null || (outside === null && port.state === "known" && port.value !== "0"))
    return null;
  const given = address.state === "known" ? address.value : "";
  const plain = given === "0.0.0.0" || given === "::" ? "" : given;
  const isPairwise = outside !== null && outside[1] - outside[0] === inside[1] - inside[0];
  const all: Published[] = [];
  for (let i = 0; i <= inside[1] - inside[0]; i += 1) {
    const own = isPairwise ? ([outside[0] + i, outside[0] + i] as const) : outside;
    all.push({ at, address: plain, port: own, target: inside[0] + i });
  }
  return all;
}

function rangeOf(text: string): readonly [number, number] | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return null;
  const range = [Number(first), Number(last)] as const;
  return range[1] >= range[0] && range[1] - range[0] < RANGE_MAX ? range : null;
}

/** Whether what runs is one that was asked for. */
export function isMeant(declared: Published, running: Published): boolean {
  const { address, port, target } = declared;
  if (address !== running.address || target !== running.target) return false;
  if (port === null || running.port === null) return true;
  return running.port[0] >= port[0] && running.port[1] <= port[1];
}

/** `8080 for 80`, `127.0.0.1:8080 for 80`. */
export function portText({ address, port, target }: Published): string {
  const outside = port === null ? "any" : [...new Set(port)].join("-");
  return `${address === "" ? "" : `${address}:`}${outside} for ${target}`;
}
