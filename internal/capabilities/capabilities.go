// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package capabilities asks a cluster for what its version of Kubernetes has, which rules of admission depend on.
package capabilities

import (
	"fmt"

	resourcev1 "k8s.io/api/resource/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/discovery"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A Server is what is asked of an API server.
type Server interface {
	discovery.ServerVersionInterface
	discovery.ServerResourcesInterface
}

// Ask sets what rules depend on of the cluster. It fails if the API server does not answer.
func Ask(server Server, opts *validation.Options) (err error) {
	if opts.NoImageVolumes, err = lacksImageVolumes(server); err != nil {
		return err
	}
	opts.NoResourceClaims, err = lacksResourceClaims(server)
	return err
}

// imageVolumes is the first version of Kubernetes that has image volumes by default. Before it the API server
// drops them, and rejects the pods for volumes without a source.
//
// Source: k8s.io/kubernetes, pkg/features/kube_features.go (ImageVolume); KEP-4639.
var imageVolumes = version.MajorMinor(1, 35)

// lacksImageVolumes reports whether the API server is older than image volumes.
func lacksImageVolumes(server discovery.ServerVersionInterface) (bool, error) {
	info, err := server.ServerVersion()
	if err != nil {
		return false, fmt.Errorf("asking the API server for its version: %w", err)
	}
	running, err := version.ParseGeneric(info.GitVersion)
	if err != nil {
		return false, fmt.Errorf("reading the API server's version: %w", err)
	}
	return running.LessThan(imageVolumes), nil
}

// lacksResourceClaims reports whether the API server does not have the API of claims of devices, which
// Kubernetes has from 1.34 on. Without it the API server drops pod.resourceClaims, and the pods run
// without their devices.
func lacksResourceClaims(server discovery.ServerResourcesInterface) (bool, error) {
	_, err := server.ServerResourcesForGroupVersion(resourcev1.SchemeGroupVersion.String())
	switch {
	case apierrors.IsNotFound(err):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("asking the API server for %s: %w", resourcev1.SchemeGroupVersion, err)
	default:
		return false, nil
	}
}
