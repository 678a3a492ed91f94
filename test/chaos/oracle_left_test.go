// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// What is left of a deleted object is found, except for claims, the Secrets that belong to them, and what was orphaned.
func TestOracleAfterDeletion(t *testing.T) {
	t.Parallel()
	j := newJudgement(t)
	j.stored = nil
	maps.DeleteFunc(j.children, func(key id, _ *unstructured.Unstructured) bool {
		return key.kind != kindClaim && key.kind != kindSecret && key.name != "other"
	})
	claim := j.child(kindClaim, "stack-0-openwebui")
	j.child(kindSecret, "stack-0-openwebui").SetOwnerReferences([]metav1.OwnerReference{{UID: claim.GetUID()}})
	assert.Equal(t, []string{"Secret chaos-a/stack-0-tabby is left of a deleted owner"}, j.judge(t.Context(), j.state))
	claim.SetOwnerReferences([]metav1.OwnerReference{{UID: "owner"}})
	assert.Contains(t, j.judge(t.Context(), j.state), "PersistentVolumeClaim chaos-a/stack-0-openwebui is left of a deleted owner")

	j = newJudgement(t)
	j.stored = nil
	assert.Contains(t, j.judge(t.Context(), j.state), "Deployment chaos-a/stack-0-tabby is left of a deleted object")
	j.slots["chaos-a/stack-0"] = slot{"chaos-a", "stack-0", orphaner}
	assert.Empty(t, j.judge(t.Context(), j.state))
}

// An alias has an OllamaDeployment of the same spec and status, which goes with it.
func TestOracleOfAlias(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		plant func(alias, owned *unstructured.Unstructured)
		want  string // part of the only violation; "" means that there is none
	}{
		"everything is as it has to be": {func(_, _ *unstructured.Unstructured) {}, ""},
		"the OllamaDeployment belongs to another alias": {func(alias, _ *unstructured.Unstructured) {
			alias.SetUID("other")
		}, "the alias chaos-a/stack-0 has no OllamaDeployment"},
		"the specs differ": {func(alias, _ *unstructured.Unstructured) {
			_ = unstructured.SetNestedField(alias.Object, "0.11.0", "spec", "ollama", "imageTag")
		}, "has an OllamaDeployment of another spec"},
		"the status is an earlier one": {func(alias, _ *unstructured.Unstructured) {
			_ = unstructured.SetNestedField(alias.Object, "3/4", "status", "ready")
		}, "has the status Ready 3/4  of generation 3, not Ready   of 3"},
		"the alias is gone": {func(alias, _ *unstructured.Unstructured) { alias.Object = nil }, "OllamaDeployment chaos-a/stack-0 is left of a deleted alias"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudgement(t)
			j.slots["chaos-a/stack-0"] = slot{"chaos-a", "stack-0", aliased}
			alias, owned := j.stored[0].DeepCopy(), &j.stored[0]
			alias.SetKind(v1alpha1.KindAlias)
			alias.SetUID("alias")
			owned.SetOwnerReferences([]metav1.OwnerReference{{
				APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.KindAlias, Name: alias.GetName(), UID: "alias", Controller: new(true),
			}})
			tc.plant(alias, owned)
			if alias.Object != nil {
				j.aliases = []unstructured.Unstructured{*alias}
			}
			found := j.judge(t.Context(), j.state)
			if tc.want == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Contains(t, found[0], tc.want)
		})
	}
}
