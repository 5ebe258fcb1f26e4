// What leads from one node to another. Names are those of KubeHound where it has one for the same thing, which is what people look
// up; each has what an attacker does with it.
// @see https://kubehound.io/reference/attacks/

export type EdgeType =
  | "ENDPOINT_EXPOSED"
  | "ENDPOINT_EXPLOIT"
  | "ANONYMOUS"
  | "CONTAINER_ATTACH"
  | "SHARE_PS_NAMESPACE"
  | "IDENTITY_ASSUME"
  | "PERMISSION_DISCOVER"
  | "MEMBER"
  | "CONTAINS"
  | "POD_EXEC"
  | "POD_PATCH"
  | "POD_CREATE"
  | "POD_RUN_AS"
  | "TOKEN_LIST"
  | "TOKEN_BRUTEFORCE"
  | "TOKEN_REQUEST"
  | "TOKEN_SECRET"
  | "SECRET_READ"
  | "IDENTITY_IMPERSONATE"
  | "ROLE_BIND"
  | "ROLE_ESCALATE"
  | "NODE_PROXY"
  | "CERTIFICATE_ISSUE"
  | "WEBHOOK_CHANGE"
  | "VOLUME_CREATE"
  | "ADMISSION_LIFT"
  | "CONFIG_CHANGE"
  | "EVERYTHING"
  | "CE_PRIV_MOUNT"
  | "CE_NSENTER"
  | "CE_MODULE_LOAD"
  | "CE_SYS_PTRACE"
  | "CE_SYS_ADMIN"
  | "CE_RAW_ACCESS"
  | "CE_UMH_CORE_PATTERN"
  | "CE_VAR_LOG_SYMLINK"
  | "CE_RUNTIME_SOCKET"
  | "VOLUME_DISCOVER"
  | "EXPLOIT_HOST_WRITE"
  | "EXPLOIT_HOST_READ"
  | "EXPLOIT_HOST_TRAVERSE"
  | "NODE_TOKENS"
  | "NODE_IDENTITY"
  | "CONTROL_PLANE"
  | "ENGINE_SOCKET"
  | "ENGINE_LISTENER"
  | "CLOUD_IDENTITY"
  | "CLOUD_ENTRY";

export const EDGE_TYPES: Readonly<Record<EdgeType, string>> = {
  ENDPOINT_EXPOSED: "is reached from outside of the cluster",
  ENDPOINT_EXPLOIT: "is taken over by a flaw in what answers there",
  ANONYMOUS: "asks the API server without saying who it is",
  CONTAINER_ATTACH: "has this container",
  SHARE_PS_NAMESPACE: "sees its processes, and their files and memory",
  IDENTITY_ASSUME: "acts in its name, with the token that lies in the container",
  PERMISSION_DISCOVER: "has this role",
  MEMBER: "is a member of this group",
  CONTAINS: "which are",
  POD_EXEC: "runs commands in running containers",
  POD_PATCH: "changes the image of running pods, or adds a container",
  POD_CREATE: "starts a pod that takes over its node",
  POD_RUN_AS: "starts a pod in the name of any service account of the namespace",
  TOKEN_LIST: "lists secrets, tokens of service accounts among them",
  TOKEN_BRUTEFORCE: "reads secrets whose names can be guessed, tokens of service accounts among them",
  TOKEN_REQUEST: "asks for a token of a service account",
  TOKEN_SECRET: "makes a secret into which the cluster writes a token",
  SECRET_READ: "reads secrets",
  IDENTITY_IMPERSONATE: "says to be somebody else",
  ROLE_BIND: "binds a role to itself",
  ROLE_ESCALATE: "writes more into a role that it has",
  NODE_PROXY: "has the kubelet run commands in pods",
  CERTIFICATE_ISSUE: "issues a certificate in any name",
  WEBHOOK_CHANGE: "changes every object on its way into the cluster",
  VOLUME_CREATE: "makes a volume of a folder of the host",
  ADMISSION_LIFT: "lifts the namespace's level of Pod Security, then starts a pod that takes over its node",
  CONFIG_CHANGE: "changes who the cluster takes somebody for",
  EVERYTHING: "may do everything",
  CE_PRIV_MOUNT: "mounts the host's disk",
  CE_NSENTER: "enters the namespaces of the host's first process",
  CE_MODULE_LOAD: "loads a module into the kernel",
  CE_SYS_PTRACE: "writes into processes of the host",
  CE_SYS_ADMIN: "mounts what runs a program on the host",
  CE_RAW_ACCESS: "reads or writes the host's memory or disk past its files",
  CE_UMH_CORE_PATTERN: "has the kernel run a program when another crashes",
  CE_VAR_LOG_SYMLINK: "reads any file of the host through links among its logs",
  CE_RUNTIME_SOCKET: "has the container engine start a container that owns the host",
  VOLUME_DISCOVER: "has this folder of the host",
  EXPLOIT_HOST_WRITE: "writes what the host runs",
  EXPLOIT_HOST_READ: "reads keys of the host",
  EXPLOIT_HOST_TRAVERSE: "reads tokens of all pods of the node",
  NODE_TOKENS: "reads tokens of the pods that run there",
  NODE_IDENTITY: "acts in the name of the kubelet",
  CONTROL_PLANE: "holds the cluster's own keys",
  ENGINE_SOCKET: "asks the engine, which is root, for a container that owns the host",
  ENGINE_LISTENER: "reaches the engine's port, where nobody has to say who they are",
  CLOUD_IDENTITY: "acts in the cloud under this role",
  CLOUD_ENTRY: "is let into the cluster as",
};
