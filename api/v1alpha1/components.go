// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// A Component represents one component of a spec. It gives access to the fields that all components
// have, without their Go types. Its methods do not modify the spec.
//
// +kubebuilder:object:generate=false
type Component struct {
	*componentRow
	fields componentFields
}

// A componentRow defines a component.
//
// +kubebuilder:object:generate=false
type componentRow struct {
	Name ComponentName
	// App becomes the value of LabelName.
	App string
	// title is the name as people write it.
	title string

	// Reserved is what the operator sets in the pods.
	Reserved Reserved

	// Static defaults that differ by component.
	image, imageTag string
	port            int32

	// fieldsOf returns the component's fields, and false if the spec does not have it.
	fieldsOf func(*OllamaDeploymentSpec) (componentFields, bool)
	// statusOf returns the component's field of the status.
	statusOf func(*OllamaDeploymentStatus) **DeploymentComponentStatus
}

// componentFields points to the fields that components have in common. Those without a
// counterpart in the component's type are nil.
//
// +kubebuilder:object:generate=false
type componentFields struct {
	enabled         **bool
	replicas        **int32
	image, imageTag **string
	resources       **ResourceRequirements
	storage         **StorageSpec
	service         **ServiceSpec
	ingress         **IngressSpec
	route           **RouteSpec
	database        **DatabaseSpec

	envVars      *[]corev1.EnvVar
	envFrom      *[]corev1.EnvFromSource
	volumeMounts *[]corev1.VolumeMount
	volumes      *[]corev1.Volume
	pod          **PodSettings

	serviceType    **corev1.ServiceType
	servicePort    **int32
	ingressEnabled **bool
	ingressHost    *string
}

// components defines all components, in the order in which they are applied.
var components = []componentRow{
	{
		Name: ComponentOllama, App: "ollama", title: "Ollama", Reserved: reservedByOllama,
		image: DefaultOllamaImage, imageTag: DefaultOllamaImageTag, port: DefaultOllamaPort,
		fieldsOf: func(s *OllamaDeploymentSpec) (componentFields, bool) { return s.Ollama.componentFields(), true },
		statusOf: func(s *OllamaDeploymentStatus) **DeploymentComponentStatus { return &s.OllamaStatus },
	},
	{
		Name: ComponentOpenWebUI, App: "open-webui", title: "Open WebUI", Reserved: reservedByOpenWebUI,
		image: DefaultOpenWebUIImage, imageTag: DefaultOpenWebUIImageTag, port: DefaultOpenWebUIPort,
		fieldsOf: func(s *OllamaDeploymentSpec) (componentFields, bool) { return fieldsOf(s.OpenWebUI) },
		statusOf: func(s *OllamaDeploymentStatus) **DeploymentComponentStatus { return &s.OpenWebUIStatus },
	},
	{
		Name: ComponentTabby, App: "tabby", title: "Tabby", Reserved: reservedByTabby,
		image: DefaultTabbyImage, imageTag: DefaultTabbyImageTag, port: DefaultTabbyPort,
		fieldsOf: func(s *OllamaDeploymentSpec) (componentFields, bool) { return fieldsOf(s.Tabby) },
		statusOf: func(s *OllamaDeploymentStatus) **DeploymentComponentStatus { return &s.TabbyStatus },
	},
}

// fieldsOf returns the fields of an optional component.
func fieldsOf[T any, P interface {
	*T
	componentFields() componentFields
}](component P) (componentFields, bool) {
	if component == nil {
		return componentFields{}, false
	}
	return component.componentFields(), true
}

func (s *OllamaSpec) componentFields() componentFields {
	return componentFields{
		replicas: &s.Replicas, image: &s.Image, imageTag: &s.ImageTag, resources: &s.Resources, storage: &s.Storage, service: &s.Service,
		envVars: &s.EnvVars, envFrom: &s.EnvFrom, volumeMounts: &s.VolumeMounts, volumes: &s.Volumes, pod: &s.Pod,
		serviceType: &s.ServiceType, servicePort: &s.ServicePort,
	}
}

func (s *OpenWebUISpec) componentFields() componentFields {
	return componentFields{
		enabled: &s.Enabled, replicas: &s.Replicas, image: &s.Image, imageTag: &s.ImageTag,
		resources: &s.Resources, storage: &s.Storage, service: &s.Service, ingress: &s.Ingress, route: &s.Route,
		database: &s.Database,
		envVars:  &s.EnvVars, envFrom: &s.EnvFrom, volumeMounts: &s.VolumeMounts, volumes: &s.Volumes, pod: &s.Pod,
		serviceType: &s.ServiceType, servicePort: &s.ServicePort,
		ingressEnabled: &s.IngressEnabled, ingressHost: &s.IngressHost,
	}
}

func (s *TabbySpec) componentFields() componentFields {
	return componentFields{
		enabled: &s.Enabled, replicas: &s.Replicas, image: &s.Image, imageTag: &s.ImageTag,
		resources: &s.Resources, storage: &s.Storage, service: &s.Service, ingress: &s.Ingress, route: &s.Route,
		envVars: &s.EnvVars, envFrom: &s.EnvFrom, volumeMounts: &s.VolumeMounts, volumes: &s.Volumes, pod: &s.Pod,
		serviceType: &s.ServiceType, servicePort: &s.ServicePort,
		ingressEnabled: &s.IngressEnabled, ingressHost: &s.IngressHost,
	}
}

// ComponentNames returns the names of all components, in the order in which they are applied.
func ComponentNames() []ComponentName {
	names := make([]ComponentName, 0, len(components))
	for _, row := range components {
		names = append(names, row.Name)
	}
	return names
}

// Title returns the name of the component as people write it, or as it is if there is no such component.
func (n ComponentName) Title() string {
	for _, row := range components {
		if row.Name == n {
			return row.title
		}
	}
	return string(n)
}

// Components returns the components that the spec has, enabled or not, in the order in which
// they are applied.
func (s *OllamaDeploymentSpec) Components() []Component {
	out := make([]Component, 0, len(components))
	for i := range components {
		if fields, found := components[i].fieldsOf(s); found {
			out = append(out, Component{&components[i], fields})
		}
	}
	return out
}

// EnabledComponents returns the enabled components, in the order in which they are applied.
func (s *OllamaDeploymentSpec) EnabledComponents() []Component {
	return slices.DeleteFunc(s.Components(), func(c Component) bool { return !c.IsEnabled() })
}

// Component returns the component of the name, and false if the spec does not have it.
func (s *OllamaDeploymentSpec) Component(name ComponentName) (Component, bool) {
	for _, c := range s.Components() {
		if c.Name == name {
			return c, true
		}
	}
	return Component{}, false
}

// Path returns the component's path, such as "spec.openwebui".
func (c Component) Path() string { return "spec." + string(c.Name) }

// IsEnabled reports whether the component is enabled. Ollama, which cannot be disabled, always is.
func (c Component) IsEnabled() bool {
	return c.fields.enabled == nil || ptr.Deref(*c.fields.enabled, false)
}

// Replicas returns the desired number of pods, 0 if it is unset.
func (c Component) Replicas() int32 { return ptr.Deref(*c.fields.replicas, 0) }

// Image returns the image without its tag, "" if it is unset.
func (c Component) Image() string { return ptr.Deref(*c.fields.image, "") }

// ImageTag returns the tag, which may have a digest; "" if it is unset.
func (c Component) ImageTag() string { return ptr.Deref(*c.fields.imageTag, "") }

// ImageReference returns the image with its tag.
func (c Component) ImageReference() string { return c.Image() + ":" + c.ImageTag() }

// Resources returns the resources, nil if they are unset.
func (c Component) Resources() *ResourceRequirements { return *c.fields.resources }

// Service returns the configuration of the Service, nil if it is unset.
func (c Component) Service() *ServiceSpec { return *c.fields.service }

// Ingress returns the configuration of the Ingress, nil if it is unset or the component
// cannot have one.
func (c Component) Ingress() *IngressSpec {
	if c.fields.ingress == nil {
		return nil
	}
	return *c.fields.ingress
}

// Route returns the configuration of the HTTPRoute, nil if it is unset or the component cannot have one.
func (c Component) Route() *RouteSpec {
	if c.fields.route == nil {
		return nil
	}
	return *c.fields.route
}

// Database returns the external database, nil if it is unset or the component cannot have one.
func (c Component) Database() *DatabaseSpec {
	if c.fields.database == nil {
		return nil
	}
	return *c.fields.database
}

// EnvVars returns the user's environment variables.
func (c Component) EnvVars() []corev1.EnvVar { return *c.fields.envVars }

// EnvFrom returns the ConfigMaps and Secrets that become the user's environment variables.
func (c Component) EnvFrom() []corev1.EnvFromSource { return *c.fields.envFrom }

// VolumeMounts returns the user's volume mounts.
func (c Component) VolumeMounts() []corev1.VolumeMount { return *c.fields.volumeMounts }

// Volumes returns the user's volumes.
func (c Component) Volumes() []corev1.Volume { return *c.fields.volumes }

// Pod returns the user's settings of the pods, nil if they are unset.
func (c Component) Pod() *PodSettings { return *c.fields.pod }

// SetsEnv reports whether the user sets the environment variable by name.
func (c Component) SetsEnv(name string) bool {
	return slices.ContainsFunc(c.EnvVars(), func(v corev1.EnvVar) bool { return v.Name == name })
}

// Component returns the component's status, nil if it has none.
func (s *OllamaDeploymentStatus) Component(name ComponentName) *DeploymentComponentStatus {
	for _, row := range components {
		if row.Name == name {
			return *row.statusOf(s)
		}
	}
	return nil
}

// SetComponent sets the component's status.
func (s *OllamaDeploymentStatus) SetComponent(name ComponentName, status *DeploymentComponentStatus) {
	for _, row := range components {
		if row.Name == name {
			*row.statusOf(s) = status
		}
	}
}

func (c Component) serviceType() slot {
	return below(c.fields.service, func(s *ServiceSpec) slot { return pointer(&s.Type) })
}

func (c Component) servicePort() slot {
	return below(c.fields.service, func(s *ServiceSpec) slot { return pointer(&s.Port) })
}

func (c Component) ingressEnabled() slot {
	return below(c.fields.ingress, func(i *IngressSpec) slot { return pointer(&i.Enabled) })
}

func (c Component) ingressHost() slot {
	return below(c.fields.ingress, func(i *IngressSpec) slot { return text(&i.Host) })
}
