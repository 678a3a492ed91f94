// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// resourceNames lists the allowed resource names without a domain.
var resourceNames = []string{
	string(corev1.ResourceCPU), string(corev1.ResourceMemory),
	string(corev1.ResourceStorage), string(corev1.ResourceEphemeralStorage),
}

func validateResources(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if resources := c.Resources(); resources != nil {
			errs = append(errs, validateResourceRequirements(resources, spec.Child(string(c.Name), "resources"))...)
		}
	}
	return errs
}

func validateResourceRequirements(resources *v1alpha1.ResourceRequirements, path *field.Path) field.ErrorList {
	errs := validateResourceList(resources.Limits, path.Child("limits"))
	errs = append(errs, validateResourceList(resources.Requests, path.Child("requests"))...)
	errs = append(errs, validateHugePages(resources, path)...)
	for _, name := range slices.Sorted(maps.Keys(resources.Requests)) {
		request := resources.Requests[name]
		limit, limited := resources.Limits[name]
		at := path.Child("requests").Key(string(name))
		switch {
		case limited && request.Cmp(limit) > 0:
			errs = append(errs, field.Invalid(at, request.String(), "must be at most the limit of "+limit.String()).WithOrigin(limit.String()))
		case !overcommits(name) && !limited:
			errs = append(errs, field.Required(path.Child("limits").Key(string(name)),
				"must be set, because "+string(name)+" cannot be requested without a limit").WithOrigin(request.String()))
		case !overcommits(name) && request.Cmp(limit) < 0:
			errs = append(errs, field.Invalid(at, request.String(), "must equal the limit of "+limit.String()).WithOrigin(limit.String()))
		}
	}
	return errs
}

// validateHugePages requires cpu or memory in addition to huge pages, as the API server does for pods.
func validateHugePages(resources *v1alpha1.ResourceRequirements, path *field.Path) field.ErrorList {
	huge := false
	for _, list := range []corev1.ResourceList{resources.Limits, resources.Requests} {
		for name := range list {
			huge = huge || strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
			if name == corev1.ResourceCPU || name == corev1.ResourceMemory {
				return nil
			}
		}
	}
	if !huge {
		return nil
	}
	return field.ErrorList{field.Required(path.Child("requests").Key(string(corev1.ResourceMemory)),
		"must be set for huge pages, unless cpu is set")}
}

func validateResourceList(list corev1.ResourceList, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(list)) {
		at := path.Key(string(name))
		quantity := list[name]
		if message := explainResourceName(string(name)); message != "" {
			errs = append(errs, field.Invalid(at, string(name), message))
			continue
		}
		if quantity.Sign() <= 0 {
			errs = append(errs, field.Invalid(at, quantity.String(), "must be greater than 0"))
			continue
		}
		if message := explainAmount(string(name), quantity); message != "" {
			errs = append(errs, field.Invalid(at, quantity.String(), message))
		}
	}
	return errs
}

// explainResourceName returns a message about an invalid resource name, "" if it is valid: the API
// server allows it for containers, or it is "storage", the size of a volume.
func explainResourceName(name string) string {
	if slices.Contains(resourceNames, name) {
		return ""
	}
	if size, found := strings.CutPrefix(name, corev1.ResourceHugePagesPrefix); found {
		return explainPageSize(size)
	}
	// Quotas refer to extended resources as "requests.<name>", which must be valid, too.
	if strings.Contains(name, "/") && !strings.Contains(name, "kubernetes.io/") && !strings.HasPrefix(name, "requests.") &&
		len(validation.IsQualifiedName(name)) == 0 && len(validation.IsQualifiedName("requests."+name)) == 0 {
		return ""
	}
	return "must be cpu, memory, storage, ephemeral-storage, hugepages-<size> or an extended resource such as nvidia.com/gpu" +
		didYouMean(nearestResource(name))
}

// pageSize matches a huge page size as Kubernetes writes it.
var pageSize = regexp.MustCompile(`^[0-9]{1,15}([KMGT]i)?$`)

func explainPageSize(size string) string {
	if pageSize.MatchString(size) {
		if page, err := resource.ParseQuantity(size); err == nil && page.Value() > 0 && page.Value()&(page.Value()-1) == 0 {
			return ""
		}
	}
	return `must name a page size, a power of two such as "hugepages-2Mi"`
}

// nearestResource returns a suggestion for an unknown resource. It knows abbreviations that are too
// different from the name for Nearest.
func nearestResource(name string) string {
	for prefix, meant := range map[string]corev1.ResourceName{
		"mem": corev1.ResourceMemory, "disk": corev1.ResourceStorage, "gpu": "nvidia.com/gpu", "nvidia": "nvidia.com/gpu",
	} {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			return string(meant)
		}
	}
	return Nearest(name, resourceNames)
}

// explainAmount returns a message about an invalid amount of the resource, "" if it is valid.
func explainAmount(name string, quantity resource.Quantity) string {
	if size, found := strings.CutPrefix(name, corev1.ResourceHugePagesPrefix); found {
		page := resource.MustParse(size)
		if quantity.Value()%page.Value() != 0 {
			return fmt.Sprintf("must be a multiple of the page size %s", size)
		}
		return ""
	}
	if strings.Contains(name, "/") && quantity.MilliValue()%1000 != 0 {
		return "must be an integer"
	}
	if name != string(corev1.ResourceCPU) && !strings.Contains(name, "/") && quantity.Cmp(smallestSize) < 0 {
		return fmt.Sprintf("must be at least %s; memory and storage are counted in bytes%s", smallestSize.String(), didYouMean(meantSize(name, quantity)))
	}
	return ""
}

// smallestSize limits memory and storage. Smaller sizes have no unit, or that of cpu:
// "512m" of memory is half a byte.
var smallestSize = resource.MustParse("1Mi")

// meantSize returns the same number with the unit that was probably intended, "" if there is none.
func meantSize(name string, quantity resource.Quantity) string {
	number, unit := strings.TrimRight(quantity.String(), "numkKi"), "Mi"
	if amount, err := strconv.Atoi(number); err == nil && number == quantity.String() && (amount < 64 || name == string(corev1.ResourceStorage)) {
		unit = "Gi"
	}
	if size, err := resource.ParseQuantity(number + unit); err != nil || size.Cmp(smallestSize) < 0 {
		return ""
	}
	return number + unit
}

// overcommits reports whether the limit of the resource may exceed the request. It must not for huge
// pages and extended resources.
func overcommits(name corev1.ResourceName) bool {
	return !strings.Contains(string(name), "/") && !strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}
