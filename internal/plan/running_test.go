// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// liveChildren returns the children of the object as the edit makes it, those of the kinds alone if there are any.
func liveChildren(t *testing.T, d *v1alpha1.OllamaDeployment, edit func(*v1alpha1.OllamaDeployment), kinds ...string) []Live {
	t.Helper()
	d = d.DeepCopy()
	edit(d)
	live, err := Rendered(d, render.Options{})
	require.NoError(t, err)
	return slices.DeleteFunc(live, func(l Live) bool { return len(kinds) > 0 && !slices.Contains(kinds, l.GVK.Kind) })
}

func compute(t *testing.T, in Input) Plan {
	t.Helper()
	p, err := Compute(in)
	require.NoError(t, err)
	return p
}

// A new object finds the claims of an earlier one, or one of somebody else: nobody knows which models they have.
func TestRetainedClaims(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, stored))
	claims := liveChildren(t, d, noEdit, "PersistentVolumeClaim")
	require.Len(t, claims, 2)
	assert.Empty(t, compute(t, Input{New: d, Live: claims}).Models, "the claim is used again")
	assert.Len(t, compute(t, Input{New: d, Live: []Live{}}).Models, 1, "there is none")

	for name, edit := range map[string]func(*v1alpha1.OllamaDeployment){
		"without storage": func(d *v1alpha1.OllamaDeployment) { delete(d.Spec.Ollama.Resources.Requests, "storage") },
		"another claim": func(d *v1alpha1.OllamaDeployment) {
			delete(d.Spec.Ollama.Resources.Requests, "storage")
			d.Spec.Ollama.Storage = &v1alpha1.StorageSpec{ExistingClaim: new("other")}
		},
	} {
		other := d.DeepCopy()
		edit(other)
		p := compute(t, Input{New: other, Live: claims})
		assert.Empty(t, p.Claims, name)
		assert.Equal(t, name == "without storage", len(p.Models) > 0, name)

		p = compute(t, Input{Old: other, New: d, Live: append(liveChildren(t, other, noEdit), claims...)})
		assert.Empty(t, p.Models, "storage again after %s", name)
		assert.NotContains(t, Warning(p), "pulled anew", "storage again after %s", name)
	}
}

// Labels of a paused object change, and nothing else.
func TestLabelsOfPausedObject(t *testing.T) {
	t.Parallel()
	before, after := updated(t, base, `{metadata: {labels: {a: b}}}`)
	before.Spec.Paused, after.Spec.Paused = new(true), new(true)
	assert.Equal(t, Plan{Kind: "OllamaDeployment", Namespace: "team", Name: "a", Action: Changed, Paused: true}, compute(t, Input{Old: before, New: after}))
}

// What was held back is applied when the object is no longer paused, and compared with what runs.
func TestResumed(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Parse(t, chat+status))
	old.Spec.Paused = new(true)
	old.Spec.Ollama.Models = append(old.Spec.Ollama.Models, "llama3.2:1b", "gpt-oss:20b-cloud")
	resumed := old.DeepCopy()
	resumed.Spec.Paused = nil
	live := liveChildren(t, old, func(d *v1alpha1.OllamaDeployment) {
		d.Spec.OpenWebUI.ImageTag = new("v0")
		d.Spec.Ollama.Resources.Requests["storage"] = *d.Spec.OpenWebUI.Resources.StorageSize()
	})
	p := compute(t, Input{Old: old, New: resumed, Live: live})
	require.Len(t, p.Components, 2)
	for _, c := range p.Components {
		assert.Equal(t, []string{"spec.paused"}, c.Because, c.Name)
	}
	assert.Equal(t, "one pod alone migrates the database", p.Components[1].Downtime)
	assert.Equal(t, []Model{{Name: "llama3.2:3b", Effect: PulledAnew, Bytes: 2 << 30}, {Name: "llama3.2:1b", Effect: Pulled}}, p.Models)
	require.Len(t, p.Claims, 1)
	assert.Equal(t, Claim{Component: v1alpha1.ComponentOllama, Name: "a-ollama", Action: Retained, Before: "1Gi", After: "1Gi"}, p.Claims[0])
	assert.Contains(t, Warning(p), "spec.paused: ")
}

// Models that were removed from the list while the object was paused are deleted when it is resumed.
func TestRemovalsHeldBack(t *testing.T) {
	t.Parallel()
	removed := []v1alpha1.RemovedModel{{Name: "llama3.2:1b"}, {Name: "listed:1b"}}
	for name, tc := range map[string]struct {
		policy v1alpha1.ModelRemovalPolicy
		paused bool
		want   []Model
	}{
		"resumed":                  {v1alpha1.ModelRemovalDelete, false, []Model{{Name: "llama3.2:1b", Effect: Removed}}},
		"still paused":             {v1alpha1.ModelRemovalDelete, true, nil},
		"resumed, models are kept": {v1alpha1.ModelRemovalKeep, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := fixtures.Defaulted(fixtures.Parse(t, stored+status))
			old.Spec.Paused = new(true)
			old.Spec.Ollama.Models = []v1alpha1.OllamaModel{"llama3.2:3b", "listed:1b"}
			old.Status.Models = append(old.Status.Models, v1alpha1.ModelStatus{Name: "listed:1b", LastPulled: &metav1.Time{}})
			old.Status.RemovedModels = removed
			after := old.DeepCopy()
			after.Spec.Paused, after.Spec.Ollama.ModelRemovalPolicy = new(tc.paused), new(tc.policy)
			assert.Equal(t, tc.want, compute(t, Input{Old: old, New: after, Live: liveChildren(t, old, noEdit)}).Models)
		})
	}
}

// Models of Ollama's cloud are on no disk.
func TestCloudModels(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: a}, spec: {ollama: {models: ["gpt-oss:20b-cloud"]}}}`))
	assert.Empty(t, compute(t, Input{New: d}).Models)
	after := d.DeepCopy()
	after.Spec.Ollama.ImageTag = new("0.12")
	assert.Empty(t, compute(t, Input{Old: d, New: after}).Models)
}

// A Deployment of which nothing is on record as applied is taken to be as the stored object wants it.
func TestNothingOnRecord(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, base))
	live := liveChildren(t, d, noEdit)
	i := slices.IndexFunc(live, func(l Live) bool { return l.GVK == render.KindDeployment && l.Name == "a-ollama" })
	unknown, err := LiveOf(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "a-ollama", Namespace: "team"}})
	require.NoError(t, err)
	live[i] = unknown
	assert.Empty(t, compute(t, Input{Old: d, New: d.DeepCopy(), Live: live}).Components)
	after := d.DeepCopy()
	after.Spec.Ollama.ImageTag = new("0.12")
	components := compute(t, Input{Old: d, New: after, Live: live}).Components
	require.NotEmpty(t, components)
	assert.Equal(t, []string{"spec.ollama.imageTag"}, components[0].Because)
	assert.Equal(t, []string{"containers[ollama].image"}, components[0].Differences)
}
