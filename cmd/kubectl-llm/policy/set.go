// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

type (
	definition = admissionregistrationv1.ValidatingAdmissionPolicy
	binding    = admissionregistrationv1.ValidatingAdmissionPolicyBinding
)

// A Set contains policies, their bindings and parameters, and the namespaces whose labels bindings select. It is not
// safe for concurrent use.
type Set struct {
	// namespace is that of objects that have none.
	namespace string
	policies  []*policy
	// parameters has all other objects of the files.
	parameters []parameter
	namespaces map[string]*corev1.Namespace
}

// A policy is a policy with its bindings, both in the order of their names.
type policy struct {
	definition
	bindings []*binding
	// compiled is set when the policy is evaluated first.
	compiled *compiled
}

// A parameter is an object that a binding may refer to.
type parameter struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	object runtime.Object
}

// Load returns the set of the objects, which are in the namespace unless they say otherwise. It fails if a policy, a
// binding or a namespace cannot be read, if a binding refers to a policy that is not among them, and if there is no
// binding, because policies have no effect without.
func Load(objects []manifest.Object, namespace string) (*Set, error) {
	s := &Set{namespace: namespace, namespaces: map[string]*corev1.Namespace{}}
	var bindings []*binding
	for _, o := range objects {
		if err := s.add(o, &bindings); err != nil {
			at := o.Position()
			return nil, fmt.Errorf("%s:%d:%d: %s %s: %w", o.File, at.Line, at.Column, o.Kind, o.Name, err)
		}
	}
	if len(bindings) == 0 {
		return nil, errors.New("no ValidatingAdmissionPolicyBinding found; policies have no effect without")
	}
	slices.SortFunc(s.policies, func(a, b *policy) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(bindings, func(a, b *binding) int { return cmp.Compare(a.Name, b.Name) })
	for _, b := range bindings {
		i := slices.IndexFunc(s.policies, func(p *policy) bool { return p.Name == b.Spec.PolicyName })
		if i < 0 {
			return nil, fmt.Errorf("ValidatingAdmissionPolicyBinding %s: spec.policyName: Not found: %q", b.Name, b.Spec.PolicyName)
		}
		s.policies[i].bindings = append(s.policies[i].bindings, b)
	}
	return s, nil
}

// add adds an object to the set, or to the bindings.
func (s *Set) add(o manifest.Object, bindings *[]*binding) error {
	switch {
	case o.APIVersion == admissionregistrationv1.SchemeGroupVersion.String() && o.Kind == "ValidatingAdmissionPolicy":
		p := &policy{}
		s.policies = append(s.policies, p)
		return yaml.UnmarshalStrict(o.JSON, &p.definition)
	case o.APIVersion == admissionregistrationv1.SchemeGroupVersion.String() && o.Kind == "ValidatingAdmissionPolicyBinding":
		b := &binding{}
		*bindings = append(*bindings, b)
		return yaml.UnmarshalStrict(o.JSON, b)
	case o.APIVersion == "v1" && o.Kind == "Namespace":
		namespace := &corev1.Namespace{}
		s.namespaces[o.Name] = namespace
		return yaml.UnmarshalStrict(o.JSON, namespace)
	case o.APIVersion == "v1" && o.Kind == "ConfigMap":
		config := &corev1.ConfigMap{}
		if err := yaml.UnmarshalStrict(o.JSON, config); err != nil {
			return err
		}
		config.Namespace = cmp.Or(config.Namespace, s.namespace)
		s.parameters = append(s.parameters, parameter{config.TypeMeta, config.ObjectMeta, config})
	case o.APIVersion != "" && o.Kind != "" && o.Name != "":
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(o.JSON, &u.Object); err != nil {
			return err
		}
		s.parameters = append(s.parameters, parameter{
			metav1.TypeMeta{APIVersion: o.APIVersion, Kind: o.Kind},
			metav1.ObjectMeta{Namespace: o.Namespace, Name: o.Name, Labels: u.GetLabels()},
			u,
		})
	}
	return nil
}

// namespaceOf returns the namespace of the name, with the label that the API server sets.
func (s *Set) namespaceOf(name string) *corev1.Namespace {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if known := s.namespaces[name]; known != nil {
		namespace = known.DeepCopy()
	}
	if namespace.Labels == nil {
		namespace.Labels = map[string]string{}
	}
	namespace.Labels[corev1.LabelMetadataName] = name
	return namespace
}
