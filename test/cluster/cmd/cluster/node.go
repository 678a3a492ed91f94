// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/geeper-io/llm-operator/test/node"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// runNode runs a shell beside a real node, until the shell ends.
func runNode() error {
	if sandbox.Outside() {
		if err := prepareNode(); err != nil {
			return err
		}
	}
	if err := sandbox.EnterShell(); err != nil {
		return err
	}
	n, err := node.Start(node.SelfSigned)
	if err != nil {
		return err
	}
	return errors.Join(serveShell(n), n.Stop())
}

// prepareNode builds what is not built by make.
func prepareNode() error {
	missing, err := node.Missing()
	if err != nil {
		return err
	}
	if missing != "" {
		return errors.New(missing)
	}
	fmt.Println("building the operator's image and the doubles ...")
	if err := node.Build(); err != nil {
		return err
	}
	fmt.Println("starting the control plane, containerd, kubelet, kube-proxy, kube-router and the operator ...")
	return nil
}

func serveShell(n *node.Node) error {
	models, err := n.Models.AddPublic()
	if err != nil {
		return err
	}
	environment, err := n.Environment()
	if err != nil {
		return err
	}
	fmt.Printf(welcome, strings.Join(models, "\n  "))
	return sandbox.ServeShell(environment...)
}

// welcome is what a person reads first. Its argument is the list of models.
const welcome = `
The node is ready, and the operator runs on it. This shell is inside of its network: nothing outside
reaches it, nor the other way around. Try:

  kubectl apply -f config/samples/minimal.yaml
  kubectl wait --for=condition=Ready ollamadeployment/minimal-ollama --timeout=2m
  kubectl logs deployment/minimal-ollama-ollama -c ollama
  kubectl exec deployment/minimal-ollama-ollama -c ollama -- ollama list
  kubectl get all -l ollama-deployment=minimal-ollama

Ollama is the original, and its registry a double with models that answer no prompt:

  %s

"exit" ends the shell and everything in it.

`
