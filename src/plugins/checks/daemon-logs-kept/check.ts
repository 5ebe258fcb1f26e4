import { wordOf } from "../../../formats/host/option-texts.ts";
import { pointerToFile } from "../../../formats/host/record-file.ts";
import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonLogsKept: Check = {
  id: "daemon-logs-kept",
  title: "logs of the daemon and of containers are complete, bounded, and kept elsewhere",
  severity: "low",
  why: "whoever takes a host deletes what lies on it, and a log without an end fills its disk",
  fix: "set log-driver to one that sends logs away, such as syslog or journald; else set max-size and max-file in log-opts",
  controls: [],
  aspects: {
    level: { controls: controls({ "cis-docker-1.6": ["2.3"] }) },
    elsewhere: { controls: controls({ "cis-docker-1.6": ["2.13"], attack: ["T1070"] }) },
    bounded: { severity: "medium", controls: controls({ attack: ["T1499"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}),
      dockerHost({ "log-driver": "syslog", "log-level": "error" }),
      dockerHost({ "log-driver": "local" }),
    ],
    good: [
      dockerHost({ "log-driver": "syslog" }),
      dockerHost({}, { args: ["--log-driver=journald"] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        const isDefault = (value: unknown): boolean =>
          value === null || value === "info" || value === "";
        said.option(
          daemon,
          "log-level",
          (value) => (isDefault(value) ? null : `it logs at level ${wordOf(value)}`),
          { aspect: "level", wanted: "info" },
        );
        const driver = optionOf(daemon, "log-driver");
        if (driver.state === "unknown") {
          said.doubt(driver, "elsewhere");
          said.doubt(driver, "bounded");
          return;
        }
        const name = driver.state === "known" ? wordOf(driver.value) : "json-file";
        const at = driver.state === "known" ? driver.at : pointerToFile(daemon.configFile);
        if (name === "json-file" || name === "local" || name === "none")
          said.fault(at, `${daemon.name}: logs of containers stay on the host (${name})`, {
            aspect: "elsewhere",
            value: name,
          });
        if (name !== "json-file") return;
        said.option(
          daemon,
          "log-opts",
          (value) => (hasEnd(value) ? null : "logs of containers grow without an end"),
          { aspect: "bounded" },
        );
      }),
    },
  ],
};

function hasEnd(options: unknown): boolean {
  return typeof options === "object" && options !== null && Object.hasOwn(options, "max-size");
}
