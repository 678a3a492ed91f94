// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// A short campaign finds nothing. A slow machine does less in the same time, and may take longer to come to rest.
func TestCampaign(t *testing.T) {
	manager, err := cluster.BuildManager(t.TempDir())
	require.NoError(t, err)
	o := options{
		seed: 1, duration: 40 * time.Second, rounds: 2, clients: 3, objects: 6, replicas: 2,
		settle: 6 * time.Minute, quiet: 10 * time.Second, manager: manager,
	}
	require.NoError(t, o.run(t.Context(), t.Output()))
}
