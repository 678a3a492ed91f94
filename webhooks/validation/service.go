// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Types of Services that have node ports, and therefore are reached from outside of the cluster.
var exposedTypes = []corev1.ServiceType{corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer}

// validateService validates the Service of a component.
func validateService(c v1alpha1.Component, component *field.Path, _ Options) field.ErrorList {
	service := c.Service()
	if service == nil {
		return nil
	}
	path := component.Child("service")
	errs := validateOfType(service, path)
	labels, annotations := path.Child("labels"), path.Child("annotations")
	errs = append(errs, validateLabels(service.Labels, labels)...)
	errs = append(errs, validateReservedKeys(service.Labels, labels)...)
	errs = append(errs, validateAnnotations(service.Annotations, annotations)...)
	errs = append(errs, validateReservedKeys(service.Annotations, annotations)...)
	errs = append(errs, validateServiceAnnotations(service.Annotations, annotations)...)
	if class := service.LoadBalancerClass; class != nil && *class != "" {
		errs = append(errs, invalid(path.Child("loadBalancerClass"), *class, validation.IsQualifiedName(*class))...)
	}
	return append(errs, validateCIDRs(service.LoadBalancerSourceRanges, path.Child("loadBalancerSourceRanges"))...)
}

// validateOfType rejects fields that the type of the Service does not have.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (validateService).
func validateOfType(service *v1alpha1.ServiceSpec, path *field.Path) field.ErrorList {
	kind := ptr.Deref(service.Type, v1alpha1.DefaultServiceType)
	if kind != corev1.ServiceTypeClusterIP && !slices.Contains(exposedTypes, kind) {
		return nil // it has an error already
	}
	balanced := []corev1.ServiceType{corev1.ServiceTypeLoadBalancer}
	var errs field.ErrorList
	for _, one := range []struct {
		name  string
		isSet bool
		of    []corev1.ServiceType
	}{
		{"nodePort", service.NodePort != nil, exposedTypes},
		{"loadBalancerClass", service.LoadBalancerClass != nil, balanced},
		{"loadBalancerSourceRanges", len(service.LoadBalancerSourceRanges) > 0, balanced},
		{"externalTrafficPolicy", service.ExternalTrafficPolicy != nil, exposedTypes},
	} {
		if !one.isSet || slices.Contains(one.of, kind) {
			continue
		}
		names := make([]string, 0, len(one.of))
		for _, of := range one.of {
			names = append(names, string(of))
		}
		errs = append(errs, field.Forbidden(path.Child(one.name), fmt.Sprintf(
			"needs type %s; the type is %s, so set it, or remove the field", strings.Join(names, " or "), kind)).WithOrigin(string(kind)))
	}
	return errs
}

// validateServiceAnnotations rejects an annotation that a field replaces, and two that contradict each
// other, which the API server rejects.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (validateService).
func validateServiceAnnotations(annotations map[string]string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	const ranges = corev1.AnnotationLoadBalancerSourceRangesKey
	if _, found := annotations[ranges]; found {
		errs = append(errs, field.Forbidden(path.Key(ranges), "is reserved for Kubernetes; use service.loadBalancerSourceRanges"))
	}
	mode, hasMode := annotations[corev1.AnnotationTopologyMode]
	hints, hasHints := annotations[corev1.DeprecatedAnnotationTopologyAwareHints]
	if hasMode && hasHints && mode != hints {
		errs = append(errs, field.Invalid(path.Key(corev1.DeprecatedAnnotationTopologyAwareHints), hints, fmt.Sprintf(
			"is deprecated in favor of %s, which is %q; remove one of them", corev1.AnnotationTopologyMode, mode)).WithOrigin(mode))
	}
	return errs
}

// validateNodePortsDiffer rejects a node port that two enabled components would have: a cluster has
// each only once.
func validateNodePortsDiffer(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	owners := map[int32]v1alpha1.ComponentName{}
	for _, c := range d.Spec.EnabledComponents() {
		service := c.Service()
		if service == nil || service.NodePort == nil {
			continue
		}
		port := *service.NodePort
		if owner, taken := owners[port]; taken {
			errs = append(errs, field.Invalid(spec.Child(string(c.Name), "service", "nodePort"), port, fmt.Sprintf(
				"is already the node port of %s.service; use another one, or leave it out to have one chosen", owner)))
			continue
		}
		owners[port] = c.Name
	}
	return errs
}

// validateNodePortSwap rejects node ports that components would have of each other: each would wait until the
// other's is free.
func validateNodePortSwap(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	before, after := nodePorts(old), nodePorts(d)
	owners := map[int32]v1alpha1.ComponentName{}
	for name, port := range before {
		owners[port] = name
	}
	var errs field.ErrorList
	for _, name := range v1alpha1.ComponentNames() {
		owner, waits := owners[after[name]]
		at := owner
		for range owners {
			if !waits || at == name {
				break
			}
			at, waits = owners[after[at]]
		}
		if waits && at == name && owner != name {
			errs = append(errs, field.Invalid(field.NewPath("spec", string(name), "service", "nodePort"), after[name], fmt.Sprintf(
				"is still the node port of %s.service, which waits for one that is taken, too; free one of them first", owner)))
		}
	}
	return errs
}

// nodePorts returns the node ports of the enabled components that have one.
func nodePorts(d *v1alpha1.OllamaDeployment) map[v1alpha1.ComponentName]int32 {
	out := map[v1alpha1.ComponentName]int32{}
	for _, c := range d.Spec.EnabledComponents() {
		if service := c.Service(); service != nil && service.NodePort != nil {
			out[c.Name] = *service.NodePort
		}
	}
	return out
}

// validateServiceUpdate rejects another class of a load balancer, which Kubernetes cannot change. A
// component that is disabled has no Service.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (validateLoadBalancerClassField).
func validateServiceUpdate(before, after v1alpha1.Component, path *field.Path) field.ErrorList {
	was, is := before.Service(), after.Service()
	if !after.IsEnabled() || !isBalanced(was) || !isBalanced(is) || ptr.Equal(was.LoadBalancerClass, is.LoadBalancerClass) {
		return nil
	}
	return field.ErrorList{field.Forbidden(path.Child("service", "loadBalancerClass"), fmt.Sprintf(
		"must stay %s while the type is LoadBalancer; set the type to ClusterIP first, and then to LoadBalancer with the other class, which changes the address",
		classText(was.LoadBalancerClass)))}
}

func isBalanced(service *v1alpha1.ServiceSpec) bool {
	return service != nil && service.Type != nil && *service.Type == corev1.ServiceTypeLoadBalancer
}

// classText returns a class for a message.
func classText(class *string) string {
	if class == nil {
		return "unset"
	}
	return fmt.Sprintf("%q", *class)
}
