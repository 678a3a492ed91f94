// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"cmp"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// Input contains what a plan depends on.
type Input struct {
	// Old is the stored object with its status, nil if there is none. New is what will be stored, defaulted; nil if
	// the object is deleted.
	Old, New *v1alpha1.OllamaDeployment
	// Live contains the live children of ours; nil means those that Old renders.
	Live []Live
	// Autoscaled are the components whose replicas an autoscaler sets. Those whose replicas the operator has left to
	// one need not be named, unless AutoscaledKnown is set.
	Autoscaled []v1alpha1.ComponentName
	// AutoscaledKnown reports whether Autoscaled names all of them. Otherwise, the replicas that the operator has left to
	// an autoscaler stay with it.
	AutoscaledKnown bool
	// Absent are the kinds of children that the cluster does not have.
	Absent []schema.GroupVersionKind
	// Options are those of rendering.
	Options render.Options
	// Brief leaves out the children and claims, and what Warning does not need: why components change of which it
	// says nothing, and the fields if it says nothing at all.
	Brief bool
	// Stop reports whether nobody waits for the plan any more; nil means never.
	Stop func() bool
}

// errStopped is returned for a plan for which nobody waits.
var errStopped = errors.New("the plan was stopped")

// checkStop returns errStopped if nobody waits for the plan.
func (in Input) checkStop() error {
	if in.Stop != nil && in.Stop() {
		return errStopped
	}
	return nil
}

// Compute predicts what storing in.New does. It assumes that the objects that the spec names exist, and that the
// operator may do what the spec wants. It fails if neither object is given, if fields of the user cannot be encoded,
// or if it is stopped.
func Compute(in Input) (Plan, error) {
	u, err := newUpdate(in)
	if err != nil {
		return Plan{}, err
	}
	p := u.describe()
	if !in.Brief {
		if p.Fields, err = u.fields(); err != nil {
			return Plan{}, err
		}
	}
	if p.Action == Unchanged && in.changesMetadata() {
		p.Action = Changed
	}
	if in.New != nil && in.New.Spec.IsPaused() {
		p.Paused = true
		return p, nil
	}
	if !in.Brief {
		if p.Children, err = u.children(); err != nil {
			return Plan{}, err
		}
	}
	if p.Components, err = u.components(); err != nil {
		return Plan{}, err
	}
	p.Models = u.models(p.Components)
	p.Addresses = u.addresses()
	p.Claims = u.claims(p.Children)
	if in.Brief && Warning(p) != "" {
		p.Fields, err = u.fields()
	}
	return p, err
}

// An update is an Input with what follows from it.
type update struct {
	Input
	// stored is Old with the defaults of this version, nil if there is no Old.
	stored *v1alpha1.OllamaDeployment
	// live are the live children.
	live map[childKey]Live
	// before are the live children as the operator applied them, base those that stored wants, none without it, and
	// after those that New wants.
	before, base, after children
	// changes are those of the spec.
	changes []change
	// records are what the status of stored has of each model.
	records map[string]*v1alpha1.ModelStatus
	// storedSpec and newSpec are the specs of stored and of New as JSON.
	storedSpec, newSpec any
}

func newUpdate(in Input) (*update, error) {
	if in.Old == nil && in.New == nil {
		return nil, errors.New("there is no object to plan for")
	}
	u := &update{Input: in, live: map[childKey]Live{}}
	live := in.Live
	if in.Old != nil {
		u.stored = in.Old.DeepCopy()
		u.stored.DefaultUpdate(in.Old)
		if live == nil {
			var err error
			if live, err = Rendered(u.stored, in.Options); err != nil {
				return nil, err
			}
		}
	}
	for _, one := range live {
		if !slices.Contains(in.Absent, one.GVK) {
			u.live[childKey{one.GVK, one.Name}] = one
		}
	}
	if err := in.checkStop(); err != nil {
		return nil, err
	}
	return u, u.render()
}

// render renders the children of both objects, and compares their specs unless the plan is brief.
func (u *update) render() (err error) {
	if u.before, err = u.applied(); err != nil {
		return err
	}
	switch {
	case u.Old == nil: // the live children are those of an earlier object, and no spec wants them
	case u.Live == nil:
		u.base = u.before
	default:
		if u.base, err = u.wanted(u.stored); err != nil {
			return err
		}
		u.assume()
	}
	if err := u.checkStop(); err != nil {
		return err
	}
	if u.New == nil {
		return nil
	}
	if !u.Brief {
		if err := u.compareSpecs(); err != nil {
			return err
		}
	}
	u.after, err = u.wanted(u.New)
	return err
}

// compareSpecs sets the changes of the spec, which a brief plan needs only if Warning says why.
func (u *update) compareSpecs() (err error) {
	if u.New == nil || u.newSpec != nil {
		return nil
	}
	if u.newSpec, err = treeOf(u.New.Spec); err != nil || u.Old == nil {
		return err
	}
	u.storedSpec, err = treeOf(u.stored.Spec)
	u.changes = differences(u.storedSpec, u.newSpec, step{text: "spec"})
	return err
}

// assume takes Deployments of which nothing is on record as applied to be as the stored object wants them.
func (u *update) assume() {
	for i, one := range u.before {
		config, ok := one.config.(*applyappsv1.DeploymentApplyConfiguration)
		if !ok || config.Spec != nil {
			continue
		}
		if wanted, found := u.base.find(one.childKey); found {
			u.before[i] = wanted
		}
	}
}

// describe returns the plan of the object itself.
func (u *update) describe() Plan {
	d, action := u.New, Unchanged
	switch {
	case u.New == nil:
		d, action = u.Old, Deleted
	case u.Old == nil:
		action = Created
	case !equality.Semantic.DeepEqual(u.Old.Spec, u.New.Spec):
		action = Changed
	}
	return Plan{Kind: cmp.Or(d.Kind, v1alpha1.Kind), Namespace: d.Namespace, Name: d.Name, Action: action}
}

// changesMetadata reports whether labels or annotations change, other than kubectl's.
func (in Input) changesMetadata() bool {
	annotations := func(d *v1alpha1.OllamaDeployment) map[string]string {
		out := map[string]string{}
		for key, value := range d.Annotations {
			if key != corev1.LastAppliedConfigAnnotation {
				out[key] = value
			}
		}
		return out
	}
	return !equality.Semantic.DeepEqual(in.Old.Labels, in.New.Labels) ||
		!equality.Semantic.DeepEqual(annotations(in.Old), annotations(in.New))
}
