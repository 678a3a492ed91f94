// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/cluster"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// askCluster sets what rules depend on of the cluster.
func askCluster(c cluster.Cluster, opts *validation.Options) error {
	client, err := discovery.NewDiscoveryClientForConfigAndClient(c.GetConfig(), c.GetHTTPClient())
	if err != nil {
		return fmt.Errorf("creating a client of the API server's version: %w", err)
	}
	if opts.NoImageVolumes, err = lacksImageVolumes(client); err != nil {
		return err
	}
	opts.NoResourceClaims, err = lacksResourceClaims(c.GetRESTMapper())
	return err
}

// imageVolumes is the first version of Kubernetes that has image volumes by default. Before it the API server
// drops them, and rejects the pods for volumes without a source.
//
// Source: k8s.io/kubernetes, pkg/features/kube_features.go (ImageVolume); KEP-4639.
var imageVolumes = version.MajorMinor(1, 35)

// lacksImageVolumes reports whether the API server is older than image volumes. It fails if the API server does
// not answer.
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
