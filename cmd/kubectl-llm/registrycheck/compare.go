// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"errors"
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/registry"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// compare returns the findings about the models of an object.
func compare(o Object, answers map[source]answer) []check.Finding {
	var out []check.Finding
	weights, blobs := map[ollama.ModelName]int64{}, map[string]int64{}
	for _, m := range models(o.OllamaDeployment) {
		got := answers[m.source]
		if got.err != nil {
			rule, message := describe(m, got.err)
			level, unless := severity(&o.Spec.Ollama, got.err)
			out = append(out, check.NewFinding(o.Object, level, rule, fmt.Sprintf("spec.ollama.models[%d]", m.index), message+unless))
			continue
		}
		if got.Weights > 0 {
			weights[m.name] = got.Weights
		}
		for digest, size := range got.Blobs {
			blobs[digest] = size
		}
	}
	if err := storage(o.OllamaDeployment, blobs); err != nil {
		out = append(out, check.NewFinding(o.Object, check.Error, string(err.Type), err.Field, err.ErrorBody()))
	}
	for _, warning := range validation.MemoryWarnings(&o.Spec.Ollama, weights) {
		if warning.Field == validation.MemoryLimitPath {
			out = append(out, check.NewFinding(o.Object, check.Warning, check.RuleWarning, warning.Field, warning.Message))
		}
	}
	return out
}

// severity returns how severe it is that a registry does not tell of a model. It is a warning if pods may have the
// model all the same, for which it returns a reason.
func severity(spec *v1alpha1.OllamaSpec, err error) (level check.Level, unless string) {
	var status *registry.StatusError
	denied := errors.As(err, &status) && (status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden)
	switch {
	case len(spec.ModelImages) > 0:
		return check.Warning, "; ignore this if one of ollama.modelImages has the model"
	case denied && spec.IdentitySecretRef != nil:
		return check.Warning, "; ignore this if it is that of ollama.identitySecretRef, which is not used here"
	default:
		return check.Error, ""
	}
}

// describe returns the rule and the message for a model that the registry does not have or does not tell of.
func describe(m model, err error) (rule, message string) {
	host, _ := m.source.name.Manifest()
	var status *registry.StatusError
	if !errors.As(err, &status) || status.Code != http.StatusNotFound {
		return check.RuleRegistry, explain(host, m.insecure, err)
	}
	detail := host + " has no such model or tag"
	if m.mirrored {
		detail = fmt.Sprintf("the mirror has no %q", string(m.source.name))
	}
	missing := field.NotFound(nil, string(m.name))
	missing.Detail = detail
	return string(missing.Type), missing.ErrorBody()
}

// storage returns an error if the claim is smaller than the blobs, which Ollama stores as they are. Models of
// images may not be in the claim, so that nothing is known with them.
func storage(d *v1alpha1.OllamaDeployment, blobs map[string]int64) *field.Error {
	c, _ := d.Spec.Component(v1alpha1.ComponentOllama)
	size, sum := c.ClaimSize(), int64(0)
	for _, blob := range blobs {
		sum += blob
	}
	if size == nil || size.CmpInt64(sum) >= 0 || len(d.Spec.Ollama.ModelImages) > 0 {
		return nil
	}
	list := "requests"
	if _, found := c.Resources().Requests[corev1.ResourceStorage]; !found {
		list = "limits"
	}
	const mebi = 1 << 20
	need := resource.NewQuantity((sum+mebi-1)/mebi*mebi, resource.BinarySI)
	return field.Invalid(field.NewPath(c.Path(), "resources", list, "storage"), size.String(),
		fmt.Sprintf("is less than the %s of the models; the file system needs some space, too", need))
}
