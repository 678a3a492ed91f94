// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"maps"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Names within pods and Services.
const (
	portName   = "http"
	dataVolume = v1alpha1.DataVolume
)

// A part contains everything that the children of an enabled component are rendered from.
type part struct {
	v1alpha1.Component
	renderer
	d *v1alpha1.OllamaDeployment
	// files contains the data of the ConfigMap, empty if there is none.
	files map[string]string
	// users contains the parts of the pods that users define.
	users userObjects
	// access contains who may connect, and where to, as users define it; nil without network policies.
	access *access
	// noPrune prevents Ollama from deleting partial downloads when it starts.
	noPrune bool
	// version is the version of the pod template; see alternatives.
	version podVersion
}

// A renderer defines what differs by component.
type renderer struct {
	// pod returns the template of the pods.
	pod func(part) *applycorev1.PodTemplateSpecApplyConfiguration
	// containerPort is the port that the component listens on.
	containerPort int32
	// filesOf returns the data of the ConfigMap that the pods mount; nil for components
	// without one.
	filesOf func(*v1alpha1.OllamaDeployment) (map[string]string, error)
	// secretKey names the key of the generated Secret, "" for components without one.
	secretKey string
	// progressDeadlineSeconds applies to the Deployment; 0 means Kubernetes' default of 600.
	progressDeadlineSeconds int32
	// oldestPods is the earliest version of the pod template that is equivalent to the current one.
	oldestPods podVersion
	// hasDatabase reports whether the pods have a database in their data, unless it is external, which they
	// migrate when they start.
	hasDatabase bool
}

var renderers = map[v1alpha1.ComponentName]renderer{
	v1alpha1.ComponentOllama: {
		pod: part.ollamaPod, containerPort: ollamaPort, filesOf: ollamaFiles,
		progressDeadlineSeconds: pullDeadlineSeconds, oldestPods: podsWithModelList,
	},
	v1alpha1.ComponentOpenWebUI: {
		pod: part.openWebUIPod, containerPort: openWebUIPort, secretKey: OpenWebUISecretKey, hasDatabase: true, oldestPods: firstPods,
	},
	v1alpha1.ComponentTabby: {
		pod: part.tabbyPod, containerPort: tabbyPort, filesOf: tabbyFiles, secretKey: TabbySecretKey, hasDatabase: true, oldestPods: firstPods,
		// The rollout takes as long as Ollama's, because the pods wait for the models.
		progressDeadlineSeconds: pullDeadlineSeconds,
	},
}

// parts returns the enabled components of d.
func parts(d *v1alpha1.OllamaDeployment) ([]part, error) {
	var out []part
	for _, c := range d.Spec.EnabledComponents() {
		p, err := newPart(d, c)
		if err != nil {
			return nil, fmt.Errorf("rendering %s: %w", c.Name, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func newPart(d *v1alpha1.OllamaDeployment, c v1alpha1.Component) (part, error) {
	p := part{Component: c, renderer: renderers[c.Name], d: d, version: currentPods}
	p.noPrune = p.SharesClaim()
	var err error
	if p.filesOf != nil {
		if p.files, err = p.filesOf(d); err != nil {
			return part{}, err
		}
	}
	if p.users, err = userObjectsOf(c); err != nil {
		return part{}, err
	}
	p.access, err = accessOf(d.Spec.NetworkPolicy)
	return p, err
}

func (p part) name() string { return v1alpha1.ChildName(p.d.Name, p.Name) }

// labels returns the labels of the children, including the selector.
func (p part) labels() map[string]string {
	labels := maps.Clone(p.selector())
	maps.Copy(labels, map[string]string{
		v1alpha1.LabelName:      p.App,
		v1alpha1.LabelInstance:  p.d.Name,
		v1alpha1.LabelPartOf:    "llm-stack",
		v1alpha1.LabelManagedBy: v1alpha1.ManagedBy,
	})
	return labels
}

func (p part) selector() map[string]string {
	return v1alpha1.SelectorLabels(p.d.Name, p.Name)
}

// owner returns the owner reference of the children, which are deleted with the object.
func (p part) owner() *applymetav1.OwnerReferenceApplyConfiguration {
	return applymetav1.OwnerReference().
		WithAPIVersion(v1alpha1.GroupVersion.String()).
		WithKind(v1alpha1.Kind).
		WithName(p.d.Name).
		WithUID(p.d.UID).
		WithController(true).
		WithBlockOwnerDeletion(true)
}
