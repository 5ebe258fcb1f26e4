// An alert as the body for an incoming webhook of Slack. @see https://api.slack.com/messaging/webhooks and /reference/surfaces/formatting
import type { Alert, AlertPriority } from "../../model/alert.ts";

const COLOURS: Readonly<Record<AlertPriority, string>> = {
  Emergency: "#a30200",
  Alert: "#a30200",
  Critical: "#d40e0d",
  Error: "#d40e0d",
  Warning: "#daa038",
  Notice: "#439fe0",
  Informational: "#439fe0",
  Debug: "#8d8d8d",
};
const TEXT_MAX = 2000;
const FIELDS_MAX = 10;
const SHOWN = [
  "container.name",
  "container.image.repository",
  "container.image.tag",
  "k8s.ns.name",
  "k8s.pod.name",
  "proc.exepath",
  "proc.cmdline",
  "proc.pname",
  "user.name",
  "fd.name",
];

/** The body, as JSON. Whatever an attacker wrote into a command line is text there: it links nowhere and calls nobody. */
export function slackMessage(alert: Alert): string {
  const { repeats, origin } = alert;
  const times = repeats === undefined ? "" : `, ${repeats.count} times since ${repeats.first}`;
  const title = `${alert.priority}: ${alert.rule}${times}`;
  const fields = SHOWN.flatMap((name) => {
    const value = Object.hasOwn(alert.fields, name) ? alert.fields[name] : null;
    if (value === null || value === undefined || value === "") return [];
    return [{ title: name, value: plain(String(value)), short: true }];
  });
  const attachment = {
    color: COLOURS[alert.priority],
    fallback: plain(title),
    title: plain(title),
    text: plain(alert.output),
    fields: [...originFields(origin), ...fields].slice(0, FIELDS_MAX),
    footer: plain(`${alert.hostname} · ${alert.time}`),
    mrkdwn_in: [],
  };
  return JSON.stringify({ text: plain(title), attachments: [attachment] });
}

function originFields(origin: Alert["origin"]): { title: string; value: string; short: true }[] {
  if (origin === undefined) return [];
  const { package: owner, isForeign, findings } = origin;
  const counts = Object.entries(findings ?? {}).map(([severity, n]) => `${n} ${severity}`);
  const found = counts.length === 0 ? "" : ` (${counts.join(", ")})`;
  const value = isForeign ? "not of the image" : `${owner ?? "of no package"}${found}`;
  return [{ title: "package", value: plain(value), short: true }];
}

/** `&`, `<` and `>` are all that commands Slack to do something (`<!channel>`, `<https://…|text>`). */
function plain(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return cut.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
