// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// IsProgress reports whether a status differs from the one before in nothing but what a rollout
// changes all the time: the components' figures and conditions, and messages. Nothing of that
// matters once the object is ready, so that whatever changes then is more than progress.
func IsProgress(before, after v1alpha1.OllamaDeploymentStatus) bool {
	return before.Phase != v1alpha1.PhaseReady && equality.Semantic.DeepEqual(withoutProgress(before), withoutProgress(after))
}

// withoutProgress returns a copy of the status without what IsProgress ignores.
func withoutProgress(status v1alpha1.OllamaDeploymentStatus) v1alpha1.OllamaDeploymentStatus {
	for _, name := range v1alpha1.ComponentNames() {
		status.SetComponent(name, nil)
	}
	status.Conditions = slices.Clone(status.Conditions)
	for i := range status.Conditions {
		status.Conditions[i].Message, status.Conditions[i].LastTransitionTime = "", metav1.Time{}
	}
	return status
}
