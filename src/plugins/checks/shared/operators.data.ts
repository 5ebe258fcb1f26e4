// What programs in the cluster act upon with grants of their own: whoever writes such an object has pods started, or manifests
// applied, by an account that may do more. Group and resources, as the programs' own definitions name them.

/** Of operators that start pods, or apply what they are told to. */
export const DEPUTIES: Readonly<Record<string, readonly string[]>> = {
  // Argo CD, Workflows and Rollouts
  "argoproj.io": ["applications", "applicationsets", "appprojects", "workflows", "cronworkflows", "workflowtemplates", "clusterworkflowtemplates", "rollouts"],
  // Crossplane, and its provider for Kubernetes
  "kubernetes.crossplane.io": ["objects"],
  "pkg.crossplane.io": ["configurations", "functions", "providers"],
  // Flux
  "helm.toolkit.fluxcd.io": ["helmreleases"],
  "kustomize.toolkit.fluxcd.io": ["kustomizations"],
  // The Helm controller of k3s and RKE2
  "helm.cattle.io": ["helmcharts", "helmchartconfigs"],
  // Knative
  "serving.knative.dev": ["services", "configurations"],
  // Operator Lifecycle Manager
  "operators.coreos.com": ["clusterserviceversions", "installplans", "subscriptions"],
  // Ray and Spark
  "ray.io": ["rayclusters", "rayjobs", "rayservices"],
  "sparkoperator.k8s.io": ["sparkapplications", "scheduledsparkapplications"],
  // Tekton
  "tekton.dev": ["pipelineruns", "pipelines", "taskruns", "tasks"],
};
