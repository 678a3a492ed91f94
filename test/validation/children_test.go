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

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// typed knows the keys of lists, of which server-side apply takes each once.
var typed = applyconfigurations.NewTypeConverter(clientscheme.Scheme)

// refusal is the first error that the API server would answer to one of the children
// of d with, nil if it takes them all.
func refusal(d *v1alpha1.OllamaDeployment) error {
	children, err := render.Objects(d)
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

// validate does what the API server does with an apply of a new object: its lists
// have each key once, it is decoded with Kubernetes' defaults, and validated.
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

func validateInternal(object runtime.Object) field.ErrorList {
	switch o := object.(type) {
	case *apps.Deployment:
		// Fields of features that are off, which this release drops, another may look at.
		if errs := validateDeployment(o); len(errs) > 0 {
			return errs
		}
		podutil.DropDisabledTemplateFields(&o.Spec.Template, nil)
		return validateDeployment(o)
	case *core.Service:
		return corevalidation.ValidateServiceCreate(o)
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMap(o)
	case *core.PersistentVolumeClaim:
		return corevalidation.ValidatePersistentVolumeClaim(o, corevalidation.ValidationOptionsForPersistentVolumeClaimCreate())
	case *networking.Ingress:
		return networkingvalidation.ValidateIngressCreate(o)
	default:
		return field.ErrorList{field.InternalError(nil, fmt.Errorf("no validation for a %T", object))}
	}
}

func validateDeployment(deployment *apps.Deployment) field.ErrorList {
	opts := podutil.GetValidationOptionsFromPodTemplate(&deployment.Spec.Template, nil)
	return append(appsvalidation.ValidateDeployment(deployment, opts), validatePod(deployment)...)
}

// validatePod checks a pod of the Deployment, about which more is asked than about its
// template.
func validatePod(deployment *apps.Deployment) field.ErrorList {
	template := deployment.Spec.Template.DeepCopy()
	pod := &core.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.Name = deployment.Namespace, deployment.Name+"-0123456789-01234"
	opts := podutil.GetValidationOptionsFromPodSpecAndMeta(&pod.Spec, nil, &pod.ObjectMeta, nil)
	return corevalidation.ValidatePodCreate(pod, opts)
}
