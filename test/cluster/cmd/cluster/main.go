// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command cluster starts and stops a local control plane with the operator, for "make up" and "make
// down", and runs a shell beside a real node, for "make up NODE=real". Tests of other modules run one
// with "cluster run".
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/geeper-io/llm-operator/test/cluster"
)

func main() {
	cluster.Supervise()
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: %s up|down|node|run", filepath.Base(os.Args[0])))
	}
	switch os.Args[1] {
	case "up":
		up()
	case "down":
		if err := cluster.Down(dir()); err != nil {
			fail(err)
		}
		fmt.Println("the cluster is down")
	case "node":
		if err := runNode(); err != nil {
			fail(err)
		}
	case "run":
		if err := runCluster(); err != nil {
			fail(err)
		}
	default:
		fail(fmt.Errorf("unknown command %q, must be up, down, node or run", os.Args[1]))
	}
}

func up() {
	fmt.Println("starting etcd, kube-apiserver, kube-controller-manager, kube-scheduler, KWOK and the operator ...")
	manager := filepath.Join(root(), "bin", "manager")
	kubeconfig, err := cluster.Up(dir(), cluster.Options{Manager: manager})
	if err != nil {
		fail(err)
	}
	fmt.Printf("the cluster is up, and the webhooks answer; to use it:\n\n  export KUBECONFIG=%s PATH=%s:$PATH\n\n",
		kubeconfig, filepath.Join(root(), "bin")+":"+filepath.Join(root(), "bin", "k8s"))
}

func dir() string {
	return filepath.Join(root(), cluster.DetachedDir)
}

func root() string {
	root, err := cluster.Root()
	if err != nil {
		fail(err)
	}
	return root
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "cluster:", err)
	os.Exit(1)
}
