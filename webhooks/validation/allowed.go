// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateAllowedIngresses rejects hosts and annotations of ingresses that the administrator does not
// allow: a host of somebody else hijacks their traffic, and some ingress controllers execute code
// from annotations.
func validateAllowedIngresses(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if ingress := c.Ingress(); ingress != nil {
			errs = append(errs, validateAllowedIngress(ingress, c.IsEnabled(), spec.Child(string(c.Name), "ingress"), opts)...)
		}
	}
	return errs
}

// validateAllowedIngress validates the ingress of a component. Stored values are tolerated until the
// ingress is enabled.
func validateAllowedIngress(ingress *v1alpha1.IngressSpec, enabled bool, path *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	state := fmt.Sprint("enabled: ", enabled && ingress.IsEnabled())
	host := func(at *field.Path, host string) {
		if !opts.AllowedIngressHosts.Allows(host) {
			errs = append(errs, field.Forbidden(at, host+" is not one of the hosts that the cluster's administrator allows: "+opts.AllowedIngressHosts.String()).WithOrigin(state))
		}
	}
	if ingress.Host != "" {
		host(path.Child("host"), ingress.Host)
	}
	if ingress.TLS != nil {
		for i, one := range ingress.TLS.Hosts {
			host(path.Child("tls", "hosts").Index(i), one)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ingress.Annotations)) {
		if !opts.AllowedIngressAnnotations.Allows(key) {
			errs = append(errs, field.Forbidden(path.Child("annotations").Key(key),
				"is not one of the annotations that the cluster's administrator allows: "+opts.AllowedIngressAnnotations.String()).WithOrigin(state))
		}
	}
	return errs
}
