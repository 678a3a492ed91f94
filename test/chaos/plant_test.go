// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Defects that are planted are found, in the campaign as it is: children that are lost, somebody else's object that is
// touched, and a status that lies.
func TestPlants(t *testing.T) {
	manager, err := cluster.BuildManager(t.TempDir())
	require.NoError(t, err)
	o := options{
		seed: 1, duration: 12 * time.Second, rounds: 1, clients: 3, objects: 3, replicas: 1,
		settle: 10 * time.Second, quiet: time.Second, manager: manager, plant: strings.Join(plantNames(), ","),
	}
	var out bytes.Buffer
	require.ErrorContains(t, o.run(t.Context(), &out), "violations; repeat with: make chaos CHAOS=")
	for name, want := range map[string]string{
		"child":   `VIOLATION: round 1: Service chaos-\w/stack-\d-ollama( is missing|: it differs from what is rendered)`,
		"foreign": `VIOLATION: round 1: ConfigMap chaos-\w/labeled of somebody else was touched`,
		"status":  `VIOLATION: round 1: the status of chaos-\w/stack-\d has 99 of \d+ pods`,
	} {
		assert.Regexp(t, want, out.String(), name)
	}
}

func TestPlantsOf(t *testing.T) {
	t.Parallel()
	found, err := plantsOf("child,status")
	require.NoError(t, err)
	assert.Len(t, found, 2)
	_, err = plantsOf("child,weed")
	assert.EqualError(t, err, `there is no plant "weed", only child, foreign, status`)
}
