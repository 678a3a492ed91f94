// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
	applypolicyv1 "k8s.io/client-go/applyconfigurations/policy/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	applygatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// KindSecret is the kind of the children that hold generated keys.
var KindSecret = corev1.SchemeGroupVersion.WithKind("Secret")

// A Live is a child that exists.
type Live struct {
	GVK  schema.GroupVersionKind
	Name string
	// Applied is what the operator has applied of it, without what depends on the content of Secrets; nil for a
	// Secret.
	Applied runtime.ApplyConfiguration
	// Keep is what rendering keeps of it.
	Keep render.Live
	// Replicas are the desired pods of a Deployment, whoever set them.
	Replicas *int32
	// Size is what a claim requests, "" for other kinds.
	Size string
}

// LiveOf returns the Live of a live child, which has to have its managed fields. It fails if there is no child of the
// type. Of a Secret only the name is read.
func LiveOf(object runtime.Object) (Live, error) {
	const manager = v1alpha1.ManagedBy
	switch live := object.(type) {
	case *corev1.ConfigMap:
		return liveOf(applycorev1.ExtractConfigMap(live, manager))(render.KindConfigMap, live.Name)
	case *corev1.Service:
		return liveOf(applycorev1.ExtractService(live, manager))(render.KindService, live.Name)
	case *networkingv1.Ingress:
		return liveOf(applynetworkingv1.ExtractIngress(live, manager))(render.KindIngress, live.Name)
	case *networkingv1.NetworkPolicy:
		return liveOf(applynetworkingv1.ExtractNetworkPolicy(live, manager))(render.KindNetworkPolicy, live.Name)
	case *policyv1.PodDisruptionBudget:
		return liveOf(applypolicyv1.ExtractPodDisruptionBudget(live, manager))(render.KindPodDisruptionBudget, live.Name)
	case *gatewayv1.HTTPRoute:
		return liveOf(applygatewayv1.ExtractHTTPRoute(live, manager))(render.KindHTTPRoute, live.Name)
	case *corev1.Secret:
		return Live{GVK: KindSecret, Name: live.Name}, nil
	case *corev1.PersistentVolumeClaim:
		out, err := liveOf(applycorev1.ExtractPersistentVolumeClaim(live, manager))(render.KindPersistentVolumeClaim, live.Name)
		out.Keep.Claim, out.Keep.AppliesClass = &live.Spec, render.Applies(live, "storageClassName")
		out.Size = sizeOf(&live.Spec)
		return out, err
	case *appsv1.Deployment:
		return liveDeployment(live)
	default:
		return Live{}, fmt.Errorf("a %T is no child of an %s", object, v1alpha1.Kind)
	}
}

// liveOf returns the Live of what is extracted, for the kind and the name.
func liveOf[C runtime.ApplyConfiguration](applied C, err error) func(schema.GroupVersionKind, string) (Live, error) {
	return func(kind schema.GroupVersionKind, name string) (Live, error) {
		if err != nil {
			return Live{}, fmt.Errorf("reading what is applied of %s %q: %w", kind.Kind, name, err)
		}
		return Live{GVK: kind, Name: name, Applied: applied}, nil
	}
}

func liveDeployment(live *appsv1.Deployment) (Live, error) {
	applied, err := applyappsv1.ExtractDeployment(live, v1alpha1.ManagedBy)
	out, err := liveOf(applied, err)(render.KindDeployment, live.Name)
	if err != nil {
		return Live{}, err
	}
	render.RemoveMarks(applied)
	out.Replicas, out.Keep.Memory = live.Spec.Replicas, render.OllamaMemory(live)
	if applied.Spec != nil {
		out.Keep.Template, err = render.Fingerprint(applied.Spec.Template)
	}
	return out, err
}

func sizeOf(claim *corev1.PersistentVolumeClaimSpec) string {
	size := claim.Resources.Requests[corev1.ResourceStorage]
	return size.String()
}

// Rendered returns the children that an object has that is as its spec wants it.
func Rendered(d *v1alpha1.OllamaDeployment, opts render.Options) ([]Live, error) {
	objects, err := render.Objects(d, opts)
	if err != nil {
		return nil, err
	}
	out := make([]Live, 0, len(objects))
	for _, object := range objects {
		live, err := rendered(object)
		if err != nil {
			return nil, err
		}
		out = append(out, live)
	}
	for _, secret := range render.Secrets(d) {
		out = append(out, Live{GVK: KindSecret, Name: secret.Name})
	}
	if secret := render.IdentitySecret(d); secret != nil {
		out = append(out, Live{GVK: KindSecret, Name: secret.Name})
	}
	return out, nil
}

// rendered returns the Live of a child that is as it is rendered.
func rendered(object render.Object) (live Live, err error) {
	live = Live{GVK: object.Kind, Name: object.Name, Applied: object.Config}
	switch config := object.Config.(type) {
	case *applyappsv1.DeploymentApplyConfiguration:
		live.Replicas = config.Spec.Replicas
		live.Keep.Memory = appliedMemory(config)
		live.Keep.Template, err = render.Fingerprint(config.Spec.Template)
	case *applycorev1.PersistentVolumeClaimApplyConfiguration:
		var data []byte
		live.Keep.Claim, live.Keep.AppliesClass = &corev1.PersistentVolumeClaimSpec{}, config.Spec.StorageClassName != nil
		if data, err = json.Marshal(config.Spec); err == nil {
			err = json.Unmarshal(data, live.Keep.Claim)
		}
		live.Size = sizeOf(live.Keep.Claim)
	}
	return live, err
}

// appliedMemory returns the memory that the first container requests, "" if it requests none or is not Ollama's.
func appliedMemory(config *applyappsv1.DeploymentApplyConfiguration) string {
	containers := config.Spec.Template.Spec.Containers
	if config.Labels[v1alpha1.LabelComponent] != string(v1alpha1.ComponentOllama) || len(containers) == 0 ||
		containers[0].Resources == nil || containers[0].Resources.Requests == nil {
		return ""
	}
	memory, found := (*containers[0].Resources.Requests)[corev1.ResourceMemory]
	if !found {
		return ""
	}
	return memory.String()
}
