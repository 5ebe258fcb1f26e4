import type { ImageSettings } from "../model/image-settings.ts";
import { asObject, type JsonObject, list, member, object, text, texts } from "./json-object.ts";

const ENTRIES_MAX = 10_000;

/**
 * Reads the `config` of an image's configuration, or the `Config` that an engine shows, which has the same fields.
 *
 * Never throws: what is not as the specification says is as good as not there, as it is for engines.
 */
export function imageSettings(config: unknown): ImageSettings {
  const top = asObject(config);
  const healthcheck = object(top, "Healthcheck");
  return {
    user: text(top, "User"),
    env: words(top, "Env"),
    entrypoint: words(top, "Entrypoint"),
    cmd: words(top, "Cmd"),
    workingDir: text(top, "WorkingDir"),
    ports: namesIn(top, "ExposedPorts"),
    volumes: namesIn(top, "Volumes"),
    labels: labelsIn(top),
    healthcheck: list(healthcheck, "Test").length === 0 ? null : words(healthcheck, "Test"),
  };
}

/** Old tools wrote a single text. */
function words(top: JsonObject | null, name: string): string[] {
  const one = member(top, name);
  return typeof one === "string" ? [one] : texts(top, name).slice(0, ENTRIES_MAX);
}

function namesIn(top: JsonObject | null, name: string): string[] {
  return Object.keys(object(top, name) ?? {}).slice(0, ENTRIES_MAX);
}

function labelsIn(top: JsonObject | null): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(object(top, "Labels") ?? {}).slice(0, ENTRIES_MAX))
    if (typeof value === "string") labels[name] = value;
  return labels;
}
