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
	"github.com/geeper-io/llm-operator/test/cluster"
)

// replicas is the number of managers, as in config/manager.
const replicas = 2

// An upgrade is a cluster whose operator is replaced by another version, and back.
type upgrade struct {
	cluster *cluster.Cluster
	client  client.Client
}

// The steps depend on each other: an earlier version stores objects, this one takes over, and the earlier one
// comes back.
func TestUpgrade(t *testing.T) {
	if skipped != "" {
		t.Skip(skipped)
	}
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			earlier := v.build(t)
			u := startUpgrade(t, earlier)
			for namespace, found := range earlier.objects(t) {
				u.store(t, namespace, found)
			}
			u.settled(t)
			t.Run("up", func(t *testing.T) { u.up(t, v) })
			if !t.Failed() && v.comesBack {
				t.Run("back", func(t *testing.T) { u.back(t, v, earlier) })
			}
		})
	}
}

// up replaces the earlier version by this one.
func (u *upgrade) up(t *testing.T, v version) {
	before := u.observe(t)
	t.Logf("%d objects with %d Deployments", len(u.stored(t)), len(before.deployments))
	predicted := predict(t, u.cluster.Kubeconfig)
	u.replace(t, today, u.stored(t))
	after := u.observe(t)
	t.Run("restarts what the changelog names", func(t *testing.T) { assertRestarts(t, v.up, before, after) })
	t.Run("restarts what preflight has predicted", func(t *testing.T) { assertPredicted(t, predicted, before, after) })
	t.Run("loses nothing", func(t *testing.T) { assertNothingLost(t, before, after) })
	t.Run("accepts stored objects", func(t *testing.T) { u.acceptStored(t) })

	u.settled(t)
	touched := u.observe(t)
	t.Run("restarts nothing later", func(t *testing.T) { assertRestarts(t, nil, after, touched) })
	t.Run("loses nothing later", func(t *testing.T) { assertNothingLost(t, after, touched) })
}

// replace replaces the operator under a stream of requests, as a rollout of its Deployment does, and waits
// until the cluster has settled. The stored objects are updated meanwhile, and have to keep the fields that are given.
func (u *upgrade) replace(t *testing.T, next build, stored []unstructured.Unstructured) {
	t.Helper()
	stream, leaders := u.startStream(t, stored), u.watchLeaders(t)
	stream.more(t, 2)
	require.NoError(t, u.cluster.ApplyManifests(next.root))
	// The earlier version serves the manifests of the next one, and then both serve side by side.
	stream.more(t, 4)
	stream.remember()
	for range replicas {
		stream.more(t, 4)
		require.NoError(t, u.cluster.ReplaceReplica(next.manager))
	}
	stream.more(t, 4)
	stream.stop(t)
	u.deleteStreamed(t)
	u.settled(t)
	leaders.stop(t)
}

// deleteStreamed deletes what the stream has stored.
func (u *upgrade) deleteStreamed(t *testing.T) {
	t.Helper()
	require.NoError(t, u.client.DeleteAllOf(t.Context(), &v1alpha1.OllamaDeployment{}, client.InNamespace(streamNamespace)))
	require.Eventually(t, func() bool {
		pods := &corev1.PodList{}
		return u.client.List(t.Context(), pods, client.InNamespace(streamNamespace)) == nil && len(pods.Items) == 0
	}, patience, tick)
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
func (u *upgrade) acceptStored(t *testing.T) {
	t.Helper()
	u.createNamespace(t, "again")
	for _, object := range u.stored(t) {
		name := object.GetNamespace() + "/" + object.GetName()
		unchanged := u.update(t, object, func(*unstructured.Unstructured) {})
		assert.Equal(t, object.GetResourceVersion(), unchanged.GetResourceVersion(), "an update without a change changed %s", name)

		annotated := u.update(t, object, func(changed *unstructured.Unstructured) {
			changed.SetAnnotations(map[string]string{"example.com/upgraded": "yes"})
		})
		assert.Equal(t, object.Object["spec"], annotated.Object["spec"], "the spec of %s with another annotation", name)

		u.update(t, object, func(changed *unstructured.Unstructured) {
			require.NoError(t, unstructured.SetNestedField(changed.Object, "newer", "spec", "ollama", "imageTag"))
		}, client.DryRunAll)

		again := &unstructured.Unstructured{Object: map[string]any{"spec": object.DeepCopy().Object["spec"]}}
		again.SetGroupVersionKind(object.GroupVersionKind())
		again.SetName(object.GetName())
		again.SetNamespace("again")
		require.NoError(t, u.client.Create(t.Context(), again, client.DryRunAll), "%s, created again", name)
		assert.Equal(t, object.Object["spec"], again.Object["spec"], "the spec of %s, created again", name)
	}
}

// update changes the latest form of an object, which has to be accepted, and returns the result. It
// retries, because the operator may write the status in between.
func (u *upgrade) update(t *testing.T, object unstructured.Unstructured, change func(*unstructured.Unstructured), opts ...client.UpdateOption) *unstructured.Unstructured {
	t.Helper()
	latest := object.DeepCopy()
	require.NoError(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		if err := u.client.Get(t.Context(), client.ObjectKeyFromObject(latest), latest); err != nil {
			return err
		}
		change(latest)
		return u.client.Update(t.Context(), latest, opts...)
	}), "%s/%s", object.GetNamespace(), object.GetName())
	return latest
}

// stored returns all objects as they are stored, which a client with types would change.
func (u *upgrade) stored(t *testing.T) []unstructured.Unstructured {
	t.Helper()
	list := ollamaDeployments()
	require.NoError(t, u.client.List(t.Context(), list))
	return list.Items
}

// startUpgrade starts a cluster with the operator of a version.
func startUpgrade(t *testing.T, earlier build) *upgrade {
	t.Helper()
	c, err := cluster.Start(cluster.Options{
		Manager: earlier.manager, ManagerRoot: earlier.root, ManagerArgs: []string{"--allow-host-path"}, Replicas: replicas,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	u := &upgrade{cluster: c}
	u.client, err = client.New(c.Config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	u.createNamespace(t, streamNamespace)
	return u
}

// store creates objects in a new namespace.
func (u *upgrade) store(t *testing.T, namespace string, objects []unstructured.Unstructured) {
	t.Helper()
	u.createNamespace(t, namespace)
	for _, object := range objects {
		object.SetNamespace(namespace)
		require.NoError(t, u.client.Create(t.Context(), &object), "%s %s", namespace, object.GetName())
	}
}

func (u *upgrade) createNamespace(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, u.client.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}))
}
