// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// managers maps the field managers of tools that apply objects from files to the names of the tools.
//
// Source: argoproj/argo-cd, common/common.go; fluxcd/kustomize-controller and
// fluxcd/helm-controller, main.go; helm/helm, pkg/kube/client.go.
var managers = map[string]string{
	"argocd-controller":         "Argo CD",
	"kustomize-controller":      "Flux",
	"helm-controller":           "Flux",
	"helm":                      "Helm",
	"kubectl-client-side-apply": "kubectl apply",
	"kubectl":                   "kubectl apply --server-side",
}

// marks are annotations and labels by which such tools know the objects that they apply.
//
// Source: argo-cd.readthedocs.io, Resource Tracking; fluxcd.io, Kustomization and HelmRelease;
// helm/helm, pkg/action/validate.go.
var marks = []struct{ key, tool string }{
	{"argocd.argoproj.io/tracking-id", "Argo CD"},
	{"kustomize.toolkit.fluxcd.io/name", "Flux"},
	{"helm.toolkit.fluxcd.io/name", "Flux"},
	{"meta.helm.sh/release-name", "Helm"},
	{corev1.LastAppliedConfigAnnotation, "kubectl apply"},
}

// Manager returns the tool that applies the object from files, and so may revert changes of its models,
// or "" if none is known. An unknown field manager counts if it applies the list of models itself. The
// result may contain untrusted text.
func Manager(d *v1alpha1.OllamaDeployment, self string) string {
	for _, m := range marks {
		if d.Annotations[m.key] != "" || d.Labels[m.key] != "" {
			return m.tool
		}
	}
	for _, entry := range d.ManagedFields {
		if entry.Manager == self || entry.Subresource != "" {
			continue
		}
		applies := entry.Operation == metav1.ManagedFieldsOperationApply
		tool, known := managers[entry.Manager]
		switch {
		case known && (applies || entry.Manager != "kubectl"):
			return tool
		case !known && applies && ownsModels(entry):
			return fmt.Sprintf("the field manager %q", entry.Manager)
		}
	}
	return ""
}

func ownsModels(entry metav1.ManagedFieldsEntry) bool {
	var fields struct {
		Spec struct {
			Ollama struct {
				Models json.RawMessage `json:"f:models"`
			} `json:"f:ollama"`
		} `json:"f:spec"`
	}
	return entry.FieldsV1 != nil && json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) == nil && fields.Spec.Ollama.Models != nil
}
