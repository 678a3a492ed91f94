// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Component names a part of the stack that has its own Deployment.
type Component string

// The components, as they stand in names and in the component label.
const (
	ComponentOllama    Component = "ollama"
	ComponentOpenWebUI Component = "openwebui"
	ComponentTabby     Component = "tabby"
)

// Components returns all components, in the order in which they are applied.
func Components() []Component {
	return []Component{ComponentOllama, ComponentOpenWebUI, ComponentTabby}
}

// MaxNameLength is the maximum length of an object's name: a
// Service's name, which has at most 63, is the object's with "-openwebui".
const MaxNameLength = 63 - len("-"+ComponentOpenWebUI)

// ChildName returns the name of all children of the component of the object owner.
func ChildName(owner string, component Component) string {
	return owner + "-" + string(component)
}

// Label keys on every child. The selector of a component's pods is LabelOwner
// and LabelComponent, and never anything else: a Deployment's selector cannot
// be changed.
const (
	LabelOwner     = "ollama-deployment"
	LabelName      = "app.kubernetes.io/name"
	LabelInstance  = "app.kubernetes.io/instance"
	LabelComponent = "app.kubernetes.io/component"
	LabelPartOf    = "app.kubernetes.io/part-of"
	LabelManagedBy = "app.kubernetes.io/managed-by"
)

// ManagedBy is the value of LabelManagedBy and the operator's field manager.
const ManagedBy = "llm-operator"

// SelectorLabels returns the labels that select the pods of the component of the object owner.
func SelectorLabels(owner string, component Component) map[string]string {
	return map[string]string{LabelOwner: owner, LabelComponent: string(component)}
}
