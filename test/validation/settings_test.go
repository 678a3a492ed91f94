// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Each field of ollama.settings sets the variable that is reserved for it, and no other one.
func TestSettingsSetReservedVariables(t *testing.T) {
	unset := ollamaEnv(t, nil)
	rendered := map[string]string{}
	for i := range reflect.TypeFor[v1alpha1.OllamaSettings]().NumField() {
		settings := &v1alpha1.OllamaSettings{}
		field := reflect.ValueOf(settings).Elem().Field(i)
		field.Set(reflect.New(field.Type().Elem()))
		name := jsonName(reflect.TypeFor[v1alpha1.OllamaSettings]().Field(i))
		added := ollamaEnv(t, settings).Difference(unset)
		require.Len(t, added, 1, name)
		rendered[added.UnsortedList()[0]] = "spec.ollama.settings." + name
	}
	ollama, found := (&v1alpha1.OllamaDeploymentSpec{}).Component(v1alpha1.ComponentOllama)
	require.True(t, found)
	assert.Equal(t, ollama.Reserved.Settings, rendered)
}

// ollamaEnv returns the names of the variables of Ollama's container.
func ollamaEnv(t *testing.T, settings *v1alpha1.OllamaSettings) sets.Set[string] {
	t.Helper()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "stack", UID: "1"}}
	d.Spec.Ollama = v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b"}, Settings: settings}
	d.Default()
	rendered, err := deployments(d)
	require.NoError(t, err)
	require.NotEmpty(t, rendered)
	names := sets.New[string]()
	for _, env := range rendered[0].Spec.Template.Spec.Containers[0].Env {
		names.Insert(env.Name)
	}
	return names
}
