// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"errors"
	"fmt"

	"github.com/google/cel-go/cel"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

// A compiled policy has the programs of its expressions.
type compiled struct {
	conditions            matchconditions.Matcher // nil if there are none
	validations, messages plugincel.ConditionEvaluator
}

// An expression is compiled to a program that returns one of the types.
type expression struct {
	name, text string
	types      []*cel.Type
}

// GetName implements NamedExpressionAccessor.
func (e *expression) GetName() string { return e.name }

// GetExpression implements ExpressionAccessor.
func (e *expression) GetExpression() string { return e.text }

// ReturnTypes implements ExpressionAccessor.
func (e *expression) ReturnTypes() []*cel.Type { return e.types }

// compile compiles all expressions of the policy. Its error joins those of the expressions.
//
// Source: k8s.io/apiserver, pkg/admission/plugin/policy/validating/plugin.go (compilePolicy), whose package has half
// of the API server behind it.
func compile(p *definition) (*compiled, error) {
	compiler, err := plugincel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		return nil, err
	}
	var errs []error
	known := plugincel.OptionalVariableDeclarations{HasParams: p.Spec.ParamKind != nil, HasAuthorizer: true}
	knownToMessages := plugincel.OptionalVariableDeclarations{HasParams: p.Spec.ParamKind != nil}
	for _, v := range p.Spec.Variables {
		result := compiler.CompileAndStoreVariable(&expression{v.Name, v.Expression, []*cel.Type{cel.AnyType, cel.DynType}}, known, environment.StoredExpressions)
		if result.Error != nil {
			errs = append(errs, fmt.Errorf("variable %s: %w", v.Name, result.Error))
		}
	}
	all := func(texts []plugincel.ExpressionAccessor, known plugincel.OptionalVariableDeclarations) plugincel.ConditionEvaluator {
		evaluator := compiler.CompileCondition(texts, known, environment.StoredExpressions)
		errs = append(errs, evaluator.CompilationErrors()...)
		return evaluator
	}
	out := &compiled{}
	conditions := make([]plugincel.ExpressionAccessor, 0, len(p.Spec.MatchConditions))
	for _, c := range p.Spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&c))
	}
	if len(conditions) > 0 {
		out.conditions = matchconditions.NewMatcher(all(conditions, known), p.Spec.FailurePolicy, "policy", "validate", p.Name)
	}
	validations, messages := accessors(p)
	out.validations, out.messages = all(validations, known), all(messages, knownToMessages)
	return out, errors.Join(errs...)
}

// accessors returns the expressions of the policy's validations, and those of their messages, nil where there is none.
func accessors(p *definition) (validations, messages []plugincel.ExpressionAccessor) {
	for _, v := range p.Spec.Validations {
		validations = append(validations, &expression{text: v.Expression, types: []*cel.Type{cel.BoolType}})
		if v.MessageExpression == "" {
			messages = append(messages, nil)
			continue
		}
		messages = append(messages, &expression{text: v.MessageExpression, types: []*cel.Type{cel.StringType}})
	}
	return validations, messages
}
