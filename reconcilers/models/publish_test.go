// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
)

// What is known of the models of a pod is kept once, also after answers with nothing new, which change nothing.
func TestPublishSharesModels(t *testing.T) {
	t.Parallel()
	changes := 0
	k := &Keeper{Now: time.Now, Shares: func(*v1alpha1.OllamaDeployment) bool { return false }, Changed: func(client.ObjectKey) { changes++ }}
	d := &v1alpha1.OllamaDeployment{Spec: v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"a:1b"}}}}
	p := &podState{attempts: map[string]*attempt{}}
	s := &stack{pods: map[types.UID]*podState{"pod": p}}
	for range 2 {
		p.note([]ollamaclient.Model{{Name: "a:1b", Digest: "d"}}, nil, time.Now(), wantedKeys(d))
		require.Zero(t, k.publish(s, d))
		assert.Equal(t, reflect.ValueOf(p.models).Pointer(), reflect.ValueOf(s.published.Pods[0].Models).Pointer())
		assert.Nil(t, p.lacks)
	}
	assert.Equal(t, 1, changes)
}
