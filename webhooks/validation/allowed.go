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

// validateAllowedIngress validates the ingress of a component.
func validateAllowedIngress(ingress *v1alpha1.IngressSpec, enabled bool, path *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	state := stateOf(enabled && ingress.IsEnabled())
	if ingress.Host != "" {
		errs = append(errs, opts.allowedHost(ingress.Host, path.Child("host"), state)...)
	}
	if ingress.TLS != nil {
		for i, host := range ingress.TLS.Hosts {
			errs = append(errs, opts.allowedHost(host, path.Child("tls", "hosts").Index(i), state)...)
		}
	}
	return append(errs, opts.allowedAnnotations(ingress.Annotations, path.Child("annotations"), state)...)
}

// validateAllowedRoutes rejects hostnames and annotations of routes that the administrator does not allow for
// ingresses, because routes have the same effect. A route without hostnames has all of its listeners.
func validateAllowedRoutes(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		route, path, state := c.Route(), spec.Child(string(c.Name), "route"), stateOf(c.IsEnabled())
		if route == nil {
			continue
		}
		if len(route.Hostnames) == 0 && !opts.AllowedIngressHosts.Allows("") {
			errs = append(errs, field.Forbidden(path.Child("hostnames"),
				"must be set, because the cluster's administrator allows only these hosts: "+opts.AllowedIngressHosts.String()).WithOrigin(state))
		}
		for i, host := range route.Hostnames {
			errs = append(errs, opts.allowedHost(host, path.Child("hostnames").Index(i), state)...)
		}
		errs = append(errs, opts.allowedAnnotations(route.Annotations, path.Child("annotations"), state)...)
	}
	return errs
}

// stateOf returns the origin of errors about what is not allowed, by which stored values are tolerated until
// the ingress or route is enabled.
func stateOf(enabled bool) string { return fmt.Sprint("enabled: ", enabled) }

// allowedHost returns an error about a host that the administrator does not allow.
func (o Options) allowedHost(host string, path *field.Path, state string) field.ErrorList {
	if o.AllowedIngressHosts.Allows(host) {
		return nil
	}
	return field.ErrorList{field.Forbidden(path, host+" is not one of the hosts that the cluster's administrator allows: "+o.AllowedIngressHosts.String()).WithOrigin(state)}
}

// allowedAnnotations returns errors about the annotations that the administrator does not allow.
func (o Options) allowedAnnotations(annotations map[string]string, path *field.Path, state string) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if !o.AllowedIngressAnnotations.Allows(key) {
			errs = append(errs, field.Forbidden(path.Key(key),
				"is not one of the annotations that the cluster's administrator allows: "+o.AllowedIngressAnnotations.String()).WithOrigin(state))
		}
	}
	return errs
}
