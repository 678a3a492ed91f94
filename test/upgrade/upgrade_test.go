// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The steps depend on each other: the earlier version stores objects, and this one takes over.
func TestUpgrade(t *testing.T) {
	if skipped != "" {
		t.Skip(skipped)
	}
	c := newClient(t)
	for namespace, found := range objects(t) {
		createNamespace(t, c, namespace)
		for _, object := range found {
			require.NoError(t, c.Create(t.Context(), &object), "%s %s", namespace, object.GetName())
		}
	}
	settled(t, c)
	before := observe(t, c)
	t.Logf("%d objects with %d Deployments", len(stored(t, c)), len(before.deployments))

	require.NoError(t, shared.Upgrade(today))
	settled(t, c)
	after := observe(t, c)
	t.Run("restarts what the changelog names", func(t *testing.T) { assertRestarts(t, before, after) })
	t.Run("loses nothing", func(t *testing.T) { assertNothingLost(t, before, after) })
	t.Run("accepts stored objects", func(t *testing.T) { acceptStored(t, c) })

	settled(t, c)
	touched := observe(t, c)
	t.Run("restarts nothing later", func(t *testing.T) {
		for name, deployment := range after.deployments {
			assert.Empty(t, templateDiff(t, deployment.Spec.Template, touched.deployments[name].Spec.Template), name)
			assert.Equal(t, after.pods[name], touched.pods[name], name)
		}
	})
	t.Run("loses nothing later", func(t *testing.T) { assertNothingLost(t, after, touched) })
}

// assertNothingLost asserts that all children are the same objects as before, and that Secrets have the
// same data. OllamaDeployments have the same spec; a new default of the schema may have been added.
func assertNothingLost(t *testing.T, before, after state) {
	t.Helper()
	for name, uid := range before.children {
		assert.Equal(t, uid, after.children[name], "%s was deleted or replaced", name)
	}
	for name, data := range before.secrets {
		assert.Equal(t, data, after.secrets[name], "the data of Secret %s", name)
	}
	for name, spec := range before.specs {
		assert.Equal(t, spec, common(spec, after.specs[name]), "the spec of %s", name)
	}
}

// common returns what is there now, without fields that were not there before.
func common(before, now any) any {
	was, ok := before.(map[string]any)
	is, same := now.(map[string]any)
	if !ok || !same {
		return now
	}
	out := map[string]any{}
	for key, value := range was {
		if found, has := is[key]; has {
			out[key] = common(value, found)
		}
	}
	return out
}

// acceptStored asserts that each object can be written as it is stored, with another annotation, with
// another image, and again from its stored form.
func acceptStored(t *testing.T, c client.Client) {
	t.Helper()
	createNamespace(t, c, "again")
	for _, object := range stored(t, c) {
		name := object.GetNamespace() + "/" + object.GetName()
		unchanged := update(t, c, object, func(*unstructured.Unstructured) {})
		assert.Equal(t, object.GetResourceVersion(), unchanged.GetResourceVersion(), "an update without a change changed %s", name)

		annotated := update(t, c, object, func(changed *unstructured.Unstructured) {
			changed.SetAnnotations(map[string]string{"example.com/upgraded": "yes"})
		})
		assert.Equal(t, object.Object["spec"], annotated.Object["spec"], "the spec of %s with another annotation", name)

		update(t, c, object, func(changed *unstructured.Unstructured) {
			require.NoError(t, unstructured.SetNestedField(changed.Object, "newer", "spec", "ollama", "imageTag"))
		}, client.DryRunAll)

		again := &unstructured.Unstructured{Object: map[string]any{"spec": object.DeepCopy().Object["spec"]}}
		again.SetGroupVersionKind(object.GroupVersionKind())
		again.SetName(object.GetName())
		again.SetNamespace("again")
		require.NoError(t, c.Create(t.Context(), again, client.DryRunAll), "%s, created again", name)
		assert.Equal(t, object.Object["spec"], again.Object["spec"], "the spec of %s, created again", name)
	}
}

// update changes the latest form of an object, which has to be accepted, and returns the result. It
// retries, because the operator may write the status in between.
func update(t *testing.T, c client.Client, object unstructured.Unstructured, change func(*unstructured.Unstructured), opts ...client.UpdateOption) *unstructured.Unstructured {
	t.Helper()
	latest := object.DeepCopy()
	require.NoError(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		if err := c.Get(t.Context(), client.ObjectKeyFromObject(latest), latest); err != nil {
			return err
		}
		change(latest)
		return c.Update(t.Context(), latest, opts...)
	}), "%s/%s", object.GetNamespace(), object.GetName())
	return latest
}

// stored returns all objects as they are stored, which a client with types would change.
func stored(t *testing.T, c client.Client) []unstructured.Unstructured {
	t.Helper()
	list := ollamaDeployments()
	require.NoError(t, c.List(t.Context(), list))
	return list.Items
}

func newClient(t *testing.T) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	c, err := client.New(shared.Config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	return c
}

func createNamespace(t *testing.T, c client.Client, name string) {
	t.Helper()
	require.NoError(t, c.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}))
}
