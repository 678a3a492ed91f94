// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestRules(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, tc.Object("stack")))
			_, errs := ValidateCreate(d, nil, Options{AllowHostPath: tc.AllowHostPath, AllowServiceAccounts: tc.AllowServiceAccounts, AllowPrivilegedPods: tc.AllowPrivilegedPods})
			assert.Equal(t, tc.Errors, texts(errs))
		})
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	const start = "must start with a letter and contain only lower case letters, digits and '-', because names of Services are derived from it"
	for name, want := range map[string]string{
		"a":                     "",
		strings.Repeat("a", 53): "",
		"":                      "", // generateName
		"my.llm":                start,
		"7b":                    start,
		"-a":                    start,
		"a-":                    start,
		strings.Repeat("a", 54): `must have at most 53 characters, because the name of the Service "<name>-openwebui" can have at most 63`,
	} {
		d := fixtures.Sample(t, "minimal")
		d.Name = name
		_, errs := ValidateCreate(fixtures.Defaulted(d), nil, Options{})
		if want == "" {
			assert.Empty(t, errs, "%q", name)
			continue
		}
		require.Len(t, errs, 1, "%q", name)
		assert.Equal(t, `metadata.name: Invalid value: "`+name+`": `+want, errs[0].Error())
	}
}

func TestGeneratedNameNeedsAService(t *testing.T) {
	t.Parallel()
	d := fixtures.Sample(t, "tabby")
	d.Name, d.GenerateName = "", "tabby-"
	_, errs := ValidateCreate(fixtures.Defaulted(d), nil, Options{})
	require.Len(t, errs, 1)
	assert.Equal(t, "spec.tabby.ollamaServiceName: Required value: cannot be derived from metadata.generateName; set metadata.name, or set this field", errs[0].Error())
}

func TestGeneratedNameWithoutTabby(t *testing.T) {
	t.Parallel()
	d := fixtures.Parse(t, `{metadata: {generateName: stack-}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {enabled: false}}}`)
	_, errs := ValidateCreate(fixtures.Defaulted(d), nil, Options{})
	assert.Empty(t, errs)
}

// Long values are truncated in errors.
func TestErrorsTruncateValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é/", 1<<20)
	d := fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {}}}`)
	d.Spec.Ollama.Models[0], d.Spec.Ollama.ImageTag = v1alpha1.OllamaModel(long), &long
	d.Spec.Tabby.VolumeMounts = []corev1.VolumeMount{{Name: long, MountPath: long}}
	d.Spec.Tabby.EnvVars = []corev1.EnvVar{{Name: long}}
	_, errs := ValidateCreate(fixtures.Defaulted(d), nil, Options{})
	assert.GreaterOrEqual(t, len(errs), 5)
	for _, err := range errs {
		assert.Less(t, len(err.Error()), 6000, err.Field)
	}
}

func TestDeletedObjectIsNotValidated(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.Spec.Ollama.Replicas = new(int32(0))
	d.DeletionTimestamp = new(metav1.Now())
	warnings, errs := ValidateUpdate(d, d.DeepCopy(), nil, Options{})
	assert.Empty(t, warnings)
	assert.Empty(t, errs)
}

func TestSamplesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Samples() {
		_, errs := ValidateCreate(fixtures.Defaulted(fixtures.Sample(t, name)), nil, Options{})
		assert.Empty(t, errs, name)
	}
}
