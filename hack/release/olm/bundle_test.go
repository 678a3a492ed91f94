// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package olm

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: system}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  names: {kind: BigThing}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          description: "A thing\nof two lines."
          properties:
            spec: {properties: {maxSize: {description: How big.}, name: {}}}
            status: {properties: {phase: {description: How far.}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: manager, namespace: system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: leader, namespace: system}
rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: manager}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics}
rules: [{apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: viewer}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: leader, namespace: system}
roleRef: {kind: Role, name: leader}
subjects: [{kind: ServiceAccount, name: manager, namespace: system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: manager}
roleRef: {kind: ClusterRole, name: manager}
subjects: [{kind: ServiceAccount, name: manager, namespace: system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: metrics}
roleRef: {kind: ClusterRole, name: metrics}
subjects: [{kind: ServiceAccount, name: manager, namespace: system}]
---
apiVersion: v1
kind: Service
metadata: {name: webhook-service, namespace: system}
---
apiVersion: v1
kind: Service
metadata: {name: metrics-service, namespace: system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: manager, namespace: system, labels: {a: b}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    spec:
      serviceAccountName: manager
      containers:
        - name: manager
          args: [--leader-elect, --webhook-cert-dir=/certs]
          volumeMounts: [{name: certs, mountPath: /certs}, {name: other, mountPath: /other}]
      volumes: [{name: certs, secret: {secretName: cert}}, {name: other, emptyDir: {}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: manager, namespace: system}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: validating}
webhooks:
  - name: v.example.com
    clientConfig: {service: {name: webhook-service, namespace: system, path: /validate}}
    matchConditions: [{name: a, expression: "true"}]
    failurePolicy: Fail
    sideEffects: None
    rules: [{resources: [things]}]
`

func objects(t *testing.T, text string) []unstructured.Unstructured {
	t.Helper()
	var out []unstructured.Unstructured
	for document := range strings.SplitSeq(text, "\n---\n") {
		var one map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &one))
		out = append(out, unstructured.Unstructured{Object: one})
	}
	return out
}

var release = Release{
	Version: "v0.1.0", Image: "example.com/operator:v0.1.0", MinKubeVersion: "1.32.0",
	Created: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Example: []byte("kind: BigThing\n"),
}

func TestBundle(t *testing.T) {
	t.Parallel()
	files, err := Bundle(objects(t, manifests), release)
	require.NoError(t, err)
	texts := map[string]string{}
	var names []string
	for _, file := range files {
		names = append(names, file.Name)
		texts[file.Name] = string(file.Data)
	}
	assert.Equal(t, []string{
		"metadata/annotations.yaml", "manifests/llm-operator.clusterserviceversion.yaml",
		"manifests/things.example.com.yaml", "manifests/viewer.clusterrole.yaml", "manifests/metrics-service.service.yaml",
	}, names)
	assert.NotContains(t, texts["manifests/metrics-service.service.yaml"], "namespace")

	var version unstructured.Unstructured
	require.NoError(t, yaml.Unmarshal([]byte(texts["manifests/llm-operator.clusterserviceversion.yaml"]), &version.Object))
	assert.Equal(t, "llm-operator.v0.1.0", version.GetName())
	assert.Equal(t, "2026-03-01T00:00:00Z", version.GetAnnotations()["createdAt"])
	assert.JSONEq(t, `[{"kind":"BigThing"}]`, version.GetAnnotations()["alm-examples"])
	for _, tc := range []struct {
		path string
		want any
	}{
		{"version", "0.1.0"},
		{"minKubeVersion", "1.32.0"},
		{"relatedImages", []any{map[string]any{"name": "manager", "image": "example.com/operator:v0.1.0"}}},
		{"install.spec.clusterPermissions", []any{map[string]any{"serviceAccountName": "manager", "rules": []any{
			map[string]any{"apiGroups": []any{""}, "resources": []any{"pods"}, "verbs": []any{"list"}},
			map[string]any{"apiGroups": []any{"authentication.k8s.io"}, "resources": []any{"tokenreviews"}, "verbs": []any{"create"}},
		}}}},
		{"install.spec.permissions", []any{map[string]any{"serviceAccountName": "manager", "rules": []any{
			map[string]any{"apiGroups": []any{"coordination.k8s.io"}, "resources": []any{"leases"}, "verbs": []any{"create"}},
		}}}},
		{"customresourcedefinitions.owned", []any{map[string]any{
			"name": "things.example.com", "version": "v1", "kind": "BigThing", "displayName": "BigThing", "description": "A thing of two lines.",
			"specDescriptors": []any{
				map[string]any{"path": "maxSize", "displayName": "Max Size", "description": "How big."},
				map[string]any{"path": "name", "displayName": "Name", "description": ""},
			},
			"statusDescriptors": []any{map[string]any{
				"path": "phase", "displayName": "Phase", "description": "How far.", "x-descriptors": []any{"urn:alm:descriptor:io.kubernetes.phase"},
			}},
		}}},
		{"webhookdefinitions", []any{map[string]any{
			"type": "ValidatingAdmissionWebhook", "generateName": "v.example.com", "deploymentName": "manager", "containerPort": int64(9443), "targetPort": int64(9443),
			"webhookPath": "/validate", "failurePolicy": "Fail", "sideEffects": "None", "rules": []any{map[string]any{"resources": []any{"things"}}},
		}}},
	} {
		got, _, err := unstructured.NestedFieldCopy(version.Object, append([]string{"spec"}, strings.Split(tc.path, ".")...)...)
		require.NoError(t, err)
		assert.Equal(t, normal(t, tc.want), normal(t, got), tc.path)
	}
}

// normal returns a value as JSON, in which all numbers are alike.
func normal(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func TestDeployment(t *testing.T) {
	t.Parallel()
	got, err := deploymentOf(objects(t, manifests))
	require.NoError(t, err)
	text := normal(t, got)
	assert.Contains(t, text, "- --webhook-cert-dir=/tmp/k8s-webhook-server/serving-certs\n")
	assert.NotContains(t, text, "/certs\n        ")
	assert.NotContains(t, text, "secretName")
	assert.Contains(t, text, "emptyDir")
	assert.Contains(t, text, "label:\n  a: b\nname: manager\n")
}

func TestBundleErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ old, replacement, err string }{
		"no Deployment":     {"kind: Deployment", "kind: StatefulSet", "the manifests have no Deployment"},
		"two containers":    {"        - name: manager\n", "        - name: other\n        - name: manager\n", "the Deployment must have one container"},
		"another flag":      {"--webhook-cert-dir=", "--cert-dir=", "the manager must have the flag --webhook-cert-dir="},
		"a webhook outside": {"path: /validate", "port: 443", "ValidatingWebhookConfiguration validating: a webhook must have the path of a Service"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Bundle(objects(t, strings.Replace(manifests, tc.old, tc.replacement, 1)), release)
			require.EqualError(t, err, tc.err)
		})
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"ollama": "Ollama", "lastModelRefresh": "Last Model Refresh", "openwebui": "Open WebUI", "url": "URL"} {
		assert.Equal(t, want, words(name))
	}
}
