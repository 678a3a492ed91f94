// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/audit"
)

// patience is how long the test waits for the cluster, and tick how often it checks.
const (
	patience = 3 * time.Minute
	tick     = 100 * time.Millisecond
)

// A state is what the cluster has of the objects and their children.
type state struct {
	// children has the UIDs of everything that an upgrade must not replace, by kind, namespace and name.
	children map[string]types.UID
	// secrets has the data of the Secrets.
	secrets map[string]map[string][]byte
	// specs has the specs of the OllamaDeployments, with fields that only an earlier version may know.
	specs map[string]any
	// deployments are those of the components.
	deployments map[string]appsv1.Deployment
	// pods has the UIDs of the pods, by Deployment.
	pods map[string]map[types.UID]bool
}

// observe returns the state of all namespaces.
func (u *upgrade) observe(t *testing.T) state {
	t.Helper()
	s := state{
		children: map[string]types.UID{}, secrets: map[string]map[string][]byte{}, specs: map[string]any{},
		deployments: map[string]appsv1.Deployment{}, pods: map[string]map[types.UID]bool{},
	}
	for _, list := range []client.ObjectList{
		&appsv1.DeploymentList{}, &corev1.ServiceList{}, &corev1.ConfigMapList{}, &corev1.SecretList{},
		&corev1.PersistentVolumeClaimList{}, &networkingv1.IngressList{}, ollamaDeployments(),
	} {
		require.NoError(t, u.client.List(t.Context(), list))
		require.NoError(t, meta.EachListItem(list, func(object runtime.Object) error {
			s.add(object.(client.Object))
			return nil
		}))
	}
	pods := &corev1.PodList{}
	require.NoError(t, u.client.List(t.Context(), pods, client.HasLabels{v1alpha1.LabelOwner}))
	for _, pod := range pods.Items {
		owner := v1alpha1.ChildName(pod.Labels[v1alpha1.LabelOwner], v1alpha1.ComponentName(pod.Labels[v1alpha1.LabelComponent]))
		key := pod.Namespace + "/" + owner
		if s.pods[key] == nil {
			s.pods[key] = map[types.UID]bool{}
		}
		s.pods[key][pod.UID] = true
	}
	return s
}

func (s state) add(object client.Object) {
	if object.GetNamespace() == "kube-system" {
		return
	}
	name := object.GetNamespace() + "/" + object.GetName()
	s.children[reflect.TypeOf(object).Elem().Name()+" "+name] = object.GetUID()
	switch child := object.(type) {
	case *corev1.Secret:
		s.secrets[name] = child.Data
	case *unstructured.Unstructured:
		s.specs[name] = child.Object["spec"]
	case *appsv1.Deployment:
		s.deployments[name] = *child
	}
}

// ollamaDeployments returns an empty list.
func ollamaDeployments() *unstructured.UnstructuredList {
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind + "List"))
	return list
}

// atRest waits until the operator has written nothing for 3 seconds.
func (u *upgrade) atRest(t *testing.T) {
	t.Helper()
	count, since := 0, time.Now()
	require.Eventually(t, func() bool {
		requests, err := audit.Read(u.cluster.AuditLog(), 0)
		require.NoError(t, err)
		writes := 0
		for _, r := range requests {
			if r.IsWrite() && r.Object.Resource != "leases" {
				writes++
			}
		}
		if writes != count {
			count, since = writes, time.Now()
		}
		return time.Since(since) > 3*time.Second
	}, patience, tick)
}

// settled waits until every object has a status for its generation, every Deployment has rolled out, and
// the operator is at rest.
func (u *upgrade) settled(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		objects, deployments := &v1alpha1.OllamaDeploymentList{}, &appsv1.DeploymentList{}
		if u.client.List(context.Background(), objects) != nil || u.client.List(context.Background(), deployments) != nil {
			return false
		}
		for _, object := range objects.Items {
			if object.Status.ObservedGeneration != object.Generation {
				return false
			}
		}
		for _, d := range deployments.Items {
			if !rolledOut(d) {
				return false
			}
		}
		return true
	}, patience, tick)
	u.atRest(t)
}

// rolledOut reports whether a Deployment has the pods of its template, except those that cannot be created, for
// example because their PriorityClass does not exist.
func rolledOut(d appsv1.Deployment) bool {
	if d.Status.ObservedGeneration != d.Generation || d.Status.UpdatedReplicas != d.Status.Replicas {
		return false
	}
	return d.Status.Replicas == *d.Spec.Replicas || slices.ContainsFunc(d.Status.Conditions, func(c appsv1.DeploymentCondition) bool {
		return c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue
	})
}
