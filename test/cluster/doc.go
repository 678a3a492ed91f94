// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package cluster runs a Kubernetes control plane on loopback: etcd, kube-apiserver,
// kube-controller-manager and kube-scheduler, with nodes simulated by KWOK, and optionally the
// operator's binary. Tests, the demo and benchmarks share it.
//
// Nothing runs in pods on simulated nodes, and nothing reaches their addresses. An HTTP proxy on
// loopback, whose URL is in the file "ollama-proxy-url" of the cluster's directory, answers requests
// to their port 11434 with a simulated Ollama server for each pod, which has the models that are
// pulled with it. A pull takes well below a second; names of models choose what else happens, see
// ollama.NameRules. Models on a claim outlive pods.
//
// All processes are children of a supervisor, which is a copy of the program that starts the
// cluster; main and TestMain therefore have to call Supervise first. The supervisor stops all
// processes and deletes all files on request, and when that program ends for any reason, including
// an interrupt or a panic.
package cluster
