// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/policy"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// parse returns the objects of a manifest.
func parse(t *testing.T, text string) []manifest.Object {
	t.Helper()
	objects, errs := manifest.Parse(manifest.File{Name: "manifest.yaml", Data: []byte(text)})
	require.Empty(t, errs)
	return objects
}

// policies returns the objects of config/policies with other parameters, and the namespace default with the label
// that their bindings select.
func policies(t *testing.T, parameters map[string]string) []manifest.Object {
	t.Helper()
	var objects []manifest.Object
	for file, err := range manifest.ReadFiles([]string{fixtures.PoliciesPath()}, false, nil) {
		require.NoError(t, err)
		if filepath.Base(file.Name) != "configmap.yaml" {
			objects = append(objects, parse(t, string(file.Data))...)
		}
	}
	data, err := yaml.Marshal(parameters)
	require.NoError(t, err)
	return append(objects, parse(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: llm-operator-policies, namespace: llm-operator-system}
data:
  `+strings.ReplaceAll(strings.TrimSpace(string(data)), "\n", "\n  ")+`
---
apiVersion: v1
kind: Namespace
metadata: {name: default, labels: {llm.geeper.io/policies: enforced}}
`)...)
}

// request returns the request to create the object.
func request(t *testing.T, object string) policy.Request {
	t.Helper()
	checker, err := check.New(validation.Options{})
	require.NoError(t, err)
	result := checker.Check(parse(t, object)[0])
	require.False(t, result.Rejected(), result.Findings)
	r, err := policy.NewRequest(result.JSON, result.Defaulted)
	require.NoError(t, err)
	return r
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	for _, group := range fixtures.Policies(t) {
		t.Run(group.Name, func(t *testing.T) {
			t.Parallel()
			set, err := policy.Load(policies(t, group.Parameters), "default")
			require.NoError(t, err)
			for _, tc := range group.Cases {
				t.Run(tc.Name, func(t *testing.T) {
					r := request(t, tc.Object("stack", tc.Spec))
					if tc.Old != "" {
						r.Old = request(t, tc.Object("stack", tc.Old)).Object
						if tc.Deleting {
							r.Old.SetDeletionTimestamp(new(metav1.Now()))
						}
					}
					violations, err := set.Evaluate(t.Context(), r)
					require.NoError(t, err)
					var messages []string
					for _, v := range violations {
						assert.Equal(t, v.Policy, v.Binding)
						assert.False(t, v.Warning)
						messages = append(messages, strings.TrimSuffix(v.Policy, fixtures.PolicySuffix)+": "+v.Message)
					}
					assert.ElementsMatch(t, tc.Messages, messages)
				})
			}
		})
	}
}

// The largest lists stay within the API server's limits of cost.
func TestCost(t *testing.T) {
	t.Parallel()
	set, err := policy.Load(policies(t, fixtures.LargestParameters()), "default")
	require.NoError(t, err)
	tc := fixtures.LargestPolicyCase()
	r := request(t, tc.Object("stack", tc.Spec))
	r.Old = request(t, tc.Object("stack", strings.ReplaceAll(tc.Spec, "a/", "b/"))).Object
	violations, err := set.Evaluate(t.Context(), r)
	require.NoError(t, err)
	assert.NotEmpty(t, violations)
	for _, v := range violations {
		assert.Regexp(t, "^spec.*(administrator)", v.Message, v.Policy)
	}
}

// own is a policy that has nothing to do with those of the project.
const own = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: own}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: ["*"]}
  validations:
    - expression: object.spec.ollama.replicas == 1
      reason: Forbidden
`

// ownBinding binds it in all namespaces.
const ownBinding = `
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: all}
spec:
  policyName: own
  validationActions: [Deny]
`

func TestEvaluate(t *testing.T) {
	t.Parallel()
	object := "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack, labels: {a: b}}, spec: {ollama: {models: ['llama2:7b'], replicas: 2}}}"
	denied := []policy.Violation{{Policy: "own", Binding: "all", Message: "failed expression: object.spec.ollama.replicas == 1"}}
	selects := func(selector string) string { return ownBinding + "  matchResources: {" + selector + "}\n" }
	parameters := strings.Replace(own, "spec:\n", "spec:\n  paramKind: {apiVersion: example.com/v1, kind: Limit}\n", 1)
	for name, tc := range map[string]struct {
		objects string
		want    []policy.Violation
	}{
		"denies":                      {own + ownBinding, denied},
		"warns and audits":            {own + strings.Replace(ownBinding, "[Deny]", "[Warn, Audit]", 1), []policy.Violation{{Policy: "own", Binding: "all", Warning: true, Message: denied[0].Message}}},
		"audits":                      {own + strings.Replace(ownBinding, "[Deny]", "[Audit]", 1), nil},
		"namespace by name":           {own + selects("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}"), denied},
		"another namespace":           {own + selects("namespaceSelector: {matchLabels: {team: a}}"), nil},
		"labels of the namespace":     {own + selects("namespaceSelector: {matchLabels: {team: a}}") + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {team: a}}}", denied},
		"labels of the object":        {own + selects("objectSelector: {matchLabels: {a: b}}"), denied},
		"other labels of the object":  {own + selects("objectSelector: {matchLabels: {a: c}}"), nil},
		"excluded resources":          {own + selects(`excludeResourceRules: [{apiGroups: [llm.geeper.io], apiVersions: [v1alpha1], operations: ["*"], resources: [ollamadeployments]}]`), nil},
		"names of resources":          {own + selects(`resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"], resourceNames: [other]}]`), nil},
		"another operation":           {own + selects(`resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [UPDATE], resources: ["*"]}]`), nil},
		"no parameters are bound":     {parameters + ownBinding, denied},
		"missing parameters, allowed": {parameters + ownBinding + "  paramRef: {name: x, parameterNotFoundAction: Allow}\n", nil},
		"missing parameters, denied": {parameters + ownBinding + "  paramRef: {name: x, parameterNotFoundAction: Deny}\n", []policy.Violation{{
			Policy: "own", Binding: "all", Message: "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
		}}},
		"parameters of any kind": {
			strings.Replace(parameters, "== 1", "<= params.spec.replicas", 1) + ownBinding + "  paramRef: {name: x, parameterNotFoundAction: Deny}\n" +
				"---\n{apiVersion: example.com/v1, kind: Limit, metadata: {name: x}, spec: {replicas: 2}}", nil,
		},
		"parameters by label": {
			strings.Replace(parameters, "== 1", "<= params.spec.replicas", 1) + ownBinding + "  paramRef: {selector: {matchLabels: {a: b}}, parameterNotFoundAction: Deny}\n" +
				"---\n{apiVersion: example.com/v1, kind: Limit, metadata: {name: x, labels: {a: b}}, spec: {replicas: 1}}\n" +
				"---\n{apiVersion: example.com/v1, kind: Limit, metadata: {name: y, labels: {a: b}}, spec: {replicas: 2}}",
			[]policy.Violation{{Policy: "own", Binding: "all", Message: "failed expression: object.spec.ollama.replicas <= params.spec.replicas"}},
		},
		"error": {strings.Replace(own, "replicas ==", "missing ==", 1) + ownBinding, []policy.Violation{{
			Policy: "own", Binding: "all", Message: "expression 'object.spec.ollama.missing == 1' resulted in error: no such key: missing",
		}}},
		"ignored error": {strings.Replace(own, "replicas ==", "missing ==", 1) + "  failurePolicy: Ignore\n" + ownBinding, nil},
		"user":          {strings.Replace(own, "object.spec.ollama.replicas == 1", `request.userInfo.username == "kubectl-llm"`, 1) + ownBinding, nil},
		"authorizer":    {strings.Replace(own, "object.spec.ollama.replicas == 1", `authorizer.path("/").check("get").allowed() == false`, 1) + ownBinding, nil},
		"namespace of the object, which has none": {strings.Replace(own, "object.spec.ollama.replicas == 1", `object.metadata.namespace == "default"`, 1) + ownBinding, nil},
		"namespaceObject":                         {strings.Replace(own, "object.spec.ollama.replicas == 1", `namespaceObject.metadata.name == "default"`, 1) + ownBinding, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := policy.Load(parse(t, tc.objects), "default")
			require.NoError(t, err)
			violations, err := set.Evaluate(t.Context(), request(t, object))
			require.NoError(t, err)
			assert.Equal(t, tc.want, violations)
		})
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ objects, err string }{
		"no binding":     {own, "no ValidatingAdmissionPolicyBinding found; policies have no effect without"},
		"unknown policy": {ownBinding, `ValidatingAdmissionPolicyBinding all: spec.policyName: Not found: "own"`},
		"unknown field":  {strings.Replace(own, "validations:", "validation:", 1) + ownBinding, `manifest.yaml:2:1: ValidatingAdmissionPolicy own: error unmarshaling JSON: while decoding JSON: json: unknown field "validation"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Load(parse(t, tc.objects), "default")
			assert.EqualError(t, err, tc.err)
		})
	}
}

func TestCompileError(t *testing.T) {
	t.Parallel()
	set, err := policy.Load(parse(t, strings.Replace(own, "object.spec.ollama.replicas == 1", "object.spec", 1)+ownBinding), "default")
	require.NoError(t, err)
	_, err = set.Evaluate(t.Context(), request(t, "{apiVersion: llm.geeper.io/v1alpha1, kind: Deployment, metadata: {name: stack}, spec: {ollama: {models: ['llama2:7b']}}}"))
	assert.EqualError(t, err, "ValidatingAdmissionPolicy own: must evaluate to bool but got dyn")
}

// A tag is refused if and only if it has the warning that it moves.
func TestTagsThatMove(t *testing.T) {
	t.Parallel()
	set, err := policy.Load(policies(t, map[string]string{"imagePinning": "Tag"}), "default")
	require.NoError(t, err)
	for _, tag := range []string{
		"latest", "main", "master", "dev", "develop", "edge", "nightly", "stable", "beta", "rc", "rocm", "cuda", "cuda126", "vulkan", "cpu", "gpu", "ollama", "slim",
		"latest-cuda", "main-slim", "cuda-ollama", "latest-latest", "0.6", "v0.6", "0.6-cuda126-slim", "v0.6.1", "0.6.1-slim", "main-1", "1-main", "git-0123abc", "0",
	} {
		for component, spec := range map[string]string{
			"ollama":    `ollama: {models: ["llama2:7b"], imageTag: "` + tag + `"}`,
			"openwebui": `{ollama: {models: ["llama2:7b"], imageTag: "1"}, openwebui: {enabled: true, imageTag: "` + tag + `"}}`,
		} {
			object := fixtures.PolicyCase{}.Object("stack", spec)
			checker, err := check.New(validation.Options{})
			require.NoError(t, err)
			moves := false
			for _, f := range checker.Check(parse(t, object)[0]).Findings {
				moves = moves || f.Path == "spec."+component+".imageTag"
			}
			violations, err := set.Evaluate(t.Context(), request(t, object))
			require.NoError(t, err)
			assert.Equal(t, moves, len(violations) > 0, "%s %s %v", component, tag, violations)
		}
	}
}
