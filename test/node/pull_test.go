// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	registry "github.com/geeper-io/llm-operator/test/node/models"
)

// A registry that is down delays the models, and nobody has to do anything when it is up again.
func TestRegistryDown(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("down:1b", 1_000_000))
	shared.Models.SetMode("down:1b", registry.Broken)
	s.apply(t, object("down", "down:1b", ""))
	s.eventually(t, "down", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonModelPullFailed)

	shared.Models.SetMode("down:1b", registry.Up)
	s.ready(t, "down")
}

// A model that does not exist is named in the status, and the object becomes ready without it.
func TestModelMissing(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("typo:7b", 1_000_000))
	s.apply(t, object("typo", "typo:7bb", ""))
	s.eventually(t, "typo", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonModelPullFailed)
	assert.Contains(t, s.condition(t, "typo", v1alpha1.ConditionDegraded).Message, "typo:7bb")

	s.apply(t, object("typo", "typo:7b", ""))
	s.ready(t, "typo")
}

// kubectl get names the model that is missing, and so does the message of Ready.
func TestModelMissingIsNamed(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.apply(t, object("named", "named:7bb", ""))
	s.eventually(t, "named", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonModelPullFailed)
	assert.Regexp(t, `named:7bb.*named:7bb`, s.kubectl(t, "get", "ollamadeployment", "named", "-o", "wide"), "models and message")
	assert.Regexp(t, `^.{0,40}named:7bb`, s.condition(t, "named", v1alpha1.ConditionReady).Message)
}
