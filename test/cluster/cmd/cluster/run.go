// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// replicas is the number of managers of a cluster that a test runs: a leader, and another one.
const replicas = 2

// A running is what "cluster run" prints.
type running struct {
	Kubectl    string            `json:"kubectl"`
	Kubeconfig string            `json:"kubeconfig"`
	Managers   []cluster.Manager `json:"managers"`
}

// runCluster builds the manager and runs a cluster with two replicas of it, until the standard input ends. It prints a line
// of JSON when the cluster can be used.
func runCluster() error {
	dir, err := os.MkdirTemp("", "llm-operator-manager-")
	if err != nil {
		return fmt.Errorf("creating a directory for the manager: %w", err)
	}
	defer os.RemoveAll(dir)
	manager, err := cluster.BuildManager(dir)
	if err != nil {
		return err
	}
	c, err := cluster.Start(cluster.Options{
		Manager: manager, Replicas: replicas, Metrics: true, ManagerArgs: []string{"--shutdown-delay-duration=0"},
	})
	if err != nil {
		return err
	}
	err = announce(c)
	if err == nil {
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return errors.Join(err, c.Stop())
}

func announce(c *cluster.Cluster) error {
	managers, err := c.Managers()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(running{c.Kubectl, c.Kubeconfig, managers})
}
