// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A call is a request of the API server to one of the webhooks.
type call struct {
	name     string
	endpoint endpoint
	review   []byte
}

// calls returns the calls of both webhooks for the creation of each fixture, and for an update of its models.
func calls(tb testing.TB, all []namedFixture) []call {
	tb.Helper()
	mutating, validating := endpoint{newLimits(), Mutating(validation.Options{})}, endpoint{newLimits(), Validating(validation.Options{})}
	var out []call
	for _, f := range all {
		stored := fixtures.Defaulted(f.object.DeepCopy())
		edited := f.object.DeepCopy()
		edited.Spec.Ollama.Models = append(edited.Spec.Ollama.Models, "all-minilm:22m")
		updated := edited.DeepCopy()
		updated.DefaultUpdate(stored)
		out = append(out,
			call{f.name + "/mutate-create", mutating, callOf(tb, f.object, nil)},
			call{f.name + "/validate-create", validating, callOf(tb, stored, nil)},
			call{f.name + "/mutate-update", mutating, callOf(tb, edited, stored)},
			call{f.name + "/validate-update", validating, callOf(tb, updated, stored)})
	}
	return out
}

type namedFixture struct {
	name   string
	object *v1alpha1.OllamaDeployment
}

// namedFixtures returns the samples, the examples of the reference, the object with all defaults and one with many
// errors.
func namedFixtures(tb testing.TB) []namedFixture {
	tb.Helper()
	var out []namedFixture
	for _, name := range fixtures.Samples() {
		out = append(out, namedFixture{"sample-" + name, fixtures.Sample(tb, name)}, namedFixture{"reference-" + name, fixtures.Read(tb, fixtures.ReferencePath(name))})
	}
	return append(out,
		namedFixture{"defaults", fixtures.Parse(tb, fixtures.Defaults(tb).Object)},
		namedFixture{"refused", fixtures.Read(tb, fixtures.Path("refused.yaml"))})
}

// rules returns the objects of all rules.
func rules(tb testing.TB) []namedFixture {
	tb.Helper()
	var out []namedFixture
	for _, rule := range fixtures.Rules(tb) {
		out = append(out, namedFixture{rule.Name, fixtures.Parse(tb, rule.Object("stack"))})
	}
	return out
}

// callOf returns the review that the API server sends for a request of kubectl: a create if old is nil.
func callOf(tb testing.TB, d, old *v1alpha1.OllamaDeployment) []byte {
	tb.Helper()
	kind := metav1.GroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	resource := metav1.GroupVersionResource(v1alpha1.GroupVersion.WithResource("ollamadeployments"))
	request := &admissionv1.AdmissionRequest{
		UID: "705ab4f5-6393-11e8-b7cc-42010a800002", Operation: admissionv1.Create,
		Kind: kind, RequestKind: &kind, Resource: resource, RequestResource: &resource,
		Name: d.Name, Namespace: "team", DryRun: new(false),
		UserInfo: authenticationv1.UserInfo{Username: "kubernetes-admin", Groups: []string{"kubeadm:cluster-admins", "system:authenticated"}},
		Object:   runtime.RawExtension{Raw: received(tb, d)},
		Options:  runtime.RawExtension{Raw: []byte(`{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"kubectl-create","fieldValidation":"Strict"}`)},
	}
	if old != nil {
		request.Operation = admissionv1.Update
		request.OldObject.Raw = received(tb, old)
		request.Options.Raw = []byte(`{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"kubectl-create","fieldValidation":"Strict"}`)
	}
	data, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"}, Request: request,
	})
	require.NoError(tb, err)
	return data
}

// received returns the object as the API server passes it on, with the metadata that it sets.
func received(tb testing.TB, d *v1alpha1.OllamaDeployment) []byte {
	tb.Helper()
	d = d.DeepCopy()
	owned, err := json.Marshal(map[string]any{"f:spec": ownedFields(fixtures.ToMap(tb, d)["spec"])})
	require.NoError(tb, err)
	d.UID, d.Generation, d.CreationTimestamp = types.UID("0d9a8f4e-3f34-4f37-9b3f-3c2a5a9c8f11"), 1, metav1.Unix(1_800_000_000, 0)
	d.ManagedFields = []metav1.ManagedFieldsEntry{{
		Manager: "kubectl-create", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: v1alpha1.GroupVersion.String(),
		Time: new(metav1.Unix(1_800_000_000, 0)), FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(string(owned)),
	}}
	data, err := json.Marshal(d)
	require.NoError(tb, err)
	return data
}

// ownedFields returns the fields below a value as managed fields have them.
func ownedFields(value any) map[string]any {
	out := map[string]any{}
	if object, ok := value.(map[string]any); ok {
		out["."] = map[string]any{}
		for name, below := range object {
			out["f:"+name] = ownedFields(below)
		}
	}
	return out
}
