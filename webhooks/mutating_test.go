// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// The schema stops at its own errors, so that the mutating webhook returns those of the rules
// beside them. Without an error of the schema the validating webhook does.
func TestMutatingRejectsWhatTheSchemaRejects(t *testing.T) {
	t.Parallel()
	const equalModels, duplicate = `models: ["a:1", "library/a:1"]`, "spec.ollama.models[1]: Duplicate value"
	storage := `resources: {requests: {storage: 1Gi}}`
	for name, tc := range map[string]struct{ old, spec, want string }{
		"validate tag": {
			spec: `{ollama: {replicas: 11, ` + equalModels + `}}`,
			want: "spec.ollama.replicas: Invalid value",
		},
		"duplicate variables": {
			spec: `{ollama: {` + equalModels + `}, tabby: {envVars: [{name: A, value: a}, {name: A, value: b}]}}`,
			want: "spec.tabby.envVars[1].name: Duplicate value",
		},
		"duplicate volumes": {
			spec: `{ollama: {` + equalModels + `}, tabby: {volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]}}`,
			want: "spec.tabby.volumes[1].name: Duplicate value",
		},
		"duplicate mounts": {
			spec: `{ollama: {` + equalModels + `}, tabby: {volumes: [{name: a, emptyDir: {}}], volumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /a}]}}`,
			want: "spec.tabby.volumeMounts[1].mountPath: Duplicate value",
		},
		"replicas with a ReadWriteOnce claim": {
			old:  `{ollama: {models: ["a:1"], replicas: 1, ` + storage + `}}`,
			spec: `{ollama: {replicas: 2, ` + equalModels + `, ` + storage + `}}`,
			want: "spec.ollama.replicas: Forbidden",
		},
		"accepts errors of the rules alone": {spec: `{ollama: {` + equalModels + `}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := ""
			if tc.old != "" {
				old = header + "spec: " + tc.old
			}
			response := review(t, Mutating(validation.Options{}), header+"spec: "+tc.spec, old)
			if tc.want == "" {
				assert.True(t, response.Allowed, response.Result)
				return
			}
			require.False(t, response.Allowed)
			assert.Contains(t, response.Result.Message, tc.want)
			assert.Contains(t, response.Result.Message, duplicate)
		})
	}
}

// A server-side apply without the deprecated field and its replacement resets the value; a patch does
// not.
func TestMutatingDefaultsServerSideApply(t *testing.T) {
	t.Parallel()
	const object = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata:
  name: stack
  managedFields:
  - {manager: ci, operation: Apply, apiVersion: llm.geeper.io/v1alpha1, time: "2026-01-0`
	const stored = object + `1T00:00:00Z", fieldsType: FieldsV1, fieldsV1: {"f:spec": {"f:ollama": {"f:models": {}, "f:servicePort": {}}}}}
spec: {ollama: {models: ["a:1"], servicePort: 80, service: {type: ClusterIP, port: 80}}}
`
	const removed = object + `2T00:00:00Z", fieldsType: FieldsV1, fieldsV1: {"f:spec": {"f:ollama": {"f:models": {}}}}}
spec: {ollama: {models: ["a:1"], service: {type: ClusterIP, port: 80}}}
`
	for name, tc := range map[string]struct {
		manager string
		reset   bool
	}{
		"same manager":    {manager: "ci", reset: true},
		"another manager": {manager: "kubectl-patch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{UID: "1", Operation: admissionv1.Update}}
			req.Object.Raw, req.OldObject.Raw = toJSON(t, removed), toJSON(t, stored)
			req.Options.Raw = []byte(`{"kind": "UpdateOptions", "fieldManager": "` + tc.manager + `"}`)
			response := Mutating(validation.Options{}).Handle(t.Context(), req)
			require.True(t, response.Allowed, response.Result)
			var ports []any
			for _, operation := range operationsOf(t, response) {
				if operation.Path == "/spec/ollama/service/port" {
					ports = append(ports, operation.Value)
				}
			}
			if tc.reset {
				assert.Equal(t, []any{float64(11434)}, ports)
			} else {
				assert.Empty(t, ports)
			}
		})
	}
}
