// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
)

// onlyMetadata asks for the metadata of an object: the content of Secrets is not wanted.
const onlyMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

// A childReader reads the children of objects in the cluster.
type childReader struct {
	request *planRequest
	// denied are the kinds that the user may not read, for which there has been a note.
	denied map[schema.GroupVersionKind]bool
	// targets are those of the autoscalers, by the namespaces that have been read.
	targets map[string]scaleTargets
}

func newChildReader(r *planRequest) *childReader {
	return &childReader{request: r, denied: map[schema.GroupVersionKind]bool{}, targets: map[string]scaleTargets{}}
}

// A childrenOfKind is the result of reading the children of a kind.
type childrenOfKind struct {
	live []plan.Live
	// foreign are the names of those that are not the operator's.
	foreign []string
	// predecessors are the names of those of an object of the same name that was deleted.
	predecessors []string
	// absent reports whether the cluster does not have the kind.
	absent bool
	err    error
}

// read sets the live children of a plan's objects, the kinds that the cluster does not have, and what autoscalers
// scale. Children of a kind that the user may not read are as the stored object renders them, with a note. Objects of
// the same names that are not the operator's have a note, too.
func (c *childReader) read(ctx context.Context, in *plan.Input) error {
	d := in.Old
	if d == nil {
		d = in.New // claims of an earlier object of the name may be there
	}
	results := make([]childrenOfKind, len(childResources))
	var readers sync.WaitGroup
	for i, kind := range childResources {
		readers.Go(func() { results[i] = c.readKind(ctx, d, kind, identityOf(in.New, kind)) })
	}
	targets, err := c.scaleTargets(ctx, d.Namespace)
	readers.Wait()
	if err != nil {
		return err
	}
	in.Autoscaled, in.AutoscaledKnown = targets.components(d.Name), targets != nil
	in.Live = []plan.Live{}
	for i, result := range results {
		kind := childResources[i]
		switch {
		case apierrors.IsForbidden(result.err):
			assumed, err := c.assume(in.Old, kind)
			if err != nil {
				return err
			}
			in.Live = append(in.Live, assumed...)
		case result.err != nil:
			return fmt.Errorf("reading %s: %w", kind.resource, result.err)
		case result.absent:
			in.Absent = append(in.Absent, kind.gvk)
		}
		in.Live = append(in.Live, result.live...)
		for _, name := range result.foreign {
			c.request.note("%s %q is not the operator's, which leaves it alone and reports NameConflict", kind.gvk.Kind, name)
		}
		for _, name := range result.predecessors {
			c.request.note("%s %q is of a deleted object of the name, and goes soon", kind.gvk.Kind, name)
		}
	}
	return nil
}

// identityOf returns the name of the Secret in which the operator makes the identity of Ollama, "" if it makes none or the
// kind is another one.
func identityOf(d *v1alpha1.OllamaDeployment, kind childResource) string {
	if d == nil || kind.gvk != plan.KindSecret {
		return ""
	}
	if secret := render.IdentitySecret(d); secret != nil {
		return secret.Name
	}
	return ""
}

// childNames returns the names of the children of a kind, and of the Secret of the identity, if there is one.
func childNames(d *v1alpha1.OllamaDeployment, identity string) []string {
	var names []string
	for _, component := range v1alpha1.ComponentNames() {
		names = append(names, v1alpha1.ChildName(d.Name, component))
	}
	if identity != "" && !slices.Contains(names, identity) {
		names = append(names, identity)
	}
	return names
}

// readKind reads the children of a kind by their names. The Secret of the identity is one of them whoever owns it.
func (c *childReader) readKind(ctx context.Context, d *v1alpha1.OllamaDeployment, kind childResource, identity string) childrenOfKind {
	client, err := newRESTClient(c.request.flags, kind.path(), kind.gvk.GroupVersion(), kind.addTo, rest.NoWarnings{})
	if err != nil {
		return childrenOfKind{err: err}
	}
	var out childrenOfKind
	for _, name := range childNames(d, identity) {
		object, request := kind.object(), client.Get()
		if kind.gvk == plan.KindSecret {
			request.SetHeader("Accept", onlyMetadata)
		}
		err := request.Namespace(d.Namespace).Resource(kind.resource).Name(name).Do(ctx).Into(object)
		switch {
		case apierrors.IsNotFound(err):
			out.absent = apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
		case err != nil:
			return childrenOfKind{err: err}
		case name != identity && isOfPredecessor(object, d):
			out.predecessors = append(out.predecessors, object.GetName())
		case name != identity && !isOurs(object, d):
			out.foreign = append(out.foreign, object.GetName())
		default:
			live, err := liveOf(object, kind)
			if err != nil {
				return childrenOfKind{err: err}
			}
			out.live = append(out.live, live)
		}
	}
	return out
}

func liveOf(object liveObject, kind childResource) (plan.Live, error) {
	if kind.gvk == plan.KindSecret {
		return plan.Live{GVK: kind.gvk, Name: object.GetName()}, nil
	}
	return plan.LiveOf(object)
}

// isOurs reports whether the child is controlled by the object or has its labels and no owner but a claim, so that it
// was retained.
func isOurs(child metav1.Object, d *v1alpha1.OllamaDeployment) bool {
	isOther := func(owner metav1.OwnerReference) bool { return owner.Kind != render.KindPersistentVolumeClaim.Kind }
	owners, labels := child.GetOwnerReferences(), child.GetLabels()
	if slices.ContainsFunc(owners, isOther) {
		return slices.ContainsFunc(owners, func(owner metav1.OwnerReference) bool { return owner.UID == d.UID })
	}
	return labels[v1alpha1.LabelOwner] == d.Name && labels[v1alpha1.LabelManagedBy] == v1alpha1.ManagedBy
}

// isOfPredecessor reports whether the child is owned by an earlier object of the same kind and name.
func isOfPredecessor(child metav1.Object, d *v1alpha1.OllamaDeployment) bool {
	return slices.ContainsFunc(child.GetOwnerReferences(), func(owner metav1.OwnerReference) bool {
		group, err := schema.ParseGroupVersion(owner.APIVersion)
		return err == nil && group.Group == v1alpha1.GroupVersion.Group && owner.Kind == v1alpha1.Kind &&
			owner.Name == d.Name && owner.UID != d.UID
	})
}

// assume returns the children of a kind as the stored object, if there is one, renders them, and prints a note.
func (c *childReader) assume(stored *v1alpha1.OllamaDeployment, kind childResource) ([]plan.Live, error) {
	if !c.denied[kind.gvk] {
		c.denied[kind.gvk] = true
		c.request.note("you may not read %s; it is assumed that they are as the operator applies them", kind.resource)
	}
	if stored == nil {
		return nil, nil
	}
	d := stored.DeepCopy()
	d.DefaultUpdate(stored)
	all, err := plan.Rendered(d, c.request.options)
	return slices.DeleteFunc(all, func(live plan.Live) bool { return live.GVK != kind.gvk }), err
}
