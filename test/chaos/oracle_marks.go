// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// marks are the annotations of Deployments and of their pods that are not rendered: they depend on what is in the
// cluster.
var marks = []string{
	render.MountedAnnotation, render.FirstSecretAnnotation, render.MigratedAnnotation, render.SecretAnnotation,
	render.TrustAnnotation, render.IdentityAnnotation, render.DatabaseAnnotation, render.RedisAnnotation,
}

// keepMarks copies the marks of the live Deployment to the configuration.
func keepMarks(config, live *unstructured.Unstructured) {
	if config.GetKind() != render.KindDeployment.Kind {
		return
	}
	for _, path := range [][]string{{"metadata", "annotations"}, {"spec", "template", "metadata", "annotations"}} {
		annotations, _, _ := unstructured.NestedStringMap(live.Object, path...)
		for _, mark := range marks {
			if value, found := annotations[mark]; found {
				_ = unstructured.SetNestedField(config.Object, value, append(slices.Clone(path), mark)...) // they are maps
			}
		}
	}
}

// wantedMarks returns whether the Deployment of a component, or its pods, have to have a mark.
func (st *stack) wantedMarks(component v1alpha1.ComponentName) map[string]bool {
	isOllama, webUI := component == v1alpha1.ComponentOllama, st.Spec.OpenWebUI
	isWebUI := component == v1alpha1.ComponentOpenWebUI && webUI != nil
	return map[string]bool{
		render.TrustAnnotation:    st.Spec.Trust != nil,
		render.IdentityAnnotation: isOllama && st.Spec.Ollama.IdentitySecretRef != nil,
		render.DatabaseAnnotation: isWebUI && webUI.Database != nil,
		render.MigratedAnnotation: isWebUI && webUI.Database != nil,
		render.RedisAnnotation:    isWebUI && webUI.Redis != nil,
	}
}

// judgeMarks returns the marks of Deployments that are missing, or left of an earlier spec.
func judgeMarks(s *state, st *stack) []string {
	var found []string
	for _, c := range st.Spec.EnabledComponents() {
		deployment := s.deployment(st, c.Name)
		if deployment == nil || st.Spec.IsPaused() || st.blocked[c.Name] != "" {
			continue
		}
		for mark, wanted := range st.wantedMarks(c.Name) {
			has := deployment.Annotations[mark]
			if mark != render.MigratedAnnotation {
				has = deployment.Spec.Template.Annotations[mark]
			}
			if wanted != (has != "") {
				found = append(found, fmt.Sprintf("Deployment %s/%s has %s %q, and wanted is %t", st.Namespace, deployment.Name, mark, has, wanted))
			}
		}
	}
	return found
}
