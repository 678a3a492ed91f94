// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"context"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// errNoParameters is the API server's own text.
var errNoParameters = errors.New("no params found for policy binding with `Deny` parameterNotFoundAction")

// userName is who sends the requests that policies are evaluated for. It has no rights by the authorizer of
// expressions.
const userName = "kubectl-llm"

// A Request is what policies are evaluated for: that the object is stored in place of the old one, or created if Old is
// nil. Object has all defaults.
type Request struct {
	Object, Old *unstructured.Unstructured
	// Resource is the plural name of the object's kind.
	Resource string
}

// A Violation is a policy's objection to a request.
type Violation struct {
	// Policy and Binding are names.
	Policy, Binding string
	// Warning reports that the request is not refused.
	Warning bool
	// Message is that of the policy, or an error of its evaluation.
	Message string
}

// Evaluate returns what the bound policies deny and warn of, in the order of their names. Those that only write to the
// audit log are left out. It fails if a policy that matches cannot be compiled.
//
// Source: k8s.io/apiserver, pkg/admission/plugin/policy/validating/dispatcher.go.
func (s *Set) Evaluate(ctx context.Context, r Request) ([]Violation, error) {
	r = r.inNamespace(s.namespace)
	attributes := r.attributes()
	namespace := s.namespaceOf(attributes.GetNamespace())
	var out []Violation
	for _, p := range s.policies {
		is, err := matches(p.Spec.MatchConstraints, attributes, namespace.Labels)
		if err != nil {
			return nil, fmt.Errorf("ValidatingAdmissionPolicy %s: %w", p.Name, err)
		}
		if !is {
			continue
		}
		for _, b := range p.bindings {
			is, err := matches(b.Spec.MatchResources, attributes, namespace.Labels)
			if err != nil {
				return nil, fmt.Errorf("ValidatingAdmissionPolicyBinding %s: %w", b.Name, err)
			}
			if !is {
				continue
			}
			messages, err := s.evaluate(ctx, p, b, request{versioned(attributes), namespace})
			if err != nil {
				return nil, err
			}
			out = append(out, violations(b, messages)...)
		}
	}
	return out, nil
}

// evaluate returns the messages of a policy for one of its bindings.
func (s *Set) evaluate(ctx context.Context, p *policy, b *binding, r request) ([]string, error) {
	ignored := p.Spec.FailurePolicy != nil && *p.Spec.FailurePolicy == admissionregistrationv1.Ignore
	parameters, err := s.parametersOf(p.Spec.ParamKind, b.Spec.ParamRef, r.GetNamespace())
	if err != nil {
		return failure(ignored, fmt.Errorf("failed to configure binding: %w", err)), nil
	}
	if p.compiled == nil {
		compiled, err := compile(&p.definition)
		if err != nil {
			return nil, fmt.Errorf("ValidatingAdmissionPolicy %s: %w", p.Name, err)
		}
		p.compiled = compiled
	}
	var out []string
	for _, parameter := range parameters {
		out = append(out, p.validate(ctx, r, parameter, ignored)...)
	}
	return out, nil
}

// violations returns the messages as violations, once for denying and once for warning.
func violations(b *binding, messages []string) []Violation {
	var out []Violation
	for _, message := range messages {
		for _, action := range b.Spec.ValidationActions {
			if action != admissionregistrationv1.Audit {
				out = append(out, Violation{b.Spec.PolicyName, b.Name, action == admissionregistrationv1.Warn, message})
			}
		}
	}
	return out
}

// inNamespace returns the request with the namespace in objects that have none, as the API server sets it before
// admission.
func (r Request) inNamespace(namespace string) Request {
	if r.Object.GetNamespace() != "" {
		namespace = r.Object.GetNamespace()
	}
	for _, object := range []**unstructured.Unstructured{&r.Object, &r.Old} {
		if *object != nil {
			*object = (*object).DeepCopy()
			(*object).SetNamespace(namespace)
		}
	}
	return r
}

// attributes returns the request as the API server passes it to admission.
func (r Request) attributes() admission.Attributes {
	kind := r.Object.GroupVersionKind()
	operation, options, old := admission.Create, runtime.Object(&metav1.CreateOptions{}), runtime.Object(nil)
	if r.Old != nil {
		operation, options, old = admission.Update, &metav1.UpdateOptions{}, r.Old
	}
	resource := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: r.Resource}
	return admission.NewAttributesRecord(r.Object, old, kind, r.Object.GetNamespace(), r.Object.GetName(), resource, "", operation, options, false,
		&user.DefaultInfo{Name: userName, Groups: []string{user.AllAuthenticated}})
}

// versioned returns the attributes as expressions read them.
func versioned(attributes admission.Attributes) *admission.VersionedAttributes {
	out := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: attributes.GetKind()}
	out.VersionedObject.Set(attributes.GetObject())
	if old := attributes.GetOldObject(); old != nil {
		out.VersionedOldObject.Set(old)
	}
	return out
}

// noRights is the authorizer of expressions.
type noRights struct{}

// Authorize implements UnconditionalAuthorizer.
func (noRights) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionNoOpinion, "", nil
}
