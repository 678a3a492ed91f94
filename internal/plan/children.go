// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// pruned are the kinds of children that are deleted when they are no longer wanted, in that order.
var pruned = []schema.GroupVersionKind{
	render.KindConfigMap, render.KindService, render.KindDeployment, render.KindIngress, render.KindNetworkPolicy,
	render.KindPodDisruptionBudget, render.KindHTTPRoute,
}

// children returns the children that are written, deleted or retained.
func (u *update) children() ([]Child, error) {
	if u.New == nil {
		return u.gone(nil)
	}
	var out []Child
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(u.name(), component)
		secret := u.secret(component)
		for _, one := range u.after {
			if one.name != name {
				continue
			}
			if one.gvk == render.KindDeployment && secret != nil {
				out = append(out, *secret)
			}
			child, err := u.child(component, one)
			if err != nil {
				return nil, err
			}
			if child.Action != Unchanged {
				out = append(out, child)
			}
		}
	}
	return u.gone(out)
}

// child returns what happens to a child that is wanted.
func (u *update) child(component v1alpha1.ComponentName, after child) (Child, error) {
	out := Child{Component: component, GVK: after.gvk, Kind: after.gvk.Kind, Name: after.name, Action: Created}
	before, found := u.before.find(after.childKey)
	if found {
		out.Action = Changed
		if same, err := before.equals(after); same || err != nil {
			out.Action = Unchanged
			return out, err
		}
		var err error
		if out.Before, err = before.printed(); err != nil {
			return out, err
		}
	}
	var err error
	out.After, err = after.printed()
	return out, err
}

// gone appends the children that are no longer wanted.
func (u *update) gone(out []Child) ([]Child, error) {
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(u.name(), component)
		for _, kind := range pruned {
			one, found := u.before.find(childKey{kind, name})
			if _, wanted := u.after.find(one.childKey); !found || wanted {
				continue
			}
			before, err := one.printed()
			if err != nil {
				return nil, err
			}
			out = append(out, Child{Component: component, GVK: kind, Kind: kind.Kind, Name: name, Action: Deleted, Before: before})
		}
		stored, err := u.goneData(component, name)
		if err != nil {
			return nil, err
		}
		out = append(out, stored...)
	}
	return out, nil
}

// goneData returns the claim of a component that is no longer wanted, and the Secret that is deleted with the object.
// A claim outlives what it was for, unless it is deleted with the object; so does the Secret that its data need.
func (u *update) goneData(component v1alpha1.ComponentName, name string) ([]Child, error) {
	var out []Child
	key := childKey{render.KindPersistentVolumeClaim, name}
	one, found := u.before.find(key)
	_, wanted := u.after.find(key)
	_, was := u.base.find(key)
	isUsed := was || u.runsWith(component, name)
	if found && !wanted && (isUsed || u.New == nil) {
		before, err := one.printed()
		if err != nil {
			return nil, err
		}
		out = append(out, Child{Component: component, GVK: key.gvk, Kind: key.gvk.Kind, Name: name, Action: u.fate(component, Retained), Before: before})
	}
	if u.New == nil && rendersSecret(u.stored, name) {
		action := Deleted
		if c, _ := u.stored.Spec.Component(component); c.HasClaim() {
			action = u.fate(component, Retained)
		}
		out = append(out, Child{Component: component, GVK: KindSecret, Kind: KindSecret.Kind, Name: name, Action: action})
	}
	return out, nil
}

// fate returns Deleted if the object is deleted and takes the claim of the component with it, else the action.
func (u *update) fate(component v1alpha1.ComponentName, action Action) Action {
	if u.New != nil {
		return action
	}
	if c, found := u.stored.Spec.Component(component); found && !c.RetainsClaim() {
		return Deleted
	}
	return action
}

// secret returns what happens to the Secret of a component, nil if nothing does. It is created once; when the data
// move to a claim, that becomes its owner.
func (u *update) secret(component v1alpha1.ComponentName) *Child {
	out := Child{Component: component, GVK: KindSecret, Kind: KindSecret.Kind, Name: v1alpha1.ChildName(u.name(), component)}
	if component == v1alpha1.ComponentOllama {
		secret := render.IdentitySecret(u.New)
		if secret == nil {
			return nil
		}
		out.Name = secret.Name
	} else if !rendersSecret(u.New, out.Name) {
		return nil
	}
	_, exists := u.live[childKey{KindSecret, out.Name}]
	if u.stored != nil {
		identity := render.IdentitySecret(u.stored)
		exists = exists || rendersSecret(u.stored, out.Name) || identity != nil && identity.Name == out.Name
	}
	switch {
	case !exists:
		out.Action = Created
	case component != v1alpha1.ComponentOllama && u.stored != nil && claimOf(u.New, component) != "" && claimOf(u.New, component) != claimOf(u.stored, component):
		out.Action = Changed
	default:
		return nil
	}
	return &out
}

// rendersSecret reports whether a component of the object needs the Secret of the name.
func rendersSecret(d *v1alpha1.OllamaDeployment, name string) bool {
	return slices.ContainsFunc(render.Secrets(d), func(s render.Secret) bool { return s.Name == name })
}

// claimOf returns the name of the claim with the data of a component, "" if it is not enabled or has none.
func claimOf(d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) string {
	c, found := d.Spec.Component(component)
	switch {
	case !found || !c.IsEnabled():
		return ""
	case c.ExistingClaim() != "":
		return c.ExistingClaim()
	case c.ClaimSize() != nil:
		return v1alpha1.ChildName(d.Name, component)
	default:
		return ""
	}
}
