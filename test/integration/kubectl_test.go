// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Bounds of what the cluster does in its own time.
const (
	patience = 60 * time.Second
	tick     = 100 * time.Millisecond
)

// notInName are the characters of a test's name that a namespace cannot have.
var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// A kubectl runs commands in a namespace of its own.
type kubectl struct {
	namespace string
}

// newKubectl makes a namespace for the test, and deletes it with the test.
func newKubectl(t *testing.T) kubectl {
	t.Helper()
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(t.Name()), "-"), "-")
	if len(name) > 50 {
		name = strings.Trim(name[len(name)-50:], "-")
	}
	k := kubectl{namespace: name}
	k.ok(t, "", "create", "namespace", name)
	t.Cleanup(func() { k.run(t, "", "delete", "namespace", name, "--wait=false") })
	return k
}

// run runs kubectl with the given standard input.
func (k kubectl) run(t *testing.T, stdin string, args ...string) cluster.Result {
	t.Helper()
	r, err := shared.RunKubectl(stdin, append([]string{"--namespace", k.namespace}, args...)...)
	require.NoError(t, err)
	return r
}

// ok runs kubectl, which has to succeed, and returns what it printed.
func (k kubectl) ok(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := k.run(t, stdin, args...)
	require.Zero(t, r.Code, "kubectl %s: %s", strings.Join(args, " "), r.Stderr)
	return r.Stdout
}

// apply applies YAML, which has to be accepted.
func (k kubectl) apply(t *testing.T, yaml string) {
	t.Helper()
	k.ok(t, yaml, "apply", "-f", "-")
}

// replace replaces an object. kubectl reads its version first, and the operator may
// write its status just then.
func (k kubectl) replace(t *testing.T, yaml string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, yaml, "replace", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
}

// noDiff waits until a diff finds nothing to change. A status that the operator
// writes between the diff's two reads is a difference too, but none that stays.
func (k kubectl) noDiff(t *testing.T, yaml string, flags ...string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, yaml, append([]string{"diff", "-f", "-"}, flags...)...)
		assert.Zero(c, r.Code, r.Stdout+r.Stderr)
	}, patience, tick)
}

// get is one value of an object, by JSONPath.
func (k kubectl) get(t *testing.T, object, path string) string {
	t.Helper()
	return k.ok(t, "", "get", object, "-o", "jsonpath={"+path+"}")
}

// ready waits until the object is.
func (k kubectl) ready(t *testing.T, name string) {
	t.Helper()
	k.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/"+name, "--timeout="+patience.String())
}

// in is the same kubectl in another namespace.
func (k kubectl) in(namespace string) kubectl { return kubectl{namespace: namespace} }

// exists reports whether the object does.
func (k kubectl) exists(t *testing.T, object string) bool {
	t.Helper()
	return k.ok(t, "", "get", object, "--ignore-not-found", "-o", "name") != ""
}

// eventually waits until the value is the wanted one.
func (k kubectl) eventually(t *testing.T, object, path, want string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "get", object, "-o", "jsonpath={"+path+"}")
		assert.Zero(c, r.Code, r.Stderr)
		assert.Equal(c, want, r.Stdout)
	}, patience, tick)
}
