// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// ingressClassAnnotation sets the class of an Ingress, and is deprecated. The API server
// rejects an Ingress whose annotation and class differ.
const ingressClassAnnotation = "kubernetes.io/ingress.class"

func validateIngresses(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if ingress := c.Ingress(); ingress != nil {
			errs = append(errs, validateIngress(ingress, spec.Child(string(c.Name), "ingress"))...)
		}
	}
	return errs
}

// validateHostsDiffer rejects ingresses of two components with the same host: both serve "/".
func validateHostsDiffer(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]v1alpha1.ComponentName{}
	for _, c := range d.Spec.EnabledComponents() {
		ingress := c.Ingress()
		if !ingress.IsEnabled() || ingress.Host == "" {
			continue
		}
		host := strings.ToLower(ingress.Host)
		if owner, taken := owners[host]; taken {
			errs = append(errs, field.Invalid(spec.Child(string(c.Name), "ingress", "host"), ingress.Host, fmt.Sprintf(
				`is already the host of %s.ingress, and both serve "/"; use different hosts%s`, owner, didYouMean(otherHost(c.Name, ingress.Host)))))
			continue
		}
		owners[host] = c.Name
	}
	return errs
}

// otherHost returns a host to suggest for the component instead of the host, "" if it is not valid.
func otherHost(component v1alpha1.ComponentName, host string) string {
	prefix := string(component) + "."
	other := prefix + host
	if _, parent, found := strings.Cut(host, "."); found {
		other = prefix + parent
	}
	if other == host || !validHost(other) {
		return ""
	}
	return other
}

func validateIngress(ingress *v1alpha1.IngressSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if ingress.IsEnabled() && ingress.Host == "" {
		errs = append(errs, field.Required(path.Child("host"),
			`must be set when the ingress is enabled, for example "chat.example.com"`))
	}
	if class := ingress.ClassName; class != nil && *class != "" {
		errs = append(errs, invalid(path.Child("className"), *class, validation.IsDNS1123Subdomain(*class))...)
	}
	errs = append(errs, apivalidation.ValidateAnnotations(ingress.Annotations, path.Child("annotations"))...)
	if annotated, found := ingress.Annotations[ingressClassAnnotation]; found && ingress.ClassName != nil && *ingress.ClassName != annotated {
		errs = append(errs, field.Invalid(path.Child("annotations").Key(ingressClassAnnotation), annotated,
			fmt.Sprintf("is deprecated in favor of className, which is %q; remove the annotation", *ingress.ClassName)).WithOrigin(*ingress.ClassName))
	}
	return append(errs, validateTLS(ingress, path.Child("tls"))...)
}

// maxTLSHosts limits the length of tls.hosts, whose type is Kubernetes' own and has no limit.
const maxTLSHosts = 64

func validateTLS(ingress *v1alpha1.IngressSpec, path *field.Path) field.ErrorList {
	if ingress.TLS == nil {
		return nil
	}
	if n := len(ingress.TLS.Hosts); n > maxTLSHosts {
		return field.ErrorList{field.TooMany(path.Child("hosts"), n, maxTLSHosts)}
	}
	var errs field.ErrorList
	covered := len(ingress.TLS.Hosts) == 0 || ingress.Host == "" || !validHost(ingress.Host)
	for i, host := range ingress.TLS.Hosts {
		if message := explainHost(host); message != "" {
			errs = append(errs, field.Invalid(path.Child("hosts").Index(i), host, message))
		}
		covered = covered || covers(host, ingress.Host)
	}
	if !covered {
		errs = append(errs, field.Invalid(path.Child("hosts"), ingress.TLS.Hosts,
			"must cover the host "+ingress.Host+", itself or by a wildcard of one label").WithOrigin(ingress.Host))
	}
	if secret := ingress.TLS.SecretName; secret != "" {
		errs = append(errs, invalid(path.Child("secretName"), secret, validation.IsDNS1123Subdomain(secret))...)
	}
	return errs
}

// covers reports whether a certificate for pattern is valid for host: they are equal, or pattern has
// a wildcard instead of the first label.
func covers(pattern, host string) bool {
	if pattern == host {
		return true
	}
	parent, wildcard := strings.CutPrefix(pattern, "*.")
	_, rest, found := strings.Cut(host, ".")
	return wildcard && found && rest == parent
}
