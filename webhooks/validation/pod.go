// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validatePod validates the settings of a component's pods by the rules of the API server, which would
// reject the Deployment after the object is stored.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
func validatePod(c v1alpha1.Component, path *field.Path, opts Options) field.ErrorList {
	pod := c.Pod()
	if pod == nil {
		return nil
	}
	path = path.Child("pod")
	return slices.Concat(
		validatePodMetadata(pod, c.IsEnabled(), path),
		validateLabels(pod.NodeSelector, path.Child("nodeSelector")),
		validateTolerations(pod.Tolerations, path.Child("tolerations")),
		validateAffinity(pod.Affinity, path.Child("affinity")),
		validateSpread(pod.TopologySpreadConstraints, path.Child("topologySpreadConstraints")),
		validatePodNames(pod, path),
		validateServiceAccount(pod, c.IsEnabled(), path.Child("serviceAccountName"), opts),
		validateClaims(pod.ResourceClaims, path.Child("resourceClaims"), opts),
		validateContext(pod.SecurityContext, path.Child("securityContext")),
	)
}

func validatePodNames(pod *v1alpha1.PodSettings, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, class := range []struct {
		name  string
		value *string
	}{{"priorityClassName", pod.PriorityClassName}, {"runtimeClassName", pod.RuntimeClassName}} {
		if class.value != nil && *class.value != "" {
			errs = append(errs, invalid(path.Child(class.name), *class.value, validation.IsDNS1123Subdomain(*class.value))...)
		}
	}
	seen := sets.New[string]()
	for i, secret := range pod.ImagePullSecrets {
		at := path.Child("imagePullSecrets").Index(i).Child("name")
		if seen.Has(secret.Name) {
			errs = append(errs, field.Duplicate(at, secret.Name))
			continue
		}
		seen.Insert(secret.Name)
		errs = append(errs, validateReference(at, secret.Name, "Secret")...)
	}
	return errs
}

// validateServiceAccount rejects a ServiceAccount unless the administrator allows it: who may write an
// OllamaDeployment does not thereby get the rights of all ServiceAccounts of the namespace.
func validateServiceAccount(pod *v1alpha1.PodSettings, enabled bool, at *field.Path, opts Options) field.ErrorList {
	name := pod.ServiceAccountName
	switch {
	case name == nil || *name == "":
		return nil
	case !opts.AllowServiceAccounts:
		return field.ErrorList{field.Forbidden(at,
			"ServiceAccounts are not allowed; leave it out, or ask the cluster's administrator to run the operator with --allow-service-accounts").WithOrigin(runs(enabled))}
	default:
		return invalid(at, *name, validation.IsDNS1123Subdomain(*name))
	}
}

// runs identifies whether a component is enabled: what is stored is not tolerated any more once it is.
func runs(enabled bool) string {
	if enabled {
		return "runs: true"
	}
	return "runs: false"
}

// validateClaims validates claims of devices. The API server would drop them without their API.
func validateClaims(claims []corev1.PodResourceClaim, path *field.Path, opts Options) field.ErrorList {
	if len(claims) > 0 && opts.NoResourceClaims {
		return field.ErrorList{field.Forbidden(path,
			"the cluster has no resource.k8s.io/v1, which Kubernetes has from 1.34 on; remove them, and request devices in resources.limits")}
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, claim := range claims {
		at := path.Index(i)
		if seen.Has(claim.Name) {
			errs = append(errs, field.Duplicate(at.Child("name"), claim.Name))
		} else {
			errs = append(errs, invalid(at.Child("name"), claim.Name, validation.IsDNS1123Label(claim.Name))...)
		}
		seen.Insert(claim.Name)
		switch {
		case claim.ResourceClaimName != nil && claim.ResourceClaimTemplateName != nil:
			errs = append(errs, field.Forbidden(at, "must have one source, not resourceClaimName and resourceClaimTemplateName"))
		case claim.ResourceClaimName != nil:
			errs = append(errs, validateReference(at.Child("resourceClaimName"), *claim.ResourceClaimName, "ResourceClaim")...)
		case claim.ResourceClaimTemplateName != nil:
			errs = append(errs, validateReference(at.Child("resourceClaimTemplateName"), *claim.ResourceClaimTemplateName, "ResourceClaimTemplate")...)
		default:
			errs = append(errs, field.Required(at, "must have a source, resourceClaimName or resourceClaimTemplateName"))
		}
	}
	return errs
}
