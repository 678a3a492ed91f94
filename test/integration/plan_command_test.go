// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// plannedStack is a manifest that tests of the command plan and change.
const plannedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {imageTag: "0.12.0", models: ["llama2:7b"], resources: {limits: {memory: 16Gi}}}
  openwebui: {enabled: true, imageTag: "0.6.0", ingress: {enabled: true, host: a.example.com}}
  tabby: {enabled: true, imageTag: "0.30.0", resources: {requests: {storage: 2Gi}}}
`

// llm runs kubectl-llm with standard input in the namespace, and returns its outputs and its exit status.
func (k kubectl) llm(t *testing.T, stdin string, args ...string) cluster.Result {
	t.Helper()
	cmd := exec.Command(plugin, append(args, "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace)...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return cluster.Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
}

// settled waits until there is nothing left to do for the object named stack.
func (k kubectl) settled(t *testing.T) {
	t.Helper()
	k.ready(t, "stack")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.llm(t, "", "plan", "stack", "--diff")
		assert.Zero(c, r.Code, r.Stdout+r.Stderr)
	}, patience, tick)
}

func TestPlanCommand(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	r := k.llm(t, plannedStack, "plan", "-f", "-")
	assert.Equal(t, 1, r.Code, r.Stderr)
	assert.Contains(t, r.Stdout, "OllamaDeployment "+k.namespace+"/stack: created\n")
	assert.Contains(t, r.Stdout, "    Ollama starts with 1 pod")
	assert.False(t, k.exists(t, aliasOf), "a plan changes nothing")

	k.apply(t, plannedStack)
	k.settled(t)
	for _, args := range [][]string{{"plan", "-f", "-"}, {"plan", "-f", "-", "--server-side", "--field-manager=kubectl-client-side-apply", "--force-conflicts"}, {"plan", "stack"}} {
		r = k.llm(t, plannedStack, args...)
		assert.Zero(t, r.Code, r.Stdout+r.Stderr)
		assert.Equal(t, "OllamaDeployment "+k.namespace+"/stack: no changes\n", r.Stdout, args)
	}

	r = k.llm(t, strings.Replace(plannedStack, "0.12.0", "0.13.0", 1), "plan", "-f", "-", "--diff")
	assert.Equal(t, 1, r.Code, r.Stderr)
	assert.Contains(t, r.Stdout, "    Ollama restarts, because spec.ollama.imageTag changes")
	assert.Contains(t, r.Stdout, "ollama/ollama:0.13.0\n")
	assert.Equal(t, "0.12.0", k.get(t, aliasOf, ".spec.ollama.imageTag"), "a plan changes nothing")

	r = k.llm(t, strings.NewReplacer("2Gi", "1Gi", "0.12.0", "0.13.0").Replace(plannedStack), "plan", "-f", "-")
	assert.Equal(t, 2, r.Code)
	assert.Empty(t, r.Stdout)
	assert.Contains(t, r.Stderr, "-:8:78: error: spec.tabby.resources.requests[storage]: Forbidden: must not shrink below 2Gi")
	r = k.llm(t, strings.Replace(plannedStack, "imageTag", "imagetag", 1), "plan", "-f", "-")
	assert.Equal(t, 2, r.Code)
	assert.Contains(t, r.Stderr, `unknown field "spec.ollama.imagetag"`)
}

// Fields of other managers conflict, unless they are taken over.
func TestPlanConflicts(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const of = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\nspec: {ollama: {models: [\"llama2:7b\"], replicas: 2}}\n"
	k.ok(t, of, "apply", "--server-side", "--field-manager=team", "-f", "-")
	other := strings.Replace(of, "2}", "3}", 1)
	r := k.llm(t, other, "plan", "--server-side", "-f", "-")
	assert.Equal(t, 2, r.Code)
	assert.Contains(t, r.Stderr, "-:4:50: error: spec.ollama.replicas: conflict with \"team\"; use --force-conflicts to take the field over\n")
	r = k.llm(t, other, "plan", "--server-side", "--force-conflicts", "-f", "-")
	assert.Equal(t, 1, r.Code, r.Stderr)
	assert.Contains(t, r.Stdout, "    spec.ollama.replicas changes from 2 to 3\n")
	assert.Equal(t, "2", k.get(t, aliasOf, ".spec.ollama.replicas"))
}

// editsOfStack are changes of plannedStack, by their names.
var editsOfStack = map[string][]string{
	"nothing":               {},
	"an image":              {"0.6.0", "0.7.0"},
	"a model":               {`["llama2:7b"]`, `["llama2:7b", "codellama:13b"]`},
	"a limit is removed":    {"limits: {memory: 16Gi}", ""},
	"a component goes":      {"tabby: {enabled: true", "tabby: {enabled: false"},
	"a host":                {"a.example.com", "b.example.com"},
	"an ingress goes":       {", ingress: {enabled: true, host: a.example.com}", ""},
	"a claim grows":         {"2Gi", "3Gi"},
	"a port":                {"models:", "service: {port: 80}, models:"},
	"a deprecated spelling": {"models:", "servicePort: 80, models:"},
	"refused":               {"2Gi", "1Gi"},
	"invalid":               {"llama2:7b", "llama2"},
}

// knownSize matches the size of a model, which only the status of the stored object has.
var knownSize = regexp.MustCompile(`,\s*"bytes": [0-9]+`)

// A plan is the same with the stored object in the cluster, with what was read of it into a file, and with its earlier
// manifest. So is the validation.
func TestPlanAgainstFileAgrees(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	manifest := strings.Replace(plannedStack, "name: stack", "name: stack, namespace: "+k.namespace, 1)
	k.apply(t, manifest)
	k.settled(t)
	dir := t.TempDir()
	stored, earlier := filepath.Join(dir, "stored.yaml"), filepath.Join(dir, "earlier.yaml")
	require.NoError(t, os.WriteFile(stored, []byte(k.ok(t, "", "get", aliasOf, "-o", "yaml", "--show-managed-fields")), 0o600))
	require.NoError(t, os.WriteFile(earlier, []byte(manifest), 0o600))
	for name, edit := range editsOfStack {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := strings.NewReplacer(edit...).Replace(manifest)
			for _, command := range [][]string{{"plan", "-o", "json"}, {"validate"}} {
				online := k.llm(t, edited, append(command, "-f", "-", "--against", "cluster")...)
				for _, file := range []string{stored, earlier} {
					offline := k.llm(t, edited, append(command, "-f", "-", "--against", file)...)
					assert.Equal(t, online.Code, offline.Code, online.Stderr+offline.Stderr)
					want := online.Stdout
					if file == earlier {
						want = knownSize.ReplaceAllString(want, "")
					}
					assert.Equal(t, want, offline.Stdout, file)
				}
			}
		})
	}
}

// Users who may only apply get a plan all the same, with a note on what is not read.
func TestPlanWithoutRights(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, plannedStack)
	k.settled(t)
	k.ok(t, "", "create", "role", "applier", "--verb=get,create,patch", "--resource=ollamadeployments.llm.geeper.io")
	k.ok(t, "", "create", "role", "reader", "--verb=get", "--resource=deployments.apps")
	for _, role := range []string{"applier", "reader"} {
		k.ok(t, "", "create", "rolebinding", role, "--role="+role, "--user=applier")
	}
	edited := strings.Replace(plannedStack, "a.example.com", "b.example.com", 1)
	want := k.llm(t, edited, "plan", "-f", "-", "--diff")
	got := k.llm(t, edited, "plan", "-f", "-", "--diff", "--as=applier")
	assert.Equal(t, 1, got.Code, got.Stderr)
	assert.Equal(t, want.Stdout, got.Stdout)
	for _, kind := range []string{"configmaps", "services", "ingresses"} {
		assert.Contains(t, got.Stderr, "note: you may not read "+kind+"; it is assumed that they are as the operator applies them\n")
	}
	assert.NotContains(t, got.Stderr, "read deployments")
	denied := k.llm(t, edited, "plan", "-f", "-", "--as=nobody")
	assert.Equal(t, 2, denied.Code)
	assert.Contains(t, denied.Stderr, "-:2:1: error: ollamadeployments.llm.geeper.io \"stack\" is forbidden: User \"nobody\" cannot get resource")
}

// An object of the deprecated kind is planned as what the operator maintains for it, whose changes it reverts.
func TestPlanAlias(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	alias := strings.Replace(plannedStack, "kind: OllamaDeployment", "kind: Deployment", 1)
	r := k.llm(t, alias, "plan", "-f", "-")
	assert.Equal(t, 1, r.Code, r.Stderr)
	assert.Contains(t, r.Stdout, "OllamaDeployment "+k.namespace+"/stack: created\n")
	k.apply(t, alias)
	k.ok(t, "", "wait", "--for=create", "ollamadeployment/stack", "--timeout="+patience.String())
	k.settled(t)
	r = k.llm(t, alias, "plan", "-f", "-")
	assert.Zero(t, r.Code, r.Stdout+r.Stderr)
	r = k.llm(t, strings.Replace(alias, "0.12.0", "0.13.0", 1), "plan", "-f", "-")
	assert.Equal(t, 1, r.Code, r.Stderr)
	assert.Contains(t, r.Stdout, "    Ollama restarts, because spec.ollama.imageTag changes")
	r = k.llm(t, strings.Replace(plannedStack, "0.12.0", "0.13.0", 1), "plan", "-f", "-")
	assert.Contains(t, r.Stderr, "is maintained for an object of the deprecated kind, so the operator reverts changes of it\n")
}

// An object of another owner with the name of a child has a note.
func TestPlanForeignChild(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "create", "configmap", "stack-ollama")
	k.apply(t, plannedStack)
	k.eventually(t, aliasOf, `.status.conditions[?(@.type=="Ready")].reason`, "NameConflict")
	r := k.llm(t, "", "plan", "stack")
	assert.Contains(t, r.Stderr, "note: ConfigMap \"stack-ollama\" is not the operator's, which leaves it alone and reports NameConflict\n")
}
