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

// validateAllowedIngresses refuses hosts and annotations of ingresses that the administrator
// does not allow. A host of somebody else takes over their traffic, and some controllers
// run what stands in an annotation.
func validateAllowedIngresses(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if ingress := c.Ingress(); ingress != nil {
			errs = append(errs, validateAllowedIngress(ingress, c.IsEnabled(), spec.Child(string(c.Name), "ingress"), opts)...)
		}
	}
	return errs
}

// validateAllowedIngress checks the ingress of a component. What is stored is tolerated as long
// as it is not turned on.
func validateAllowedIngress(ingress *v1alpha1.IngressSpec, enabled bool, path *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	effect := fmt.Sprint("made: ", enabled && ingress.IsEnabled())
	host := func(at *field.Path, host string) {
		if !opts.AllowedIngressHosts.Allows(host) {
			errs = append(errs, field.Forbidden(at, host+" is not one of the hosts that the cluster's administrator allows: "+opts.AllowedIngressHosts.String()).WithOrigin(effect))
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
				"is not one of the annotations that the cluster's administrator allows: "+opts.AllowedIngressAnnotations.String()).WithOrigin(effect))
		}
	}
	return errs
}
