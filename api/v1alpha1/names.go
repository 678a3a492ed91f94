// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ComponentName names a component, which has its own Deployment.
type ComponentName string

// Names of the components in the spec, in the names of children and in LabelComponent.
const (
	ComponentOllama    ComponentName = "ollama"
	ComponentOpenWebUI ComponentName = "openwebui"
	ComponentTabby     ComponentName = "tabby"
)

// MaxNameLength limits the length of an object's name, to which the names of Services append up to
// "-openwebui". They can have at most 63 characters.
const MaxNameLength = 63 - len("-"+ComponentOpenWebUI)

// ChildName returns the name of all children of the component of the object owner.
func ChildName(owner string, component ComponentName) string {
	return owner + "-" + string(component)
}

// Labels of all children. The selector of a component's pods consists of LabelOwner and
// LabelComponent, and must not change, because the selector of a Deployment is immutable.
const (
	LabelOwner     = "ollama-deployment"
	LabelName      = "app.kubernetes.io/name"
	LabelInstance  = "app.kubernetes.io/instance"
	LabelComponent = "app.kubernetes.io/component"
	LabelPartOf    = "app.kubernetes.io/part-of"
	LabelManagedBy = "app.kubernetes.io/managed-by"
)

// ManagedBy names the operator in LabelManagedBy and as field manager.
const ManagedBy = "llm-operator"

// Labels of the operator's own pods, by any installation. Network policies let them reach Ollama.
//
// Source: config/manager, charts/llm-operator.
const (
	OperatorName      = "llm-operator"
	OperatorComponent = "controller-manager"
	// OperatorNamespace is the namespace that the operator is installed in by default.
	OperatorNamespace = "llm-operator-system"
)

// SelectorLabels returns the labels that select the pods of the component of the object owner.
func SelectorLabels(owner string, component ComponentName) map[string]string {
	return map[string]string{LabelOwner: owner, LabelComponent: string(component)}
}

// AnnotationRefreshModels of an OllamaDeployment has all its models pulled again each time that its value
// changes, for tags that have moved. "kubectl llm models NAME refresh" sets it to the time.
const AnnotationRefreshModels = "llm.geeper.io/refresh-models"
