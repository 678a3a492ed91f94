// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
)

// The JSON names of the fields of the spec that have replicas are the names of the components, in the
// same order, and each has a field of the status.
func TestComponentsAreThoseOfTheSpec(t *testing.T) {
	t.Parallel()
	var inSpec []ComponentName
	for field := range reflect.TypeFor[OllamaDeploymentSpec]().Fields() {
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() != reflect.Struct {
			continue
		}
		if _, hasPods := kind.FieldByName("Replicas"); !hasPods {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		inSpec = append(inSpec, ComponentName(name))
	}
	assert.Equal(t, inSpec, ComponentNames())
	for _, name := range inSpec {
		var status OllamaDeploymentStatus
		assert.Nil(t, status.Component(name))
		status.SetComponent(name, &DeploymentComponentStatus{ReadyReplicas: 1})
		assert.NotNil(t, status.Component(name))
		data, err := json.Marshal(status)
		require.NoError(t, err)
		assert.Contains(t, string(data), `"`+string(name)+`Status":{`)
		assert.LessOrEqual(t, MaxNameLength+len("-")+len(name), 63, "the name of the Service of %s", name)
	}
}

func TestComponentReadsTheFieldsOfItsSpec(t *testing.T) {
	t.Parallel()
	d := OllamaDeployment{}
	require.NoError(t, json.Unmarshal([]byte(`{"metadata": {"name": "stack"}, "spec": {
		"ollama": {"models": ["llama2:7b"], "replicas": 2},
		"openwebui": {"enabled": true, "image": "ui", "imageTag": "v1", "resources": {"limits": {"storage": "1Gi"}}, "servicePort": 80},
		"tabby": {"ingress": {"enabled": true, "host": "tabby.example.com"}}}}`), &d))
	d.Default()
	spec := &d.Spec

	ui, found := spec.Component(ComponentOpenWebUI)
	require.True(t, found)
	assert.True(t, ui.IsEnabled())
	assert.Equal(t, "spec.openwebui", ui.Path())
	assert.Equal(t, "ui:v1", ui.ImageReference())
	assert.Equal(t, int32(1), ui.Replicas())
	assert.Equal(t, int32(80), *ui.Service().Port)
	assert.Equal(t, resource.MustParse("1Gi"), *ui.Resources().StorageSize())
	assert.False(t, ui.Ingress().IsEnabled())

	tabby, found := spec.Component(ComponentTabby)
	require.True(t, found)
	assert.False(t, tabby.IsEnabled())
	assert.Equal(t, "tabby.example.com", tabby.Ingress().Host)

	ollama, found := spec.Component(ComponentOllama)
	require.True(t, found)
	assert.Equal(t, int32(2), ollama.Replicas())
	assert.Nil(t, ollama.Ingress())

	var enabled []ComponentName
	for _, c := range spec.EnabledComponents() {
		enabled = append(enabled, c.Name)
	}
	assert.Equal(t, []ComponentName{ComponentOllama, ComponentOpenWebUI}, enabled)
}

func TestComponentThatTheSpecLacks(t *testing.T) {
	t.Parallel()
	spec := &OllamaDeploymentSpec{}
	_, found := spec.Component(ComponentTabby)
	assert.False(t, found)
	require.Len(t, spec.Components(), 1)
	ollama := spec.Components()[0]
	assert.True(t, ollama.IsEnabled())
	assert.Zero(t, ollama.Replicas())
	assert.Nil(t, ollama.Resources().StorageSize())
	assert.Equal(t, ":", ollama.ImageReference())
}
