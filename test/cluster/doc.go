// Package cluster runs a real Kubernetes control plane on loopback: etcd,
// kube-apiserver, kube-controller-manager and kube-scheduler, with KWOK in the
// place of the nodes, and the operator's own binary if wanted. Tests, the demo and
// benchmarks share it.
//
// Everything runs below a supervisor, a process of its own: a copy of the program
// that wants the cluster, so main and TestMain have to call Supervise first. It
// stops all and removes every file when it is told to and when that program goes
// away, however it does: an interrupt and a panic included.
package cluster
