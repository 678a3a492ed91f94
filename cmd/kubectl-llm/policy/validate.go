// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

// A request is what expressions read beside the parameters.
type request struct {
	*admission.VersionedAttributes
	namespace *corev1.Namespace
}

// validate returns the messages of the validations that do not hold. If errors are not ignored, they are messages, too.
//
// Source: k8s.io/apiserver, pkg/admission/plugin/policy/validating/validator.go.
func (p *policy) validate(ctx context.Context, r request, parameter runtime.Object, ignored bool) []string {
	if p.compiled.conditions != nil {
		switch result := p.compiled.conditions.Match(ctx, r.VersionedAttributes, parameter, noRights{}); {
		case result.Error != nil:
			return failure(ignored, result.Error)
		case !result.Matches:
			return nil
		}
	}
	review := plugincel.CreateAdmissionRequest(r.Attributes, metav1.GroupVersionResource(r.GetResource()), metav1.GroupVersionKind(r.VersionedKind))
	bound := plugincel.OptionalVariableBindings{VersionedParams: parameter, Authorizer: noRights{}}
	namespace := plugincel.CreateNamespaceObject(r.namespace)
	results, budget, err := p.compiled.validations.ForInput(ctx, r.VersionedAttributes, review, bound, namespace, celconfig.RuntimeCELCostBudget)
	if err != nil {
		return failure(ignored, err)
	}
	bound.Authorizer = nil
	messages, _, messagesErr := p.compiled.messages.ForInput(ctx, r.VersionedAttributes, review, bound, namespace, budget)
	var out []string
	for i, result := range results {
		switch {
		case result.Error != nil:
			out = append(out, failure(ignored, result.Error)...)
		case errors.Is(messagesErr, apiservercel.ErrInternal) || errors.Is(messagesErr, apiservercel.ErrOutOfBudget):
			out = append(out, failure(ignored, fmt.Errorf("failed messageExpression: %w", messagesErr))...)
		case result.EvalResult != types.True:
			out = append(out, p.message(i, messages))
		}
	}
	return out
}

// message returns the message of a validation: that of its expression unless it is empty, too long or has several
// lines, else its text, else a text about the expression.
func (p *policy) message(i int, evaluated []plugincel.EvaluationResult) string {
	if i < len(evaluated) && evaluated[i].Error == nil && evaluated[i].EvalResult != nil {
		text, _ := evaluated[i].EvalResult.Value().(string)
		text = strings.TrimSpace(text)
		if text != "" && len(text) <= celconfig.MaxEvaluatedMessageExpressionSizeBytes && !strings.Contains(text, "\n") {
			return text
		}
	}
	if text := strings.TrimSpace(p.Spec.Validations[i].Message); text != "" {
		return text
	}
	return "failed expression: " + strings.TrimSpace(p.Spec.Validations[i].Expression)
}

// failure returns the message of an error, none if errors are ignored.
func failure(ignored bool, err error) []string {
	if ignored {
		return nil
	}
	return []string{err.Error()}
}
