// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// resources maps the kinds that have policies to their plural names.
var resources = map[string]string{v1alpha1.Kind: "ollamadeployments", v1alpha1.KindAlias: "deployments"}

// NewRequest returns the request to create an OllamaDeployment, or one of the deprecated kind, from the JSON that the
// API server reads, and from the same object with all defaults.
func NewRequest(read []byte, defaulted *v1alpha1.OllamaDeployment) (Request, error) {
	object, err := admitted(read, defaulted)
	if err != nil {
		return Request{}, err
	}
	return Request{Object: object, Resource: resources[object.GetKind()]}, nil
}

// ReplaceOld makes it a request to update the stored object, which has this JSON.
func (r *Request) ReplaceOld(stored []byte, old *v1alpha1.OllamaDeployment) (err error) {
	r.Old, err = admitted(stored, old)
	return err
}

// admitted returns the object with the spec as it is decoded.
func admitted(read []byte, decoded *v1alpha1.OllamaDeployment) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(read, &object.Object); err != nil {
		return nil, err
	}
	data, err := json.Marshal(decoded.Spec)
	if err != nil {
		return nil, err
	}
	var spec map[string]any
	if err := utiljson.Unmarshal(data, &spec); err != nil {
		return nil, err
	}
	object.Object["spec"] = spec
	return object, nil
}
