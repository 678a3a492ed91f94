// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// judged is an object with children of all kinds but those of other roles.
const judged = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack-0, namespace: chaos-a, uid: owner, generation: 3}
spec:
  ollama: {models: ["codellama:7b"], replicas: 2}
  openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}, resources: {requests: {storage: 1Gi}}}
  tabby: {enabled: true, route: {parentRefs: [{name: shared}], hostnames: [tabby.example.com]}}
  networkPolicy: {enabled: true}
`

// A judgement is an oracle and the state of a cluster in which everything is as it has to be.
type judgement struct {
	*oracle
	*state
	t *testing.T
}

func newJudgement(t *testing.T) *judgement {
	t.Helper()
	scheme, err := newScheme()
	require.NoError(t, err)
	s := slot{"chaos-a", "stack-0", keeper}
	j := &judgement{
		oracle: &oracle{slots: map[string]slot{s.String(): s}, scheme: scheme}, t: t,
		state: &state{
			children: map[id]*unstructured.Unstructured{}, foreign: map[id]*unstructured.Unstructured{}, recorded: map[types.UID]recorded{},
			models: map[string][][]string{s.String(): {{"codellama:7b"}, {"codellama:7b"}}},
		},
	}
	j.dryRun = func(_ context.Context, config *unstructured.Unstructured) (*unstructured.Unstructured, error) {
		live := j.children[idOf(config)]
		if live == nil {
			return nil, errors.New("nothing is there")
		}
		out := live.DeepCopy()
		overlay(out.Object, config.DeepCopy().Object)
		return out, nil
	}
	d := fixtures.Defaulted(fixtures.Parse(t, judged))
	objects, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	require.NoError(t, err)
	for _, object := range objects {
		j.add(object.Config)
	}
	for _, secret := range render.Secrets(d) {
		key := newForeign("v1", kindSecret, d.Namespace, secret.Name, fields{})
		key.SetLabels(secret.Labels)
		key.SetOwnerReferences([]metav1.OwnerReference{{Kind: v1alpha1.Kind, Name: d.Name, UID: d.UID}})
		j.add(key)
		j.recorded[key.GetUID()] = recorded{kind: kindSecret, namespace: d.Namespace, name: secret.Name, uid: types.UID(secret.Name), owners: []types.UID{d.UID}}
	}
	other := newForeign("v1", "ConfigMap", d.Namespace, "other", fields{"data": fields{"a": "b"}})
	j.add(other)
	j.foreign[idOf(other)] = j.children[idOf(other)].DeepCopy()
	j.store(d)
	return j
}

// overlay sets the values of a configuration, as applying does, except for lists.
func overlay(live, config fields) {
	for key, value := range config {
		into, isMap := live[key].(fields)
		if from, areMaps := value.(fields); isMap && areMaps {
			overlay(into, from)
		} else {
			live[key] = value
		}
	}
}

// add adds an object to the cluster. Deployments are rolled out.
func (j *judgement) add(object any) {
	j.t.Helper()
	data, err := json.Marshal(object)
	require.NoError(j.t, err)
	added := &unstructured.Unstructured{}
	require.NoError(j.t, added.UnmarshalJSON(data))
	added.SetUID(types.UID(added.GetKind() + added.GetName()))
	if added.GetKind() == render.KindDeployment.Kind {
		replicas, _, err := unstructured.NestedInt64(added.Object, "spec", "replicas")
		require.NoError(j.t, err)
		added.Object["status"] = fields{"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas, "updatedReplicas": replicas}
	}
	j.children[idOf(added)] = added
}

// store stores an object with the status of one that is ready.
func (j *judgement) store(d *v1alpha1.OllamaDeployment) {
	j.t.Helper()
	data, err := json.Marshal(d)
	require.NoError(j.t, err)
	stored := unstructured.Unstructured{}
	require.NoError(j.t, stored.UnmarshalJSON(data))
	ready := func(replicas int64) fields {
		return fields{"availableReplicas": replicas, "readyReplicas": replicas, "updatedReplicas": replicas}
	}
	condition := func(kind, status, reason string) fields {
		return fields{"type": kind, "status": status, "reason": reason}
	}
	stored.Object["status"] = fields{
		"observedGeneration": d.Generation, "phase": "Ready", "readyReplicas": int64(4), "totalReplicas": int64(4),
		"ollamaStatus": ready(2), "openwebuiStatus": ready(1), "tabbyStatus": ready(1),
		"conditions": []any{
			condition("Ready", "True", "AllReplicasReady"), condition("Progressing", "False", "RolloutComplete"),
			condition("ModelsPulled", "True", "AllModelsPulled"),
		},
	}
	j.stored = []unstructured.Unstructured{stored}
}

func (j *judgement) child(kind, name string) *unstructured.Unstructured {
	j.t.Helper()
	child := j.children[id{kind, "chaos-a", name}]
	require.NotNil(j.t, child)
	return child
}

func (j *judgement) set(object *unstructured.Unstructured, value any, path ...string) {
	j.t.Helper()
	require.NoError(j.t, unstructured.SetNestedField(object.Object, value, path...))
}

// deny makes a condition of the stored object False.
func (j *judgement) deny(kind, reason string) {
	j.t.Helper()
	all, _, err := unstructured.NestedSlice(j.stored[0].Object, "status", "conditions")
	require.NoError(j.t, err)
	all = slices.DeleteFunc(all, func(one any) bool { return one.(fields)["type"] == kind })
	j.set(&j.stored[0], append(all, fields{"type": kind, "status": "False", "reason": reason}), "status", "conditions")
}

func TestOracle(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		plant func(*judgement)
		want  string // part of the only violation; "" means that there is none
	}{
		"everything is as it has to be": {func(*judgement) {}, ""},
		"a stored object lacks a default": {func(j *judgement) {
			unstructured.RemoveNestedField(j.stored[0].Object, "spec", "ollama", "modelRemovalPolicy")
		}, "is stored without all defaults"},
		"a stored object is invalid": {func(j *judgement) {
			j.set(&j.stored[0], "Sometimes", "spec", "ollama", "modelRemovalPolicy")
		}, "is stored and refused"},
		"a child is changed": {func(j *judgement) {
			j.set(j.child("Service", "stack-0-ollama"), "nothing", "spec", "selector", v1alpha1.LabelComponent)
		}, "Service chaos-a/stack-0-ollama: it differs from what is rendered in .spec.selector"},
		"a child is missing": {func(j *judgement) {
			delete(j.children, id{"NetworkPolicy", "chaos-a", "stack-0-tabby"})
		}, "NetworkPolicy chaos-a/stack-0-tabby is missing"},
		"a Secret is missing": {func(j *judgement) {
			delete(j.children, id{"Secret", "chaos-a", "stack-0-tabby"})
		}, "Secret chaos-a/stack-0-tabby is missing"},
		"a child is left that is not rendered": {func(j *judgement) {
			j.set(&j.stored[0], false, "spec", "openwebui", "ingress", "enabled")
		}, "Ingress chaos-a/stack-0-openwebui is left, and not rendered"},
		"a route is left that is not rendered": {func(j *judgement) {
			unstructured.RemoveNestedField(j.stored[0].Object, "spec", "tabby", "route")
		}, "HTTPRoute chaos-a/stack-0-tabby is left, and not rendered"},
		"a Secret is left without an owner": {func(j *judgement) {
			j.child("Secret", "stack-0-tabby").SetOwnerReferences([]metav1.OwnerReference{{UID: "earlier"}})
		}, "Secret chaos-a/stack-0-tabby is left of a deleted owner"},
		"a claim that is retained has an owner": {func(j *judgement) {
			j.child("PersistentVolumeClaim", "stack-0-openwebui").SetOwnerReferences([]metav1.OwnerReference{{UID: "owner"}})
		}, "PersistentVolumeClaim chaos-a/stack-0-openwebui is deleted with its object: true, and wanted is false"},
		"a mark is left of an earlier spec": {func(j *judgement) {
			j.set(j.child("Deployment", "stack-0-tabby"), "hash", "spec", "template", "metadata", "annotations", "llm.geeper.io/trust-hash")
		}, `Deployment chaos-a/stack-0-tabby has llm.geeper.io/trust-hash "hash", and wanted is false`},
		"the operator has set a field of somebody else's object": {func(j *judgement) {
			j.child("ConfigMap", "other").SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: v1alpha1.ManagedBy}})
		}, "ConfigMap chaos-a/other of somebody else was touched"},
		"somebody else's object is touched": {func(j *judgement) {
			j.child("ConfigMap", "other").SetAnnotations(map[string]string{"a": "b"})
		}, "ConfigMap chaos-a/other of somebody else was touched"},
		"somebody else's object is deleted": {func(j *judgement) {
			delete(j.children, id{"ConfigMap", "chaos-a", "other"})
		}, "ConfigMap chaos-a/other of somebody else was touched"},
		"a claim is deleted": {func(j *judgement) {
			j.recorded["gone"] = recorded{kind: kindClaim, namespace: "chaos-a", name: "stack-0-ollama", uid: "gone", gone: true}
		}, "PersistentVolumeClaim chaos-a/stack-0-ollama (gone) is lost"},
		"a Secret is deleted while its owner lives": {func(j *judgement) {
			j.recorded["gone"] = recorded{kind: kindSecret, namespace: "chaos-a", name: "stack-0-tabby", uid: "gone", owners: []types.UID{"owner"}, gone: true}
		}, "Secret chaos-a/stack-0-tabby (gone) is lost"},
		"a Secret is deleted with its owner": {func(j *judgement) {
			j.recorded["gone"] = recorded{kind: kindSecret, namespace: "chaos-a", name: "stack-0-tabby", uid: "gone", owners: []types.UID{"earlier"}, gone: true}
		}, ""},
		"the status is of an earlier generation": {func(j *judgement) {
			j.set(&j.stored[0], int64(2), "status", "observedGeneration")
		}, "is of generation 2, not 3"},
		"the status has too many pods": {func(j *judgement) {
			j.set(&j.stored[0], int64(5), "status", "readyReplicas")
		}, "has 5 of 4 pods, and 4 of 4 are ready"},
		"the status is Ready, and a pod is not": {func(j *judgement) {
			j.set(j.child("Deployment", "stack-0-ollama"), int64(1), "status", "availableReplicas")
			j.set(&j.stored[0], int64(1), "status", "ollamaStatus", "availableReplicas")
		}, "has Ready True; waiting: ollama has 1 of 2 pods available"},
		"the phase is not that of the condition": {func(j *judgement) {
			j.set(&j.stored[0], "Progressing", "status", "phase")
		}, "has phase Progressing, and Ready True"},
		"a pod lacks a model that the status has": {func(j *judgement) {
			j.models["chaos-a/stack-0"][1] = nil
		}, "has ModelsPulled True, and a pod lacks codellama:7b"},
		"models are never pulled": {func(j *judgement) {
			j.deny("Ready", v1alpha1.ReasonModelsNotPulled)
			j.deny(v1alpha1.ConditionModelsPulled, v1alpha1.ReasonPulling)
			j.models["chaos-a/stack-0"] = nil
		}, "does not have ModelsPulled True, and all of [codellama:7b] can be pulled"},
		"models of a paused object are not pulled": {func(j *judgement) {
			j.set(&j.stored[0], true, "spec", "paused")
			j.deny("Progressing", v1alpha1.ReasonPaused)
			j.deny(v1alpha1.ConditionModelsPulled, v1alpha1.ReasonPulling)
		}, ""},
		"the status is not that of a paused object": {func(j *judgement) {
			j.set(&j.stored[0], true, "spec", "paused")
		}, "has Progressing RolloutComplete, and paused is true"},
		"somebody else has the name of a child, and the status is Ready": {func(j *judgement) {
			service := j.child("Service", "stack-0-tabby")
			j.foreign[idOf(service)] = service.DeepCopy()
		}, "blocked: map[tabby:NameConflict]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudgement(t)
			tc.plant(j)
			found := j.judge(t.Context(), j.state)
			if tc.want == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1, strings.Join(found, "\n"))
			assert.Contains(t, found[0], tc.want)
		})
	}
}

// Models that clients list can be pulled, except those with which a simulated server fails or is slow.
func TestArePullable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		listed []v1alpha1.OllamaModel
		want   bool
	}{
		"no models":             {nil, true},
		"models":                {[]v1alpha1.OllamaModel{"codellama:7b", "llama2:7b"}, true},
		"one that is not found": {[]v1alpha1.OllamaModel{"codellama:7b", "not-found:latest"}, false},
		"one that is slow":      {[]v1alpha1.OllamaModel{"slow/llama3.2:1b", "codellama:7b"}, false},
		"one that is broken":    {[]v1alpha1.OllamaModel{"broken/phi3:3b"}, false},
		"one that nobody lists": {[]v1alpha1.OllamaModel{"codellama:34b"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, arePullable(tc.listed))
		})
	}
}
