import type { JobImage, Pipeline, PipelineJob } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { gitlab, job } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noPrivilegedBuilds: CheckOf<Pipeline> = {
  id: "no-privileged-builds",
  title: "a build needs no privileged container and no engine of its host",
  severity: "medium",
  why: "a build in a privileged container, or with the host's engine, is root on the machine that other builds use too",
  fix: "build images without an engine, as with rootless BuildKit, Buildah or Kaniko's successors, or on a machine that is thrown away",
  controls: controls({ "owasp-cicd": ["CICD-SEC-7"], attack: ["T1611", "T1612"] }),
  aspects: { open: { severity: "high" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      gitlab({ image: "docker:28", services: ["docker:28-dind"] }),
      gitlab({
        services: [{ name: "docker:28-dind", command: ["--tls=false"] }],
        variables: { DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: "" },
      }),
      job("push", { container: { image: "build:1", options: "--privileged" } }),
      job("push", {
        container: { image: "build:1", options: "-v /var/run/docker.sock:/var/run/docker.sock" },
      }),
    ],
    good: [
      gitlab({ image: "moby/buildkit:rootless" }),
      gitlab({ services: ["docker:28-dind-rootless"] }),
      job("push", { container: { image: "build:1", options: "--cpus 1" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        const said = new PipelineSaid();
        for (const one of pipeline.jobs)
          for (const image of one.images) look(pipeline, one, image, said);
        return said.all;
      },
    },
  ],
};

const DIND = /(?:^|\/)docker:(?:[\w.-]*-)?dind(?!-rootless)(?:[@-]|$)|\/dind(?::|$)/;
const PRIVILEGED = /(?:^|\s)--privileged(?:=true)?(?:\s|$)/;
const SOCKET = /\/(?:docker|containerd|podman)\.sock/;

function look(pipeline: Pipeline, job: PipelineJob, image: JobImage, said: PipelineSaid): void {
  const { name, options } = image;
  if (DIND.test(name.value)) {
    const isOpen = isWithoutTls(pipeline, job, image);
    const how = isOpen
      ? ", which takes orders from everybody without TLS"
      : ", which is privileged";
    said.fault(job, name.at, `runs an engine in ${name.value}${how}`, {
      value: name.value,
      ...(isOpen ? { aspect: "open" } : {}),
    });
  }
  if (options === null) return;
  const { value, at } = options;
  if (PRIVILEGED.test(value)) said.fault(job, at, "its container is privileged", { value });
  if (SOCKET.test(value)) said.fault(job, at, "its container has the host's engine", { value });
}

function isWithoutTls(
  { environment }: Pipeline,
  { environment: own }: PipelineJob,
  { command }: JobImage,
): boolean {
  const variables = [...environment, ...own];
  const isOff = variables.findLast(({ name }) => name === "DOCKER_TLS_CERTDIR")?.value.value === "";
  return isOff || command.includes("--tls=false");
}
