// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// liveChildren are unstructured children by kind and name, such as "Deployment a-ollama".
type liveChildren map[string]*unstructured.Unstructured

func (p plannedObject) children(t *testing.T) liveChildren {
	t.Helper()
	out, err := p.read(t.Context())
	require.NoError(t, err)
	return out
}

func (p plannedObject) read(ctx context.Context) (liveChildren, error) {
	out := liveChildren{}
	for _, kind := range childLists {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind)
		err := p.api.List(ctx, list, client.InNamespace(p.namespace), client.MatchingLabels{v1alpha1.LabelOwner: "a"})
		if err != nil && !meta.IsNoMatchError(err) {
			return nil, err
		}
		for i := range list.Items {
			out[kind.Kind+" "+list.Items[i].GetName()] = &list.Items[i]
		}
	}
	return out, nil
}

// settled waits until the object is ready, or gone with its pods, and nothing of its children changes.
func (p plannedObject) settled(t *testing.T) {
	t.Helper()
	last, calm := "", 0
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		now, err := p.state(t.Context())
		if err != nil || now != last {
			last, calm = now, 0
		}
		calm++
		require.NoError(c, err)
		assert.GreaterOrEqual(c, calm, 5, "children change")
	}, 2*patience, 300*time.Millisecond)
}

// state returns the content of the children, and an error if the object is neither ready nor gone with its pods.
func (p plannedObject) state(ctx context.Context) (string, error) {
	d := &v1alpha1.OllamaDeployment{}
	err := p.api.Get(ctx, client.ObjectKey{Namespace: p.namespace, Name: "a"}, d)
	isGone := apierrors.IsNotFound(err)
	switch {
	case err != nil && !isGone:
		return "", err
	case !isGone && (d.Status.ObservedGeneration != d.Generation || !d.Spec.IsPaused() && !meta.IsStatusConditionTrue(d.Status.Conditions, v1alpha1.ConditionReady)):
		return "", fmt.Errorf("it is not ready: %v", d.Status.Conditions)
	}
	all, err := p.read(ctx)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if isGone && strings.HasPrefix(key, "Deployment ") {
			return "", fmt.Errorf("%s is not deleted yet", key)
		}
		out.WriteString(key + string(all[key].GetUID()) + content(all[key]))
	}
	return out.String(), nil
}

// live returns the children as the plan takes them.
func (p plannedObject) live(t *testing.T, all liveChildren) []plan.Live {
	t.Helper()
	out := []plan.Live{}
	for _, one := range all {
		typed, err := p.scheme.New(one.GroupVersionKind())
		require.NoError(t, err)
		require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(one.Object, typed))
		live, err := plan.LiveOf(typed)
		require.NoError(t, err)
		out = append(out, live)
	}
	return out
}

// content returns what somebody has set of a child, as JSON.
func content(one *unstructured.Unstructured) string {
	object := one.DeepCopy()
	annotations := object.GetAnnotations()
	delete(annotations, "deployment.kubernetes.io/revision") // of Kubernetes' controller
	kept := map[string]any{"labels": object.GetLabels(), "annotations": annotations, "owners": object.GetOwnerReferences()}
	for name, value := range object.Object {
		if name != "metadata" && name != "status" {
			kept[name] = value
		}
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
