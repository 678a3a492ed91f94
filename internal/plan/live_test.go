// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestLiveOf(t *testing.T) {
	t.Parallel()
	live, err := LiveOf(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "a"}})
	require.NoError(t, err)
	assert.Equal(t, Live{GVK: KindSecret, Name: "a"}, live)
	_, err = LiveOf(&corev1.Pod{})
	assert.EqualError(t, err, "a *v1.Pod is no child of an OllamaDeployment")
}

// livePlan returns the plan of an object that does not change, whose live children are those of another.
func livePlan(t *testing.T, change func([]Live) []Live, edit func(*v1alpha1.OllamaDeployment)) Plan {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, base))
	other := d.DeepCopy()
	edit(other)
	live, err := Rendered(other, render.Options{})
	require.NoError(t, err)
	p, err := Compute(Input{Old: d, New: d.DeepCopy(), Live: change(live)})
	require.NoError(t, err)
	return p
}

func asIs(live []Live) []Live           { return live }
func noEdit(*v1alpha1.OllamaDeployment) {}

// What differs from the spec already is no consequence of a field.
func TestDrift(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Plan{Kind: "OllamaDeployment", Namespace: "team", Name: "a", Action: Unchanged}, livePlan(t, asIs, noEdit))

	p := livePlan(t, asIs, func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.ImageTag = new("old") })
	assert.Equal(t, Unchanged, p.Action)
	assert.Equal(t, []Component{{
		Name: v1alpha1.ComponentOpenWebUI, Effect: Restarts, ReplicasBefore: 1, ReplicasAfter: 1,
		Differences: []string{"containers[openwebui].image", "initContainers[seed-data].image"},
	}}, p.Components)
	require.Len(t, p.Children, 1)
	assert.Contains(t, string(p.Children[0].Before), "open-webui:old")
	assert.Contains(t, string(p.Children[0].After), "open-webui:main")
	assert.NotContains(t, string(p.Children[0].After), "ownerReferences")

	p = livePlan(t, func(live []Live) []Live {
		return slices.DeleteFunc(live, func(l Live) bool { return l.GVK == render.KindService && l.Name == "a-tabby" })
	}, noEdit)
	require.Len(t, p.Children, 1)
	assert.Equal(t, "Service a-tabby created", fmt.Sprint(p.Children[0].Kind, " ", p.Children[0].Name, " ", p.Children[0].Action))
}

// Replicas are an autoscaler's that has set them, also before, if it is named.
func TestAutoscaler(t *testing.T) {
	t.Parallel()
	scaled := func(live []Live) []Live {
		for i := range live {
			if config, ok := live[i].Applied.(*applyappsv1.DeploymentApplyConfiguration); ok && live[i].Name == "a-ollama" {
				config.Spec.Replicas, live[i].Replicas = nil, new(int32(4))
			}
		}
		return live
	}
	assert.Empty(t, livePlan(t, scaled, noEdit).Components)

	before, after := updated(t, base, `{}`)
	live, err := Rendered(before, render.Options{})
	require.NoError(t, err)
	p, err := Compute(Input{Old: before, New: after, Live: scaled(live), AutoscaledKnown: true})
	require.NoError(t, err)
	require.Len(t, p.Components, 1, "the autoscaler is gone")
	assert.Equal(t, Scales, p.Components[0].Effect)
	assert.Equal(t, int32(4), p.Components[0].ReplicasBefore)

	before, after = updated(t, base, `{spec: {ollama: {replicas: 3}}}`)
	p, err = Compute(Input{Old: before, New: after, Autoscaled: []v1alpha1.ComponentName{v1alpha1.ComponentOllama}})
	require.NoError(t, err)
	assert.Empty(t, p.Components)
}

// Children of kinds that the cluster does not have are not created.
func TestAbsentKinds(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, chat))
	p, err := Compute(Input{New: d, Absent: []schema.GroupVersionKind{render.KindHTTPRoute}})
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(p.Children, func(c Child) bool { return c.Kind == "HTTPRoute" }))
	assert.NotEmpty(t, p.Children)
}

// An update of too many fields to try alone is explained by the component.
func TestManyFields(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, base))
	for i := range maxExperiments + 1 {
		d.Spec.Tabby.EnvVars = append(d.Spec.Tabby.EnvVars, corev1.EnvVar{Name: fmt.Sprintf("A%d", i), Value: "a"})
	}
	after := d.DeepCopy()
	for i := range after.Spec.Tabby.EnvVars {
		after.Spec.Tabby.EnvVars[i].Value = "b"
	}
	p, err := Compute(Input{Old: d, New: after})
	require.NoError(t, err)
	require.Len(t, p.Components, 1)
	assert.Equal(t, []string{"spec.tabby"}, p.Components[0].Because)
}
