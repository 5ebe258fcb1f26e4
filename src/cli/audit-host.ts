import { resolve } from "node:path";
import { auditHost, scriptFor } from "../app/audit-host.ts";
import { asScan } from "../app/check.ts";
import { report } from "../app/report.ts";
import { writeOutput } from "../app/write-output.ts";
import type { HostAudit } from "../model/host-audit.ts";
import type { Threshold } from "../model/severity.ts";
import { hostAnswer, hostText, scriptAnswer } from "./audit-host-text.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** `bulwark audit host`. */
export async function auditHostHere(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const root = options.text("root");
  const audited = await auditHost(
    {
      root,
      framework: options.text("framework"),
      threshold: options.text("fail-on") as Threshold | null,
      exceptions: options.text("exceptions"),
      db: options.text("db"),
      declared: options.texts("declared"),
      registry: options.flag("registry"),
    },
    surroundingsOf(invocation),
  );
  const { audit } = audited;
  const isScript = options.flag("fix-script");
  const output = options.text("output");
  const screen = {
    width: output === null ? terminal.width : 100,
    colour: output === null && terminal.colour,
  };
  const text = isScript
    ? scriptFor(audited, root === null ? null : resolve(root))
    : await textOf(audit, options.text("format") ?? "table", screen);
  if (output === null) await terminal.print(text);
  else {
    await writeOutput(output, text);
    terminal.note(hostAnswer(audit));
    terminal.note(`the ${isScript ? "script" : "report"} is in ${JSON.stringify(output)}`);
  }
  if (isScript) terminal.note(scriptAnswer(audit));
  return audit.exitCode;
}

async function textOf(
  audit: HostAudit,
  format: string,
  screen: { readonly width: number; readonly colour: boolean },
): Promise<string> {
  if (format === "json") return `${JSON.stringify(audit, null, 2)}\n`;
  if (format === "sarif") {
    const scan = asScan(audit);
    const all = { ...scan, findings: [...audit.findings, ...audit.packages.findings] };
    return report([all], "sarif", { ...screen, command: "audit" });
  }
  return hostText(audit, screen);
}
