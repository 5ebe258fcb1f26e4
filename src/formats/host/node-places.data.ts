// Where distributions of Kubernetes keep the files of its own programs.
// Sources: the CIS benchmarks for Kubernetes 1.12, for k3s and for RKE2, sections 1.1 and 4.1; kubeadm's implementation details,
// https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details
import type { NodeDistribution, NodeFileKind } from "../../model/node-files.ts";

/** Files that only a node of a distribution has; in the order in which they are asked. */
export const NODE_MARKS: readonly (readonly [NodeDistribution, readonly string[]])[] = [
  ["RKE2", ["/var/lib/rancher/rke2"]],
  ["k3s", ["/var/lib/rancher/k3s"]],
  // An empty folder of manifests comes with the kubelet's package.
  ["kubeadm", ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/manifests/kube-apiserver.yaml"]],
];

type Places = Readonly<Partial<Record<NodeFileKind, readonly string[]>>>;

/** Of these kinds a folder is named, and what lies in it is meant. */
export const FOLDERS: ReadonlySet<NodeFileKind> = new Set<NodeFileKind>(["cni", "pki"]);

export const NODE_PLACES: Readonly<Record<NodeDistribution, Places>> = {
  kubeadm: {
    "api-server-manifest": ["/etc/kubernetes/manifests/kube-apiserver.yaml"],
    "controller-manager-manifest": ["/etc/kubernetes/manifests/kube-controller-manager.yaml"],
    "scheduler-manifest": ["/etc/kubernetes/manifests/kube-scheduler.yaml"],
    "etcd-manifest": ["/etc/kubernetes/manifests/etcd.yaml"],
    cni: ["/etc/cni/net.d"],
    "etcd-data": ["/var/lib/etcd"],
    "admin-config": ["/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"],
    "controller-manager-config": ["/etc/kubernetes/controller-manager.conf"],
    "scheduler-config": ["/etc/kubernetes/scheduler.conf"],
    pki: ["/etc/kubernetes/pki"],
    "proxy-config": ["/etc/kubernetes/kube-proxy.conf", "/etc/kubernetes/proxy.conf", "/var/lib/kube-proxy/kubeconfig.conf"],
    "kubelet-kubeconfig": ["/etc/kubernetes/kubelet.conf"],
    "client-authority": ["/etc/kubernetes/pki/ca.crt"],
    "kubelet-config": ["/var/lib/kubelet/config.yaml"],
  },
  // It runs all of it in one program: there are neither manifests nor a kubelet's service.
  k3s: {
    cni: ["/var/lib/rancher/k3s/agent/etc/cni/net.d"],
    "etcd-data": ["/var/lib/rancher/k3s/server/db/etcd"],
    "admin-config": ["/var/lib/rancher/k3s/server/cred/admin.kubeconfig", "/etc/rancher/k3s/k3s.yaml"],
    "controller-manager-config": ["/var/lib/rancher/k3s/server/cred/controller.kubeconfig"],
    "scheduler-config": ["/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig"],
    pki: ["/var/lib/rancher/k3s/server/tls"],
    "proxy-config": ["/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig"],
    "kubelet-kubeconfig": ["/var/lib/rancher/k3s/agent/kubelet.kubeconfig"],
    "client-authority": ["/var/lib/rancher/k3s/agent/client-ca.crt"],
  },
  RKE2: {
    "api-server-manifest": ["/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml"],
    "controller-manager-manifest": ["/var/lib/rancher/rke2/agent/pod-manifests/kube-controller-manager.yaml"],
    "scheduler-manifest": ["/var/lib/rancher/rke2/agent/pod-manifests/kube-scheduler.yaml"],
    "etcd-manifest": ["/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml"],
    cni: ["/etc/cni/net.d"],
    "etcd-data": ["/var/lib/rancher/rke2/server/db/etcd"],
    "admin-config": ["/var/lib/rancher/rke2/server/cred/admin.kubeconfig", "/etc/rancher/rke2/rke2.yaml"],
    "controller-manager-config": ["/var/lib/rancher/rke2/server/cred/controller.kubeconfig"],
    "scheduler-config": ["/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig"],
    pki: ["/var/lib/rancher/rke2/server/tls"],
    "proxy-config": ["/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig"],
    "kubelet-kubeconfig": ["/var/lib/rancher/rke2/agent/kubelet.kubeconfig"],
    "client-authority": ["/var/lib/rancher/rke2/agent/client-ca.crt"],
    "kubelet-config": ["/var/lib/rancher/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf"],
  },
};
