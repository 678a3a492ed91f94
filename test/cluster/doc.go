// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package cluster runs a Kubernetes control plane on loopback: etcd, kube-apiserver,
// kube-controller-manager and kube-scheduler, with nodes simulated by KWOK, and optionally the
// operator's binary. Tests, the demo and benchmarks share it.
//
// All processes are children of a supervisor, which is a copy of the program that starts the
// cluster; main and TestMain therefore have to call Supervise first. The supervisor stops all
// processes and deletes all files on request, and when that program ends for any reason, including
// an interrupt or a panic.
package cluster
