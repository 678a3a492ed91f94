// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// Whatever the managed fields and the manifest of kubectl apply have: who owns a field owns those above it, who owns
// two fields owns each, and setting defaults again changes nothing.
func FuzzManagedFields(f *testing.F) {
	const entry = `{"metadata":{"managedFields":[{"manager":"a","operation":"Apply","fieldsType":"FieldsV1","fieldsV1":`
	const spec = `},"spec":{"ollama":{"models":["a:1"],"replicas":2,"servicePort":80,"service":{"port":81}},"tabby":{"enabled":true}}}`
	for _, fields := range []string{
		`{"f:spec":{"f:ollama":{"f:servicePort":{},"f:service":{"f:port":{}}}}}`, `{"f:spec":null}`, `{"f:spec":{".":{}}}`, `{}`, `null`, `"x"`, `[1]`,
	} {
		f.Add([]byte(entry+fields+`}]`+spec), []byte(`{}`), "spec.ollama.servicePort", "spec.ollama.service.port")
	}
	f.Add([]byte(`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"metadata\":{\"uid\":\"1\"}}"},"managedFields":[{"manager":"kubectl-edit","operation":"Update","fieldsV1":{"f:metadata":{"f:annotations":{"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}}]`+spec),
		[]byte(`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{}}"}}}`), "spec", "metadata.annotations")
	f.Fuzz(func(t *testing.T, object, stored []byte, path, other string) {
		d, old := &OllamaDeployment{}, &OllamaDeployment{}
		if json.Unmarshal(object, d) != nil || json.Unmarshal(stored, old) != nil {
			t.Skip("not an object")
		}
		steps, others := strings.Split(path, "."), strings.Split(other, ".")
		if d.isOwned(steps) {
			assert.True(t, d.isOwned(steps[:len(steps)-1]))
			assert.True(t, d.isSetByUser(steps, old))
		}
		both := d.appliesBoth(steps, others)
		assert.Equal(t, both, d.appliesBoth(others, steps))
		assert.True(t, !both || d.isOwned(steps) && d.isOwned(others))
		if applied := d.LastApplied(); len(applied) > 0 {
			assert.Equal(t, d.Annotations[corev1.LastAppliedConfigAnnotation], string(applied))
		}
		for _, setDefaults := range []func(d, old *OllamaDeployment){(*OllamaDeployment).DefaultUpdate, (*OllamaDeployment).DefaultServerSideApply} {
			once := d.DeepCopy()
			setDefaults(once, old)
			twice := once.DeepCopy()
			setDefaults(twice, old)
			assert.True(t, equality.Semantic.DeepEqual(once, twice), "setting defaults again changes the object")
			assert.Equal(t, d.ObjectMeta, once.ObjectMeta)
		}
	})
}
