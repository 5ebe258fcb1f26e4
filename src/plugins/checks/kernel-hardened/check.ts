import { KERNEL_SETTINGS, type KernelSetting } from "../../../formats/host/kernel-settings.data.ts";
import { contentOf, pointerToFile, settingPath } from "../../../formats/host/record-file.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const kernelHardened: Check = {
  id: "kernel-hardened",
  title: "the kernel gives nothing away that helps to break out of a container",
  severity: "medium",
  why: "containers share the kernel, and these settings are what makes its flaws hard to use",
  fix: "write the settings to a file in /etc/sysctl.d, and load it with sysctl --system",
  controls: controls({ "cis-docker-1.6": ["1.2.1"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [host({ "/proc/sys/kernel/kptr_restrict": file("0\n") })],
    good: [
      host({ "/proc/sys/kernel/kptr_restrict": file("2\n") }),
      host({
        "/proc/sys/kernel/dmesg_restrict": file("1\n"),
        "/proc/sys/kernel/yama/ptrace_scope": file("1\n"),
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ record }) => {
        const said = new HostSaid();
        let looked = 0;
        for (const setting of KERNEL_SETTINGS) {
          const path = settingPath(setting.name);
          const content = contentOf(record, path);
          if (content.state === "absent") continue;
          looked += 1;
          const value = content.state === "known" ? Number(content.value.trim()) : Number.NaN;
          if (content.state === "unknown") said.doubt(content);
          else if (!Number.isInteger(value))
            said.doubt({ at: pointerToFile(path), why: `${path} is no number` });
          else if (!isMet(setting, value))
            said.fault(
              pointerToFile(path),
              `${setting.name} is ${value}, which gives ${setting.gives}`,
              {
                value,
                steps: [{ kind: "kernel-setting", name: setting.name, value: setting.wanted }],
              },
            );
        }
        return looked === 0 ? "not-applicable" : said.all;
      },
    },
  ],
};

function isMet({ wanted, comparison }: KernelSetting, value: number): boolean {
  return comparison === "equal" ? value === wanted : value >= wanted;
}
