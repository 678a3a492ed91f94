// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// requireResource skips a test that itself needs an API that the version of Kubernetes does not serve.
func (k kubectl) requireResource(t *testing.T, groupVersion, resource, since string) {
	t.Helper()
	served := k.run(t, "", "get", "--raw", "/apis/"+groupVersion).Stdout
	if !strings.Contains(served, `"name":"`+resource+`"`) {
		t.Skipf("the API server does not serve %s in %s, which Kubernetes does from %s on", resource, groupVersion, since)
	}
}

// minorVersion returns the minor version of the API server: 32 for 1.32.
func (k kubectl) minorVersion(t *testing.T) (minor int) {
	t.Helper()
	_, version, found := strings.Cut(k.ok(t, "", "get", "--raw", "/version"), `"gitVersion": "v1.`)
	require.True(t, found)
	_, err := fmt.Sscanf(version, "%d", &minor)
	require.NoError(t, err)
	return minor
}

// fieldsSince are fields that admission rejects before a minor version of Kubernetes.
var fieldsSince = map[string]int{"modelImages:": 35, "resourceClaims:": 34}

// requireFields skips a test whose objects have fields that admission rejects on this version of Kubernetes.
func (k kubectl) requireFields(t *testing.T, objects string) {
	t.Helper()
	if name, since := k.rejectedField(t, objects); name != "" {
		t.Skipf("admission rejects %s before Kubernetes 1.%d", name, since)
	}
}

// rejectedField returns a field of the objects that admission rejects on this version of Kubernetes, and the minor
// version that has it; "" if there is none.
func (k kubectl) rejectedField(t *testing.T, objects string) (name string, since int) {
	t.Helper()
	for name, since := range fieldsSince {
		if strings.Contains(objects, name) && k.minorVersion(t) < since {
			return name, since
		}
	}
	return "", 0
}

// admissionOptions returns the options that a manager with --allow-host-path has on this version of Kubernetes.
func (k kubectl) admissionOptions(t *testing.T) validation.Options {
	t.Helper()
	minor := k.minorVersion(t)
	return validation.Options{AllowHostPath: true, NoImageVolumes: minor < 35, NoResourceClaims: minor < 34}
}

// isUnknownField reports whether the API server rejected a child for a field of the user's that only later versions
// of Kubernetes have.
func (k kubectl) isUnknownField(t *testing.T, err error) bool {
	t.Helper()
	return err != nil && k.minorVersion(t) < 34 && strings.Contains(err.Error(), ".fileKeyRef: field not declared in schema")
}
