// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
)

const (
	autoscalersPath = "/apis/autoscaling/v2/namespaces/models/horizontalpodautoscalers"
	secretsPath     = "/api/v1/namespaces/models/secrets/"
	configMapsPath  = "/api/v1/namespaces/models/configmaps/"
)

// autoscalers returns a list with an autoscaler for each target, such as "apps/v1 Deployment stack-ollama".
func autoscalers(targets ...string) string {
	var items []string
	for _, target := range targets {
		parts := strings.Fields(target)
		items = append(items, fmt.Sprintf(`{"spec": {"scaleTargetRef": {"apiVersion": %q, "kind": %q, "name": %q}}}`, parts[0], parts[1], parts[2]))
	}
	return `{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscalerList", "items": [` + strings.Join(items, ", ") + "]}"
}

// readChildren returns what is read of the children of an object, and the notes.
func readChildren(t *testing.T, objects map[string]string, denied []string, d *v1alpha1.OllamaDeployment) (plan.Input, string) {
	t.Helper()
	api, args := newFakeAPI(t, nil)
	api.objects, api.denied = objects, denied
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig, flags.APIServer = new(os.DevNull), new(args[3])
	var notes bytes.Buffer
	reader := newChildReader(&planRequest{flags: flags, streams: genericiooptions.IOStreams{ErrOut: &notes}})
	in := plan.Input{New: d}
	require.NoError(t, reader.read(t.Context(), &in))
	require.NoError(t, reader.read(t.Context(), &plan.Input{New: &v1alpha1.OllamaDeployment{ObjectMeta: d.ObjectMeta}}))
	return in, notes.String()
}

func stackOf(t *testing.T) *v1alpha1.OllamaDeployment {
	t.Helper()
	d := &v1alpha1.OllamaDeployment{}
	d.Namespace, d.Name, d.UID = "models", "stack", "u"
	return d
}

// Autoscalers scale the Deployments that they target. Without rights, they are not known, with one note.
func TestPlanReadsAutoscalers(t *testing.T) {
	t.Parallel()
	in, notes := readChildren(t, map[string]string{autoscalersPath: autoscalers(
		"apps/v1 Deployment stack-ollama", "apps/v1 Deployment stack-tabby", "extensions/v1 Deployment stack-openwebui",
		"apps/v1 Deployment other-openwebui", "a/b/c Deployment stack-openwebui", "llm.geeper.io/v1alpha1 OllamaDeployment stack",
	)}, nil, stackOf(t))
	assert.Equal(t, []v1alpha1.ComponentName{v1alpha1.ComponentOllama, v1alpha1.ComponentTabby}, in.Autoscaled)
	assert.True(t, in.AutoscaledKnown)
	assert.Empty(t, notes)

	in, notes = readChildren(t, nil, []string{autoscalersPath}, stackOf(t))
	assert.Empty(t, in.Autoscaled)
	assert.False(t, in.AutoscaledKnown)
	assert.Equal(t, "note: you may not list horizontalpodautoscalers; it is assumed that they scale what the operator leaves to them\n", notes)

	in, _ = readChildren(t, nil, nil, stackOf(t))
	assert.True(t, in.AutoscaledKnown, "a cluster without the API has none")
}

// The Secret of the identity exists whoever owns it.
func TestPlanReadsIdentity(t *testing.T) {
	t.Parallel()
	d := stackOf(t)
	d.Spec.Ollama.IdentitySecretRef = &v1alpha1.IdentityReference{Name: "key", Create: new(true)}
	key := map[string]string{secretsPath + "key": `{"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "key", "ownerReferences": [{"uid": "v"}]}}`}
	in, notes := readChildren(t, key, nil, d)
	assert.Equal(t, []plan.Live{{GVK: plan.KindSecret, Name: "key"}}, in.Live)
	assert.Empty(t, notes)
	in, _ = readChildren(t, key, nil, stackOf(t))
	assert.Empty(t, in.Live)
}

// Children of a deleted object of the same name are none, and no conflict either.
func TestPlanReadsPredecessor(t *testing.T) {
	t.Parallel()
	owned := func(owner string) map[string]string {
		return map[string]string{configMapsPath + "stack-ollama": `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stack-ollama", "ownerReferences": [` + owner + `]}}`}
	}
	for owner, want := range map[string]string{
		`{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "name": "stack", "uid": "earlier"}`: "note: ConfigMap \"stack-ollama\" is of a deleted object of the name, and goes soon\n",
		`{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "name": "other", "uid": "earlier"}`: "note: ConfigMap \"stack-ollama\" is not the operator's, which leaves it alone and reports NameConflict\n",
		`{"apiVersion": "example.com/v1", "kind": "OllamaDeployment", "name": "stack", "uid": "earlier"}`:         "note: ConfigMap \"stack-ollama\" is not the operator's, which leaves it alone and reports NameConflict\n",
	} {
		in, notes := readChildren(t, owned(owner), nil, stackOf(t))
		assert.Empty(t, in.Live)
		assert.Equal(t, want+want, notes)
	}
}

// Of an object that is being deleted only the fields change.
func TestPlanBeingDeleted(t *testing.T) {
	t.Parallel()
	const note = "note: OllamaDeployment models/stack is being deleted; nothing is applied\n"
	deleting := strings.Replace(storedForPlan, "{uid: u}", `{uid: u, deletionTimestamp: "2026-01-02T03:04:05Z"}`, 1)
	api, flags := newFakeAPI(t, map[string]string{resource + "/stack": deleting})
	code, out, stderr := run(t, appliedForPlan, append([]string{"plan", "-f", "-"}, flags...)...)
	assert.Equal(t, 1, code, stderr)
	assert.Contains(t, stderr, note)
	assert.Equal(t, "OllamaDeployment models/stack: changed\n  fields:\n    spec.ollama.imageTag changes from \"1\" to \"2\"\n", out)

	code, out, stderr = run(t, appliedForPlan, "plan", "-f", "-", "--against", writeFile(t, api.objects[resource+"/stack"]))
	assert.Equal(t, 1, code, stderr)
	assert.Contains(t, stderr, note)
	assert.NotContains(t, out, "children")

	_, flags = newFakeAPI(t, map[string]string{deprecatedResource + "/stack": deleting})
	code, out, stderr = run(t, "", append([]string{"plan", "stack"}, flags...)...)
	assert.Zero(t, code, stderr)
	assert.Equal(t, note, stderr)
	assert.Equal(t, "OllamaDeployment models/stack: no changes\n", out)
}

// The first apply with --server-side after those without removes fields that the dry run keeps.
func TestPlanFirstServerSide(t *testing.T) {
	t.Parallel()
	for manager, noted := range map[string]bool{
		"manager: kubectl-client-side-apply, operation: Update":                      true,
		"manager: kubectl-client-side-apply, operation: Update, subresource: status": false,
		"manager: kubectl, operation: Apply":                                         false,
	} {
		stored := strings.Replace(storedForPlan, "{uid: u}", "{uid: u, managedFields: [{"+manager+"}]}", 1)
		for _, mode := range []string{"--server-side", "--diff"} {
			_, flags := newFakeAPI(t, map[string]string{resource + "/stack": stored})
			_, _, stderr := run(t, appliedForPlan, append([]string{"plan", "-f", "-", mode}, flags...)...)
			const note = "note: kubectl apply has applied OllamaDeployment stack without --server-side before, so the fields of that which the manifest lacks are removed as well\n"
			assert.Equal(t, noted && mode == "--server-side", strings.Contains(stderr, note), "%s %s: %s", manager, mode, stderr)
		}
	}
}

// An apply of the deprecated kind changes nothing of an OllamaDeployment that it does not control, nor the replicas that
// an autoscaler sets.
func TestPlanAliasOfOther(t *testing.T) {
	t.Parallel()
	const controller = `{uid: u, ownerReferences: [{apiVersion: llm.geeper.io/v1alpha1, kind: Deployment, name: stack, uid: v, controller: true}]}`
	alias := strings.Replace(appliedForPlan, "kind: OllamaDeployment", "kind: Deployment", 1)
	planAlias := func(owned, scaled string) (out, stderr string) {
		api, flags := newFakeAPI(t, map[string]string{resource + "/stack": owned, deprecatedResource + "/stack": storedForPlan})
		api.objects[autoscalersPath] = scaled
		code, out, stderr := run(t, alias, append([]string{"plan", "-f", "-"}, flags...)...)
		assert.Equal(t, 1, code, stderr)
		return out, stderr
	}
	scaled := strings.NewReplacer("{uid: u}", controller, "replicas: 1", "replicas: 4").Replace(storedForPlan)
	out, stderr := planAlias(storedForPlan, autoscalers())
	assert.Contains(t, stderr, "so the apply would change nothing of it\n")
	assert.NotContains(t, out, "fields:")

	out, _ = planAlias(scaled, autoscalers())
	assert.Contains(t, out, "spec.ollama.imageTag changes")
	assert.Contains(t, out, "spec.ollama.replicas changes from 4 to 1")
	out, _ = planAlias(scaled, autoscalers("llm.geeper.io/v1alpha1 OllamaDeployment stack"))
	assert.Contains(t, out, "spec.ollama.imageTag changes")
	assert.NotContains(t, out, "spec.ollama.replicas changes")
}
