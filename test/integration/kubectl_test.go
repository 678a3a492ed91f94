// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// patience is how long tests wait for the cluster, and tick how often they check.
const (
	patience = 60 * time.Second
	tick     = 100 * time.Millisecond
)

// notInName matches the characters of a test's name that a namespace cannot have.
var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// A kubectl runs commands in a namespace.
type kubectl struct {
	namespace string
}

// newKubectl creates a namespace for the test, which is deleted when the test ends.
func newKubectl(t *testing.T) kubectl {
	t.Helper()
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(t.Name()), "-"), "-")
	if len(name) > 50 {
		name = strings.Trim(name[len(name)-50:], "-")
	}
	k := kubectl{namespace: name}
	namespaces := reader(t).namespaces
	_, err := namespaces.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() {
		err := namespaces.Delete(context.Background(), name, metav1.DeleteOptions{})
		assert.NoError(t, client.IgnoreNotFound(err)) // the test may have deleted it
	})
	return k
}

// run runs kubectl with standard input.
func (k kubectl) run(t *testing.T, stdin string, args ...string) cluster.Result {
	t.Helper()
	r, err := shared.RunKubectl(stdin, append([]string{"--namespace", k.namespace}, args...)...)
	require.NoError(t, err)
	return r
}

// ok runs kubectl, asserts that it succeeds, and returns its output.
func (k kubectl) ok(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := k.run(t, stdin, args...)
	require.Zero(t, r.Code, "kubectl %s: %s", strings.Join(args, " "), r.Stderr)
	return r.Stdout
}

// apply applies YAML and asserts that it succeeds.
func (k kubectl) apply(t *testing.T, yaml string) {
	t.Helper()
	k.ok(t, yaml, "apply", "-f", "-")
}

// replace replaces an object. It retries, because kubectl reads the resource version first and the
// operator may write the status in between.
func (k kubectl) replace(t *testing.T, yaml string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, yaml, "replace", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
}

// noDiff waits until kubectl diff finds no difference. It retries, because the operator may write the
// status between the two reads of a diff.
func (k kubectl) noDiff(t *testing.T, yaml string, flags ...string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, yaml, append([]string{"diff", "-f", "-"}, flags...)...)
		assert.Zero(c, r.Code, r.Stdout+r.Stderr)
	}, patience, tick)
}

// get returns a value of an object by JSONPath, as "kubectl get" prints it.
func (k kubectl) get(t *testing.T, object, path string) string {
	t.Helper()
	value, err := reader(t).value(k.namespace, object, path)
	require.NoError(t, err)
	return value
}

// ready waits until the OllamaDeployment is ready.
func (k kubectl) ready(t *testing.T, name string) {
	t.Helper()
	k.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/"+name, "--timeout="+patience.String())
}

// in returns a kubectl in another namespace.
func (k kubectl) in(namespace string) kubectl { return kubectl{namespace: namespace} }

// exists reports whether the object exists.
func (k kubectl) exists(t *testing.T, object string) bool {
	t.Helper()
	_, err := reader(t).read(k.namespace, object)
	require.NoError(t, client.IgnoreNotFound(err))
	return err == nil
}

// eventually waits until the value equals want.
func (k kubectl) eventually(t *testing.T, object, path, want string) {
	t.Helper()
	from := reader(t)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		value, err := from.value(k.namespace, object, path)
		require.NoError(c, err)
		assert.Equal(c, want, value)
	}, patience, tick)
}
