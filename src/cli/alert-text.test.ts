import { expect, test } from "vitest";
import type { Alert } from "../model/alert.ts";
import { alertText } from "./alert-text.ts";

const TITLE = "A library is set to be loaded into every program";

test("an alert of our rules says its title once, its program once, and a long command as far as it fits", () => {
  const command = `sh -c ${"x".repeat(600)}`;
  const alert: Alert = {
    rule: TITLE,
    priority: "Critical",
    source: "syscall",
    time: "2026-11-27T01:35:33.289Z",
    hostname: "",
    output: `${TITLE} | about=/etc/ld.so.preload event=openat process=sh path=/bin/sh command=${command}`,
    fields: { "container.id": "abc", "container.name": "web", "proc.exepath": "/bin/sh" },
    tags: [],
    sensor: "bulwark",
  };
  const lines = alertText(alert, { width: null, colour: false }).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    `01:35:33.289 Critical      ${TITLE}`,
    "             in web, by /bin/sh",
  ]);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(
    /^ {13}about=\/etc\/ld\.so\.preload event=openat process=sh command=sh -c x+…$/,
  );
  expect(lines[2]?.length).toBeLessThan(300);
});
