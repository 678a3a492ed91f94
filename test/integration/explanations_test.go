// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An explanation is a field in the output of "why".
type explanation struct {
	Path      string
	Value     any
	Source    string
	Uncertain bool
	Managers  []struct {
		Name, Operation, Subresource string
		LastApplied                  bool
	}
	From      []string
	IfRemoved *struct {
		Result  string
		Value   any
		Errors  []string
		Changes []struct {
			Path  string
			Value any
		}
	}
}

// String returns the source and the managers: "user Apply team", "default? Update helm", where ? stands
// for uncertain, and "user (Update kubectl)" for a manager whose manifest has the value.
func (e explanation) String() string {
	out := []string{e.Source}
	if e.Uncertain {
		out[0] += "?"
	}
	for _, m := range e.Managers {
		name := strings.TrimSuffix(m.Operation+" "+m.Name+" "+m.Subresource, " ")
		if m.LastApplied {
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
	return strings.Join(append(out, e.From...), " ")
}

// why returns what "why" says about an object, by path.
func (k kubectl) why(t *testing.T, args ...string) map[string]explanation {
	t.Helper()
	var out struct{ Fields []explanation }
	printed := runPlugin(t, "", append([]string{"why", "-o", "json", "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(printed), &out))
	byPath := map[string]explanation{}
	for _, e := range out.Fields {
		byPath[e.Path] = e
	}
	require.Len(t, byPath, len(out.Fields), "each path once")
	return byPath
}

// edit changes the object with kubectl edit, by a script of sed.
func (k kubectl) edit(t *testing.T, object, script string, flags ...string) {
	t.Helper()
	cmd := exec.Command(shared.Kubectl, append([]string{"--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace, "edit", object}, flags...)...)
	cmd.Env = append(os.Environ(), "KUBE_EDITOR=sed -i "+script)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// assertManaged checks the managers of all fields against the managed fields: by the names in the raw
// entries, which fields in lists do not have.
func assertManaged(t *testing.T, k kubectl, object string, explained map[string]explanation) {
	t.Helper()
	var stored metav1.PartialObjectMetadata
	require.NoError(t, json.Unmarshal([]byte(k.ok(t, "", "get", object, "-o", "json", "--show-managed-fields")), &stored))
	require.NotEmpty(t, stored.ManagedFields)
	checked := 0
	for path, e := range explained {
		var want, got []string
		for _, entry := range stored.ManagedFields {
			if entry.Subresource != "status" && hasField(t, entry.FieldsV1.GetRawBytes(), path) {
				want = append(want, string(entry.Operation)+" "+entry.Manager+" "+entry.Subresource)
			}
		}
		for _, m := range e.Managers {
			if !m.LastApplied {
				got = append(got, m.Operation+" "+m.Name+" "+m.Subresource)
			}
		}
		if strings.Contains(path, "[0]") {
			continue
		}
		checked++
		assert.ElementsMatch(t, want, got, path)
		if e.Source == "derived" || e.Source == "unknown" {
			assert.Empty(t, want, path)
		}
	}
	assert.Positive(t, checked)
}

// hasField reports whether an entry of the managed fields has the field.
func hasField(t *testing.T, fields []byte, path string) bool {
	t.Helper()
	var level map[string]any
	require.NoError(t, json.Unmarshal(fields, &level))
	for _, name := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		next, found := level["f:"+name].(map[string]any)
		if !found {
			return false
		}
		level = next
	}
	return true
}
