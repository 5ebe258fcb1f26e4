/** How an image wants to be run, unless somebody says otherwise. @see OCI image specification, config.md, "Properties" */
export interface ImageSettings {
  /** `user[:group]` by name or number; empty for root. */
  readonly user: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  /** `8080/tcp`. */
  readonly ports: readonly string[];
  /** Folders that every container gets anew. */
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Docker's own; null when there is none. */
  readonly healthcheck: readonly string[] | null;
}
