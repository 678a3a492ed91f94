// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// A key that is replaced rolls the pods; one that never was does not, not even those
// of an earlier version, whose Deployments have no marks.
func TestMark(t *testing.T) {
	t.Parallel()
	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{UID: "configmap"}}
	secret := func(uid, key string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid)}, Data: map[string][]byte{"KEY": []byte(key)}}
	}
	marked := func(live *appsv1.Deployment, secret *corev1.Secret) *applyappsv1.DeploymentApplyConfiguration {
		config := applyappsv1.Deployment("a", "b").WithSpec(applyappsv1.DeploymentSpec().WithTemplate(applycorev1.PodTemplateSpec().WithLabels(nil).WithAnnotations(nil)))
		templates := []*applycorev1.PodTemplateSpecApplyConfiguration{config.Spec.Template}
		if live == nil {
			mark(config, templates, nil, configMap, secret, "KEY")
		} else {
			mark(config, templates, live, configMap, secret, "KEY")
		}
		return config
	}
	// as is what the cache would hold of a Deployment with the configuration.
	as := func(config *applyappsv1.DeploymentApplyConfiguration) *appsv1.Deployment {
		live, small := &appsv1.Deployment{}, &appsv1.Deployment{}
		live.Annotations = config.Annotations
		small.Labels = map[string]string{}
		copyDeployment(live, small)
		return small
	}

	first := marked(nil, secret("one", "key"))
	assert.Equal(t, "configmap,one", first.Annotations[mountedAnnotation])
	assert.Empty(t, first.Spec.Template.Annotations)
	assert.NotContains(t, first.Annotations[firstSecretAnnotation], "key")
	assert.Equal(t, mountedUIDs{"configmap", "one"}, recordedUIDs(as(first)))

	assert.Empty(t, marked(&appsv1.Deployment{}, secret("one", "key")).Spec.Template.Annotations, "of an earlier version")
	assert.Equal(t, first, marked(as(first), secret("one", "key")), "at rest")

	// The other templates that the Deployment may have bear the same mark, so that one of
	// them can still be recognized.
	other := applycorev1.PodTemplateSpec().WithAnnotations(nil)
	mark(applyappsv1.Deployment("a", "b"), []*applycorev1.PodTemplateSpecApplyConfiguration{other}, as(first), configMap, secret("two", "x"), "KEY")
	assert.NotEmpty(t, other.Annotations[secretAnnotation])

	second := marked(as(first), secret("two", "another key"))
	require.NotEmpty(t, second.Spec.Template.Annotations[secretAnnotation])
	assert.Equal(t, "configmap,two", second.Annotations[mountedAnnotation])
	assert.Equal(t, second, marked(as(second), secret("two", "another key")), "at rest")
	edited := marked(as(second), secret("two", "edited"))
	assert.NotEqual(t, second.Spec.Template.Annotations, edited.Spec.Template.Annotations)
}
