// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package apply computes what kubectl apply sends. It is pure.
package apply

import (
	"encoding/json"
	"errors"
	"fmt"

	jsonpatch "github.com/evanphx/json-patch/v5"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
)

// InNamespace returns the manifest with the namespace, if it has none.
func InNamespace(manifest []byte, namespace string) ([]byte, error) {
	u, err := decode(manifest)
	if err != nil {
		return nil, err
	}
	if u.GetNamespace() != "" || namespace == "" {
		return manifest, nil
	}
	u.SetNamespace(namespace)
	return json.Marshal(u.Object)
}

// Annotated returns the manifest with itself in the annotation in which kubectl apply saves what it has applied.
//
// Source: k8s.io/kubectl, pkg/util/apply.go (GetModifiedConfiguration).
func Annotated(manifest []byte) ([]byte, error) {
	u, err := decode(manifest)
	if err != nil {
		return nil, err
	}
	annotations := u.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	delete(annotations, corev1.LastAppliedConfigAnnotation)
	u.SetAnnotations(annotations)
	data, err := json.Marshal(u.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	annotations[corev1.LastAppliedConfigAnnotation] = string(data) + "\n"
	u.SetAnnotations(annotations)
	return json.Marshal(u.Object)
}

// Patch returns the merge patch by which kubectl apply turns the stored object into the manifest of the same object: what the manifest
// has is set, and what only the manifest of the last apply had is removed. It is "{}" if there is nothing to change.
//
// Source: k8s.io/kubectl, pkg/cmd/apply/patcher.go (buildMergePatch).
func Patch(manifest, stored []byte) ([]byte, error) {
	modified, err := Annotated(manifest)
	if err != nil {
		return nil, err
	}
	u, err := decode(stored)
	if err != nil {
		return nil, err
	}
	last := []byte(u.GetAnnotations()[corev1.LastAppliedConfigAnnotation])
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(last, modified, stored)
	if err != nil {
		return nil, fmt.Errorf("computing the patch: %w", err)
	}
	return patch, nil
}

// Merge returns the stored object after the patch of Patch.
func Merge(manifest, stored []byte) ([]byte, error) {
	patch, err := Patch(manifest, stored)
	if err != nil {
		return nil, err
	}
	merged, err := jsonpatch.MergePatch(stored, patch)
	if err != nil {
		return nil, fmt.Errorf("applying the patch: %w", err)
	}
	return merged, nil
}

func decode(data []byte) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(data, &u.Object); err != nil {
		return nil, fmt.Errorf("decoding the object: %w", err)
	}
	if u.Object == nil {
		return nil, errors.New("decoding the object: it is null")
	}
	return u, nil
}
