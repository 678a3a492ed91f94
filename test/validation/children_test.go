// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/applyconfigurations"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// typed rejects duplicate keys in lists, as server-side apply does.
var typed = applyconfigurations.NewTypeConverter(clientscheme.Scheme)

// validateChildren returns the first error of the API server for the children of d, or nil if all are
// valid.
func validateChildren(d *v1alpha1.OllamaDeployment) error {
	children, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	if err != nil {
		return err
	}
	for _, child := range children {
		if err := validate(child); err != nil {
			return fmt.Errorf("%s %s: %w", child.Kind.Kind, child.Name, err)
		}
	}
	for _, secret := range render.Secrets(d) {
		object := &core.Secret{Data: map[string][]byte{secret.Key: []byte("x")}, Type: core.SecretTypeOpaque}
		object.Namespace, object.Name, object.Labels = d.Namespace, secret.Name, secret.Labels
		if errs := corevalidation.ValidateSecret(object); len(errs) > 0 {
			return fmt.Errorf("Secret %s: %w", secret.Name, errs.ToAggregate())
		}
	}
	return nil
}

// validate returns the errors of the API server for server-side apply of a new object, including those
// of duplicate keys in lists.
func validate(child render.Object) error {
	data, err := json.Marshal(child.Config)
	if err != nil {
		return err
	}
	external, err := runtime.Decode(clientscheme.Codecs.UniversalDeserializer(), data)
	if err != nil {
		return err
	}
	if _, err := typed.ObjectToTyped(external); err != nil {
		return err
	}
	internal, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), data)
	if err != nil {
		return err
	}
	return validateInternal(internal).ToAggregate()
}

// validateInternal returns the errors of an object of Kubernetes' internal version.
func validateInternal(object runtime.Object) field.ErrorList {
	switch o := object.(type) {
	case *apps.Deployment:
		// Fields of disabled features are validated too, because other releases may not drop them.
		if errs := validateDeployment(o); len(errs) > 0 {
			return errs
		}
		podutil.DropDisabledTemplateFields(&o.Spec.Template, nil)
		return validateDeployment(o)
	case *core.Service:
		if o.Spec.Type == core.ServiceTypeLoadBalancer && o.Spec.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal {
			o.Spec.HealthCheckNodePort = 32767 // the API server chooses one before it validates
		}
		return corevalidation.ValidateServiceCreate(o)
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMap(o)
	case *policy.PodDisruptionBudget:
		return policyvalidation.ValidatePodDisruptionBudget(o, policyvalidation.PodDisruptionBudgetValidationOptions{})
	case *core.PersistentVolumeClaim:
		return corevalidation.ValidatePersistentVolumeClaim(o, corevalidation.ValidationOptionsForPersistentVolumeClaimCreate())
	case *networking.Ingress:
		return networkingvalidation.ValidateIngressCreate(o)
	case *networking.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicy(o, networkingvalidation.ValidationOptionsForNetworking(o, nil))
	default:
		return field.ErrorList{field.InternalError(nil, fmt.Errorf("no validation for a %T", object))}
	}
}

func validateDeployment(deployment *apps.Deployment) field.ErrorList {
	opts := podutil.GetValidationOptionsFromPodTemplate(&deployment.Spec.Template, nil)
	return append(appsvalidation.ValidateDeployment(deployment, opts), validatePod(deployment)...)
}

// validatePod validates a pod of the Deployment, which has more rules than the template.
func validatePod(deployment *apps.Deployment) field.ErrorList {
	template := deployment.Spec.Template.DeepCopy()
	pod := &core.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.Name = deployment.Namespace, deployment.Name+"-0123456789-01234"
	opts := podutil.GetValidationOptionsFromPodSpecAndMeta(&pod.Spec, nil, &pod.ObjectMeta, nil)
	return corevalidation.ValidatePodCreate(pod, opts)
}
