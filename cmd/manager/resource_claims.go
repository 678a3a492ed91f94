// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/meta"
)

// lacksResourceClaims reports whether the API server does not have the API of claims of devices, which
// Kubernetes has from 1.34 on. Without it the API server drops pod.resourceClaims, and the pods run
// without their devices. It fails if the API server does not answer.
func lacksResourceClaims(mapper meta.RESTMapper) (bool, error) {
	_, err := mapper.RESTMapping(resourcev1.SchemeGroupVersion.WithKind("ResourceClaim").GroupKind(), resourcev1.SchemeGroupVersion.Version)
	switch {
	case meta.IsNoMatchError(err):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("asking the API server for %s: %w", resourcev1.SchemeGroupVersion, err)
	default:
		return false, nil
	}
}
