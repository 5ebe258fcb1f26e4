import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf, stepsOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";
import { switchesOffByName, switchesOffByWords } from "../shared/tls-switches.ts";

export const tlsVerified: CheckOf<ImageBuild> = {
  id: "tls-verified",
  title: "nothing switches the verification of TLS off",
  severity: "high",
  why: "whoever sits on the way to a server can answer in its name, and what they answer becomes part of the image",
  fix: "remove the option or variable, and add the CA's certificate to the image where it is one of your own",
  controls: controls({ attack: ["T1557"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN curl -fsSLk https://example.org/tool -o tool"),
      building("RUN wget --no-check-certificate https://example.org/tool"),
      building("RUN python3 -m pip install --trusted-host example.org app==1.0"),
      building("RUN npm config set strict-ssl false"),
      building("RUN git -c http.sslVerify=false clone https://example.org/app"),
      building("RUN yum install -y --setopt=sslverify=false app-1.0"),
      building("ENV NODE_TLS_REJECT_UNAUTHORIZED=0"),
      building("RUN GIT_SSL_NO_VERIFY=1 git clone https://example.org/app"),
    ],
    good: [
      building("RUN curl -fsSL https://example.org/tool -o tool"),
      building("ENV NODE_TLS_REJECT_UNAUTHORIZED=1"),
      building("RUN wget -k https://example.org/tool"),
      building("RUN npm config set strict-ssl true"),
    ],
  },
  versions: [{ from: 0, run }],
};

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, step } of stepsOf(build, "ENV", "ARG"))
    for (const { name, value, at } of step.assigns)
      if (value !== null && switchesOffByName(name, value.value))
        said.fault(stage, at, `sets ${name}, which switches the verification of TLS off`);
  for (const { stage, command } of commandsOf(build, said)) {
    for (const { name, value } of command.variables)
      if (switchesOffByName(name, value.value))
        said.fault(stage, value.at, `sets ${name}, which switches the verification of TLS off`);
    const found = switchesOffByWords(command);
    if (found !== null)
      said.fault(stage, found.at, `runs ${command.name} without verifying TLS`, {
        value: found.value,
      });
  }
  return said.all;
}
