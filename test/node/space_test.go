// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

const (
	// patience is how long a pod may take to start and to pull its models, with others beside it.
	patience = 90 * time.Second
	tick     = 100 * time.Millisecond
)

// A space is a namespace of a test.
type space struct {
	namespace string
	client    client.Client
}

// newSpace creates a namespace named after the test, which is deleted when the test ends. If the test
// fails, it logs what is in the namespace.
func newSpace(t *testing.T) *space {
	t.Helper()
	return namedSpace(t, strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())))
}

// namedSpace is newSpace for a namespace of another name.
func namedSpace(t *testing.T, name string) *space {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	c, err := client.New(shared.Config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	s := &space{name, c}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}
	require.NoError(t, c.Create(t.Context(), namespace))
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.describe())
		}
		assert.NoError(t, c.Delete(context.Background(), namespace))
	})
	return s
}

// describe returns what kubectl says of the namespace.
func (s *space) describe() string {
	var out strings.Builder
	for _, args := range [][]string{
		{"get", "ollamadeployments,all,persistentvolumeclaims,networkpolicies", "-o", "wide"},
		{"get", "ollamadeployments", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{\"\\n\"}{end}{end}"},
		{"describe", "pods"},
		{"get", "events", "--sort-by=.metadata.creationTimestamp"},
		{"logs", "--prefix", "--all-containers", "--ignore-errors", "--tail=30", "-l", "app.kubernetes.io/managed-by"},
	} {
		result, err := shared.RunKubectl("", append([]string{"-n", s.namespace}, args...)...)
		fmt.Fprintf(&out, "\n=== kubectl %s\n%s%s", strings.Join(args, " "), result.Stdout, result.Stderr)
		if err != nil {
			fmt.Fprintln(&out, err)
		}
	}
	return out.String()
}

// kubectl runs kubectl in the namespace and returns its output. It has to succeed.
func (s *space) kubectl(t require.TestingT, args ...string) string {
	result, err := shared.RunKubectl("", append([]string{"-n", s.namespace}, args...)...)
	require.NoError(t, err)
	require.Zero(t, result.Code, "kubectl %v: %s", args, result.Stderr)
	return result.Stdout
}

// apply applies a manifest as a user does.
func (s *space) apply(t require.TestingT, manifest string) {
	result, err := shared.RunKubectl(manifest, "-n", s.namespace, "apply", "-f", "-")
	require.NoError(t, err)
	require.Zero(t, result.Code, result.Stderr)
}

// ready waits until the object is ready in its current generation, and so are all its pods: right after
// a container has ended, the status is that of before.
func (s *space) ready(t *testing.T, name string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		s.assertPodsReady(c, name)
		condition := s.condition(c, name, v1alpha1.ConditionReady)
		assert.Equal(c, metav1.ConditionTrue, condition.Status, "%s: %s", condition.Reason, condition.Message)
	}, patience, tick)
}

// podsReady waits until the object has pods, and all are ready.
func (s *space) podsReady(t *testing.T, name string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) { s.assertPodsReady(c, name) }, patience, tick)
}

func (s *space) assertPodsReady(t require.TestingT, name string) {
	pods := &corev1.PodList{}
	require.NoError(t, s.client.List(context.Background(), pods, client.InNamespace(s.namespace),
		client.MatchingLabels{v1alpha1.LabelOwner: name}))
	assert.NotEmpty(t, pods.Items)
	for i := range pods.Items {
		assert.True(t, podReady(&pods.Items[i]), pods.Items[i].Name)
	}
}

// podReady reports whether a pod is ready, or will be none of those of its object any more.
func podReady(pod *corev1.Pod) bool {
	if pod.DeletionTimestamp != nil {
		return true
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// eventually waits until a condition has a status, and a reason if that is not empty.
func (s *space) eventually(t *testing.T, name, kind string, status metav1.ConditionStatus, reason string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		condition := s.condition(c, name, kind)
		assert.Equal(c, status, condition.Status, "%s: %s", condition.Reason, condition.Message)
		if reason != "" {
			assert.Equal(c, reason, condition.Reason, condition.Message)
		}
	}, patience, tick)
}

// condition returns a condition of the object, which has to be of its current generation.
func (s *space) condition(t require.TestingT, name, kind string) metav1.Condition {
	d := s.get(t, name)
	condition := meta.FindStatusCondition(d.Status.Conditions, kind)
	require.NotNil(t, condition, kind)
	require.Equal(t, d.Generation, condition.ObservedGeneration)
	return *condition
}

func (s *space) get(t require.TestingT, name string) *v1alpha1.OllamaDeployment {
	d := &v1alpha1.OllamaDeployment{}
	require.NoError(t, s.client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: name}, d))
	return d
}

// pods returns the pods of a component that are not being deleted.
func (s *space) pods(t require.TestingT, component string) []corev1.Pod {
	list := &corev1.PodList{}
	require.NoError(t, s.client.List(context.Background(), list, client.InNamespace(s.namespace),
		client.MatchingLabels{v1alpha1.LabelComponent: component}))
	var running []corev1.Pod
	for _, pod := range list.Items {
		if pod.DeletionTimestamp == nil {
			running = append(running, pod)
		}
	}
	return running
}

// pod returns the only pod of a component.
func (s *space) pod(t require.TestingT, component string) corev1.Pod {
	pods := s.pods(t, component)
	require.Len(t, pods, 1)
	return pods[0]
}
