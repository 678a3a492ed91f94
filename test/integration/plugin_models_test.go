// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// models runs "kubectl llm models stack" and returns its output and exit status.
func (k kubectl) models(args ...string) (stdout, stderr string, code int) {
	return k.plugin("models", "stack", args...)
}

// plugin runs a command of "kubectl llm" for an object and returns its output and exit status.
func (k kubectl) plugin(command, name string, args ...string) (stdout, stderr string, code int) {
	cmd := exec.Command(plugin, append([]string{command, name, "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace}, args...)...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run() // its exit status is returned
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

const listPath = ".spec.ollama.models"

// "models" changes the list, under its own field manager, if admission accepts it.
func TestModels(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	keeping := strings.NewReplacer("tabby: {enabled: true}", `tabby: {enabled: true, modelName: "codellama:7b"}`, "ollama: {", "ollama: {modelRemovalPolicy: Keep, ")
	k.ok(t, keeping.Replace(stack), "create", "-f", "-")
	k.ready(t, "stack")
	before := k.get(t, aliasOf, listPath)

	out, stderr, code := k.models("pull", "a:1", "library/codellama:7b", "--dry-run=server")
	assert.Zero(t, code, stderr)
	assert.Equal(t, "ollamadeployment.llm.geeper.io/stack: added a:1 (server dry run)\n"+
		"ollamadeployment.llm.geeper.io/stack: codellama:7b is listed already (server dry run)\n", out)
	assert.Equal(t, before, k.get(t, aliasOf, listPath))

	_, stderr, code = k.models("pull", "a:1")
	assert.Zero(t, code, stderr)
	assert.NotContains(t, stderr, "hint:")
	assert.JSONEq(t, `["codellama:7b","a:1"]`, k.get(t, aliasOf, listPath))
	assert.Contains(t, k.get(t, aliasOf, ".metadata.managedFields[*].manager"), "kubectl-llm")
	out, stderr, code = k.models("-o", "name")
	assert.Zero(t, code, stderr)
	assert.Equal(t, "codellama:7b\na:1\n", out)

	_, stderr, code = k.models("rm", "a:1", "codellama:7b")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, `OllamaDeployment.llm.geeper.io "stack" is invalid: [spec.ollama.models: Required value: must have at least 1 entry, `)
	_, stderr, code = k.models("rm", "codellama:7b")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, `OllamaDeployment.llm.geeper.io "stack" is invalid: spec.tabby.modelName: Unsupported value: "codellama:7b": must be one of ollama.models`)
	assert.JSONEq(t, `["codellama:7b","a:1"]`, k.get(t, aliasOf, listPath))
	out, stderr, code = k.models("rm", "a:1", "--wait", "--timeout=1m")
	assert.Zero(t, code, stderr)
	assert.Equal(t, "ollamadeployment.llm.geeper.io/stack: removed a:1\n", out, "pods keep it")
	assert.JSONEq(t, before, k.get(t, aliasOf, listPath))

	generation := k.get(t, aliasOf, ".metadata.generation")
	_, stderr, code = k.models("refresh")
	assert.Zero(t, code, stderr)
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, k.get(t, aliasOf, `.metadata.annotations.llm\.geeper\.io/refresh-models`))
	assert.Equal(t, generation, k.get(t, aliasOf, ".metadata.generation"))
}

// --wait follows the operator until pods have the models, and fails if one cannot be pulled. "status"
// shows what is known of them.
func TestModelsWait(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, withModels("stack", `["a:1b"]`), "create", "-f", "-")
	out, stderr, code := k.models("pull", "good:1b", "not-found:1b", "--wait", "--timeout=1m")
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "good:1b: Pulled\n")
	assert.Contains(t, stderr, "error: not-found:1b: pull model manifest: file does not exist (pod stack-ollama-")
	_, stderr, code = k.models("rm", "not-found:1b")
	assert.Zero(t, code, stderr)
	out, stderr, code = k.models("refresh", "--wait", "--timeout=1m")
	assert.Zero(t, code, stderr)
	assert.Equal(t, "ollamadeployment.llm.geeper.io/stack: requested a refresh of all models\n", strings.Split(out, "a:1b")[0])
	assert.Equal(t, k.get(t, aliasOf, `.metadata.annotations.llm\.geeper\.io/refresh-models`), k.get(t, aliasOf, ".status.lastModelRefresh"))
	printed := runPlugin(t, "", "status", "stack", "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace)
	assert.Regexp(t, `(?m)^good:1b +Pulled +1/1 +\d`, printed)
}

// Changes at the same time, and those of the operator, are not lost.
func TestModelsConcurrently(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, stack, "create", "-f", "-")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			_, stderr, code := k.models("pull", fmt.Sprintf("a:%d", i))
			assert.Zero(t, code, stderr)
		})
	}
	group.Wait()
	list := k.get(t, aliasOf, listPath)
	for _, name := range []string{"codellama:7b", "a:0", "a:1", "a:2", "a:3"} {
		assert.Contains(t, list, name)
	}
}

// An object of the deprecated kind is changed in place of the OllamaDeployment that it controls, and
// its status is waited for. A refresh is requested of the OllamaDeployment, and stays.
func TestModelsOfAlias(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, strings.Replace(aliased, "ollama: {", "ollama: {modelRemovalPolicy: Keep, ", 1), "create", "-f", "-")
	k.ok(t, "", "wait", "--for=create", "ollamadeployment/stack", "--timeout="+patience.String())
	out, stderr, code := k.models("pull", "a:1")
	require.Zero(t, code, stderr)
	assert.Equal(t, "deployment.llm.geeper.io/stack: added a:1\n", out)
	_, stderr, code = k.models("refresh")
	require.Zero(t, code, stderr)
	refreshed := k.get(t, aliasOf, `.metadata.annotations.llm\.geeper\.io/refresh-models`)
	assert.NotEmpty(t, refreshed)
	out, stderr, code = k.models("rm", "llama2:7b", "--wait", "--timeout=1m")
	require.Zero(t, code, stderr)
	assert.Contains(t, out, "deployment.llm.geeper.io/stack: removed llama2:7b\n")
	assert.JSONEq(t, `["a:1"]`, k.get(t, aliasOf, listPath), "the operator has observed it")
	assert.Equal(t, refreshed, k.get(t, aliasOf, `.metadata.annotations.llm\.geeper\.io/refresh-models`))
}

// Who applies an object from files is told that the next apply counts.
func TestModelsHint(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"client-side apply": {[]string{"apply", "-f", "-"}, "hint: kubectl apply applies"},
		"server-side apply": {[]string{"apply", "--server-side", "-f", "-"}, "hint: kubectl apply --server-side applies"},
		"Flux":              {[]string{"apply", "--server-side", "--field-manager=kustomize-controller", "-f", "-"}, "hint: Flux applies"},
		"another manager":   {[]string{"apply", "--server-side", "--field-manager=ci", "-f", "-"}, `hint: the field manager "ci" applies`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, stack, tc.args...)
			_, stderr, code := k.models("pull", "a:1")
			require.Zero(t, code, stderr)
			assert.Contains(t, stderr, tc.want)
			again := k.run(t, stack, tc.args...)
			assert.True(t, again.Code != 0 || !strings.Contains(k.get(t, aliasOf, listPath), "a:1"), "the hint is true")
		})
	}
}
