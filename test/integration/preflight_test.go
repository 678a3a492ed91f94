// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A preflightReport is what the test reads of the JSON of preflight.
type preflightReport struct {
	Summary map[string]int `json:"summary"`
	CRDs    []struct {
		Name          string `json:"name"`
		Unsafe, Notes []any
	} `json:"crds"`
	Objects []struct {
		Kind, Name                   string
		Refused, Tolerated, Warnings []struct{ Path, Message string }
		Changes                      []struct{ Path string }
		Components                   []struct{ Name, Effect string }
		Children                     []struct{ Kind, Name, Action string }
	} `json:"objects"`
}

// runPreflight runs kubectl llm preflight, and returns its report and its exit status.
func runPreflight(t *testing.T, kubeconfig string, args ...string) (preflightReport, int) {
	t.Helper()
	cmd := exec.Command(plugin, append([]string{"preflight", "--kubeconfig", kubeconfig, "-o", "json"}, args...)...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		require.Equal(t, 1, exit.ExitCode(), string(exit.Stderr))
		require.Empty(t, exit.Stderr)
	} else {
		require.NoError(t, err)
	}
	var report preflightReport
	require.NoError(t, json.Unmarshal(out, &report), string(out))
	return report, cmd.ProcessState.ExitCode()
}

// Of objects that this version's manager keeps there is nothing to say.
func TestPreflightSettled(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	for _, sample := range fixtures.Samples() {
		yaml, name := inNamespace(t, k, sample)
		k.apply(t, yaml)
		k.ready(t, name)
	}
	k.apply(t, aliased)
	k.ok(t, "", "wait", "--for=create", "ollamadeployment/stack", "--timeout="+patience.String())
	k.ready(t, "stack")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		report, code := runPreflight(t, shared.Kubeconfig, "-n", k.namespace, "--fail-on", "change,restart,tolerated")
		assert.Zero(c, code)
		assert.Equal(c, len(fixtures.Samples())+2, report.Summary["objects"])
		for _, object := range report.Objects {
			assert.Empty(c, object.Children, object.Name)
			assert.Empty(c, object.Changes, object.Name)
		}
		require.Len(c, report.CRDs, 2)
		for _, crd := range report.CRDs {
			assert.Empty(c, crd.Unsafe, crd.Name)
			assert.Empty(c, crd.Notes, crd.Name)
		}
	}, patience, tick)
}

const (
	// storeSize is the number of objects, of which every tenth has a volume of the node.
	storeSize = 1000
	// storedWithChildren is the number of objects that have children.
	storedWithChildren = 20
)

// A rule that is newer than a tenth of 1,000 stored objects finds exactly those. No manager runs.
func TestPreflightStore(t *testing.T) {
	t.Parallel()
	store, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Stop()) })
	fillStore(t, store)

	report, code := runPreflight(t, store.Kubeconfig)
	assert.Zero(t, code, "errors that updates tolerate fail nothing unless asked for")
	assert.Equal(t, storeSize, report.Summary["objects"])
	var bad, want []string
	for i := range storeSize {
		if isBadInStore(i) {
			want = append(want, storedName(i))
		}
	}
	for _, object := range report.Objects {
		assert.Empty(t, object.Refused, object.Name)
		if len(object.Tolerated) == 0 {
			continue
		}
		bad = append(bad, object.Name)
		assert.Equal(t, "spec.ollama.volumes[0].hostPath", object.Tolerated[0].Path)
	}
	assert.Equal(t, want, bad)
	assert.Equal(t, len(want), report.Summary["tolerated"])

	_, code = runPreflight(t, store.Kubeconfig, "--fail-on", "tolerated")
	assert.Equal(t, 1, code)
	allowed, code := runPreflight(t, store.Kubeconfig, "--allow-host-path", "--fail-on", "tolerated")
	assert.Zero(t, code)
	assert.Zero(t, allowed.Summary["tolerated"])

	t.Run("children", func(t *testing.T) {
		t.Parallel()
		changed := map[string]string{}
		for _, object := range report.Objects {
			for _, child := range object.Children {
				changed[object.Name] += child.Kind + " " + child.Action + " "
			}
			for _, component := range object.Components {
				changed[object.Name] += component.Name + " " + component.Effect
			}
		}
		assert.Equal(t, "Deployment changed ollama restarts", changed[storedName(0)], "the operator has applied another image")
		for i := 1; i < storeSize; i++ {
			if name := storedName(i); i < storedWithChildren {
				assert.Empty(t, changed[name], name)
			} else {
				assert.Equal(t, "ConfigMap created Service created Deployment created ollama starts", changed[name], name)
			}
		}
	})
	t.Run("rights", func(t *testing.T) {
		t.Parallel()
		limited := []string{"preflight", "--kubeconfig", store.Kubeconfig, "--as", "viewer", "-n", "default", "--crds=false"}
		out, err := exec.Command(plugin, limited...).CombinedOutput()
		require.Error(t, err)
		assert.Regexp(t, `^error: reading [a-z0-9.]+: .* is forbidden: User "viewer" cannot list resource .*\n$`, string(out))
		root, err := cluster.Root()
		require.NoError(t, err)
		for _, args := range [][]string{
			{"apply", "-f", filepath.Join(root, "config", "rbac", "ollamadeployment_viewer_role.yaml")},
			{"create", "rolebinding", "viewer", "--clusterrole=view", "--user=viewer"},
		} {
			r, err := store.RunKubectl("", args...)
			require.NoError(t, err)
			require.Zero(t, r.Code, r.Stderr)
		}
		require.EventuallyWithT(t, func(c *assert.CollectT) { // the role is aggregated
			out, err := exec.Command(plugin, limited...).CombinedOutput()
			assert.NoError(c, err, string(out))
		}, patience, tick)
	})
}

func storedName(i int) string { return fmt.Sprintf("stack-%04d", i) }

func isBadInStore(i int) bool { return i%10 == 3 }

// fillStore stores the objects and the children of some.
func fillStore(t *testing.T, store *cluster.Cluster) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	r, err := store.RunKubectl("", "apply", "--server-side", "-f", filepath.Join(root, "config", "crd", "bases"))
	require.NoError(t, err)
	require.Zero(t, r.Code, r.Stderr)
	require.NoError(t, store.WaitForCRDs("crd/ollamadeployments.llm.geeper.io", "crd/deployments.llm.geeper.io"))
	scheme := runtime.NewScheme()
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	c, err := client.New(store.Config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	var group errgroup.Group
	group.SetLimit(8)
	for i := range storeSize {
		group.Go(func() error {
			d := fixtures.Defaulted(&v1alpha1.OllamaDeployment{
				ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: storedName(i)},
				Spec:       v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b"}}},
			})
			if isBadInStore(i) {
				d.Spec.Ollama.Volumes = []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/models"}}}}
			}
			if err := c.Create(t.Context(), d); err != nil || i >= storedWithChildren {
				return err
			}
			return applyRendered(t, c, d, i == 0)
		})
	}
	require.NoError(t, group.Wait())
}

// applyRendered applies the children as the operator does, or with another image.
func applyRendered(t *testing.T, c client.Client, d *v1alpha1.OllamaDeployment, otherImage bool) error {
	t.Helper()
	children, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	if err != nil {
		return err
	}
	for _, child := range children {
		data, err := json.Marshal(child.Config)
		if err != nil {
			return err
		}
		if otherImage {
			data = []byte(strings.ReplaceAll(string(data), "ollama/ollama:latest", "ollama/ollama:0.1"))
		}
		object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace, Name: child.Name}}
		object.SetGroupVersionKind(child.Kind)
		if err := c.Patch(t.Context(), object, client.RawPatch(types.ApplyPatchType, data), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
			return err
		}
	}
	return nil
}
