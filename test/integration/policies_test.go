// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// asOperator makes kubectl send requests as the installed operator, to which the policies do not apply. The group has
// all rights.
var asOperator = []string{"--as=system:serviceaccount:llm-operator-system:llm-operator-controller-manager", "--as-group=system:masters"}

// The API server and kubectl llm have the same messages for every case of policies.yaml: as warnings in one namespace,
// and as the refusal in another.
func TestPolicies(t *testing.T) {
	t.Parallel()
	installPolicies(t)
	for _, group := range fixtures.Policies(t) {
		t.Run(group.Name, func(t *testing.T) {
			t.Parallel()
			warned, denied := newPolicyNamespace(t, "", "warned", group.Parameters), newPolicyNamespace(t, "", "denied", group.Parameters)
			policies := offlinePolicies(t, group.Parameters)
			for i, tc := range group.Cases {
				if field, _ := warned.rejectedField(t, tc.Old+tc.Spec); field != "" {
					continue
				}
				name := fmt.Sprintf("case-%d", i)
				warnings, err := warned.violations(t, tc, name)
				require.NoError(t, err, tc.Name)
				assert.ElementsMatch(t, tc.Messages, warnings, tc.Name)
				if _, err := denied.violations(t, tc, name); len(tc.Messages) == 0 {
					require.NoError(t, err, tc.Name)
				} else {
					require.Error(t, err, tc.Name)
					refusal := ofPolicy(t, err.Error())
					assert.Contains(t, tc.Messages, refusal, tc.Name)
				}
				if tc.Old == "" {
					assert.ElementsMatch(t, tc.Messages, offlineViolations(t, tc.Object(name, tc.Spec), policies), tc.Name)
				}
			}
		})
	}
}

// installPolicies installs config/policies with bindings of the test, and waits until all are in force.
func installPolicies(t *testing.T) {
	t.Helper()
	k := kubectl{metav1.NamespaceDefault}
	out := k.ok(t, "", "kustomize", fixtures.PoliciesPath())
	var policies, bindings []string
	for _, document := range strings.Split(out, "\n---\n") {
		switch {
		case strings.Contains(document, "kind: ValidatingAdmissionPolicyBinding\n"):
			bindings = append(bindings, testBinding(document, "warned", "Warn"), testBinding(document, "denied", "Deny"))
		case strings.Contains(document, "kind: ValidatingAdmissionPolicy\n"):
			policies = append(policies, document)
		}
	}
	k.ok(t, strings.Join(append(policies, bindings...), "\n---\n"), "apply", "--server-side", "-f", "-")
	all := map[string]string{
		"unknown": "", "imagePinning": "", "imageRegistries": "", "maxModelSize": "", "maxReplicas": "", "modelNames": "", "modelRegistries": "",
		"requireMemoryLimits": "", "serviceTypes": "",
	}
	warned, denied := newPolicyNamespace(t, "awaits-", "warned", all), newPolicyNamespace(t, "awaits-", "denied", all)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		violations, err := warned.violations(t, smallest, "stack")
		require.NoError(c, err)
		assert.Len(c, violations, len(all))
		_, err = denied.violations(t, smallest, "stack")
		require.Error(c, err)
	}, patience, tick)
}

// testBinding returns the binding for namespaces whose label has the value, with the parameters in these namespaces.
func testBinding(document, value, action string) string {
	return strings.NewReplacer(
		"metadata:\n  name: ", "metadata:\n  name: test-"+value+"-",
		"    namespace: llm-operator-system\n", "",
		"policies: enforced", "policies: "+value,
		"- Deny", "- "+action,
	).Replace(document)
}

// A policyNamespace is a namespace in which policies hold.
type policyNamespace struct{ kubectl }

// smallest is a new object with defaults only.
var smallest = fixtures.PolicyCase{Spec: `ollama: {models: ["llama2:7b"]}`}

// newPolicyNamespace creates a namespace with the value of the label and the parameters, and waits until the API server
// has them. The prefix distinguishes the namespaces of a test.
func newPolicyNamespace(t *testing.T, prefix, value string, parameters map[string]string) policyNamespace {
	t.Helper()
	name := strings.ToLower(t.Name())
	name = prefix + strings.Trim(notInName.ReplaceAllString(name[max(0, len(name)-40):], "-"), "-") + "-" + value
	n := policyNamespace{kubectl{name}}
	n.apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+name+", labels: {llm.geeper.io/policies: "+value+"}}")
	t.Cleanup(func() { n.run(t, "", "delete", "namespace", name, "--wait=false") })
	n.apply(t, configMap(t, name, parameters))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		warnings, err := n.violations(t, smallest, "stack")
		assert.NotContains(c, fmt.Sprint(warnings, err), "failed to configure binding")
	}, patience, tick)
	return n
}

// configMap returns the ConfigMap with the parameters.
func configMap(t *testing.T, namespace string, parameters map[string]string) string {
	t.Helper()
	data, err := yaml.Marshal(corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "llm-operator-policies"},
		Data:       parameters,
	})
	require.NoError(t, err)
	return string(data)
}

// violations returns the warnings of policies about the request of the case, and the error of the request.
func (n policyNamespace) violations(t *testing.T, tc fixtures.PolicyCase, name string) ([]string, error) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", shared.Kubeconfig)
	require.NoError(t, err)
	var warnings, out []string
	config.WarningHandler = &warningsInto{&warnings}
	c, err := client.New(config, client.Options{})
	require.NoError(t, err)
	object := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(tc.Object(name, tc.Spec)), &object.Object))
	object.SetNamespace(n.namespace)
	if tc.Old == "" {
		err = c.Create(t.Context(), object, client.DryRunAll)
	} else {
		n.store(t, tc, name)
		patch, jsonErr := json.Marshal([]map[string]any{{"op": "replace", "path": "/spec", "value": object.Object["spec"]}})
		require.NoError(t, jsonErr)
		err = c.Patch(t.Context(), object, client.RawPatch(types.JSONPatchType, patch), client.DryRunAll)
	}
	for _, warning := range warnings {
		if strings.HasPrefix(warning, "Validation failed for ValidatingAdmissionPolicy ") {
			out = append(out, ofPolicy(t, warning))
		}
	}
	return out, err
}

// store stores the old object of the case as the operator, so that policies do not refuse it.
func (n policyNamespace) store(t *testing.T, tc fixtures.PolicyCase, name string) {
	t.Helper()
	old := tc.Object(name, tc.Old)
	if tc.Deleting {
		old = strings.Replace(old, "metadata: {", "metadata: {finalizers: [example.com/test], ", 1)
	}
	n.ok(t, old, append([]string{"apply", "-f", "-"}, asOperator...)...)
	if tc.Deleting {
		n.ok(t, "", "delete", "ollamadeployment", name, "--wait=false")
		t.Cleanup(func() {
			n.run(t, "", "patch", "ollamadeployment", name, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		})
	}
}

// ofPolicyText matches what the API server says of a violation.
var ofPolicyText = regexp.MustCompile(`ValidatingAdmissionPolicy '([^']*)' with binding '[^']*'(?: denied request)?: (.*)$`)

// ofPolicy returns the short name of the policy and its message.
func ofPolicy(t *testing.T, text string) string {
	t.Helper()
	match := ofPolicyText.FindStringSubmatch(text)
	require.NotNil(t, match, text)
	return strings.TrimSuffix(match[1], fixtures.PolicySuffix) + ": " + match[2]
}

// offlinePolicies returns a directory with config/policies, the parameters, and a namespace in which they hold.
func offlinePolicies(t *testing.T, parameters map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(fixtures.PoliciesPath())))
	files := map[string]string{
		"configmap.yaml": configMap(t, "llm-operator-system", parameters),
		"namespace.yaml": "{apiVersion: v1, kind: Namespace, metadata: {name: enforced, labels: {llm.geeper.io/policies: enforced}}}",
	}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// offlineViolations returns the findings of kubectl llm validate that are about policies.
func offlineViolations(t *testing.T, object, policies string) []string {
	t.Helper()
	var out []string
	for _, f := range offlineFindings(t, object, "--policy", policies, "-n", "enforced") {
		if f.Rule != "PolicyViolation" {
			continue
		}
		message, policy, found := strings.Cut(strings.TrimSuffix(f.Message, fixtures.PolicySuffix+")"), " (policy ")
		require.True(t, found, f.Message)
		if f.Path != "" {
			message = f.Path + ": " + message
		}
		out = append(out, policy+": "+message)
	}
	return out
}

// The largest lists stay within the API server's limits of cost.
func TestPoliciesOfTheLargestObjects(t *testing.T) {
	t.Parallel()
	installPolicies(t)
	n := newPolicyNamespace(t, "", "warned", fixtures.LargestParameters())
	largest := fixtures.LargestPolicyCase()
	n.requireFields(t, largest.Spec)
	violations, err := n.violations(t, largest, "stack")
	require.NoError(t, err)
	for _, violation := range violations {
		assert.NotContains(t, violation, "cost")
		assert.NotContains(t, violation, "expression")
	}
	assert.NotEmpty(t, violations)
}

// A request to scale, an alias, and an alias whose OllamaDeployment the operator creates.
func TestPoliciesOfReplicas(t *testing.T) {
	t.Parallel()
	installPolicies(t)
	n := newPolicyNamespace(t, "", "denied", map[string]string{"maxReplicas": "2"})
	n.apply(t, "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ['llama2:7b']}}}")
	n.apply(t, "{apiVersion: llm.geeper.io/v1alpha1, kind: Deployment, metadata: {name: alias}, spec: {ollama: {models: ['llama2:7b']}}}")
	for _, object := range []string{"ollamadeployment/stack", "deployments.llm.geeper.io/alias"} {
		r := n.run(t, "", "scale", object, "--replicas=3")
		assert.NotZero(t, r.Code)
		assert.Contains(t, r.Stderr, "denied request: spec.ollama.replicas: Invalid value: 3: must be at most 2, which the cluster's administrator allows")
		n.ok(t, "", "scale", object, "--replicas=2")
	}
	n.ready(t, "stack")
	n.eventually(t, "deployments.llm.geeper.io/alias", ".status.ready", "2/2")
}

// Kubernetes checks the types of the expressions by the CRDs, and has no warnings.
func TestPoliciesHaveNoTypeWarnings(t *testing.T) {
	t.Parallel()
	installPolicies(t)
	k := kubectl{metav1.NamespaceDefault}
	names := strings.Fields(k.ok(t, "", "get", "validatingadmissionpolicies", "-o", "jsonpath={.items[*].metadata.name}"))
	require.NotEmpty(t, names)
	for _, name := range names {
		if !strings.HasSuffix(name, fixtures.PolicySuffix) {
			continue
		}
		object := "validatingadmissionpolicy/" + name
		k.eventually(t, object, ".status.observedGeneration", k.get(t, object, ".metadata.generation"))
		assert.Empty(t, k.get(t, object, ".status.typeChecking.expressionWarnings"), name)
	}
}
