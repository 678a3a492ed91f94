// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// maxExperiments is how many fields are tried alone. An update of more is explained by its components.
const maxExperiments = 32

// maxBriefExperiments is that of a brief plan: the API server waits for it.
const maxBriefExperiments = 8

// tooMany reports whether a number of changes is too large to try or to name each.
func (u *update) tooMany(number int) bool {
	if u.Brief {
		return number > maxBriefExperiments
	}
	return number > maxExperiments
}

// explain sets the fields of the spec that cause each effect: those that have it when they alone are changed, with
// what follows from them. If none has, all changes of the component and of the whole object do together. What was
// held back is applied because the object is no longer paused.
func (u *update) explain(components []Component) error {
	var wanted []*Component
	for i := range components {
		if u.isExplained(components[i]) {
			wanted = append(wanted, &components[i])
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if err := u.compareSpecs(); err != nil || len(u.changes) == 0 {
		return err
	}
	if err := u.experiments(wanted); err != nil {
		return err
	}
	for _, c := range wanted {
		wasOther := hasEffect(*c, u.pods(u.before, c.Name), u.pods(u.base, c.Name))
		switch {
		case wasOther && u.isResumed():
			c.Because = append(c.Because, "spec.paused")
		case len(c.Because) == 0 && !wasOther:
			c.Because = u.all(c.Name)
		}
	}
	return nil
}

// isExplained reports whether the plan says why the component changes. A brief one does if Warning names the cause.
func (u *update) isExplained(c Component) bool {
	return !u.Brief || c.Downtime != "" || c.Name == v1alpha1.ComponentOllama && c.Effect == Restarts && u.losesData()
}

// experiments sets the fields that have the effects of the components alone. Those that follow from others count only
// for components that no other field explains.
func (u *update) experiments(components []*Component) error {
	if u.tooMany(len(u.changes)) {
		return nil
	}
	derived, base := derivedPaths(u.New), map[v1alpha1.ComponentName]pods{}
	for _, c := range components {
		base[c.Name] = u.pods(u.base, c.Name)
	}
	explained := map[v1alpha1.ComponentName]bool{}
	for _, follow := range []bool{false, true} {
		for i := range u.changes {
			if derived[dotted(u.changes[i].path)] != follow {
				continue
			}
			alone, err := u.experiment(i)
			if err != nil {
				return err
			}
			for _, c := range components {
				if !explained[c.Name] && hasEffect(*c, base[c.Name], u.pods(alone, c.Name)) {
					c.Because = append(c.Because, join(u.changes[i].path))
				}
			}
		}
		for _, c := range components {
			explained[c.Name] = len(c.Because) > 0
		}
	}
	return nil
}

// experiment returns the children of the stored object with one change alone, and the defaults that follow.
func (u *update) experiment(number int) (children, error) {
	if err := u.checkStop(); err != nil {
		return nil, err
	}
	i := -1
	spec, err := json.Marshal(walk(u.storedSpec, u.newSpec, nil, func(change) bool {
		i++
		return i == number
	}))
	if err != nil {
		return nil, fmt.Errorf("encoding a spec: %w", err)
	}
	d := &v1alpha1.OllamaDeployment{TypeMeta: u.New.TypeMeta, ObjectMeta: *u.New.ObjectMeta.DeepCopy()}
	if err := json.Unmarshal(spec, &d.Spec); err != nil {
		return nil, fmt.Errorf("decoding a spec: %w", err)
	}
	d.DefaultUpdate(u.stored)
	return u.wanted(d)
}

// pods are what decides the effect on the pods of a component.
type pods struct {
	exist    bool
	template []byte
	replicas int32
}

func (u *update) pods(of children, name v1alpha1.ComponentName) pods {
	key := childKey{render.KindDeployment, v1alpha1.ChildName(u.name(), name)}
	config := of.deployment(key.name)
	if config == nil || config.Spec == nil {
		return pods{}
	}
	template, _ := json.Marshal(config.Spec.Template) //nolint:errchkjson // it was encoded as a part of the Deployment
	return pods{true, template, u.replicas(of, key)}
}

// hasEffect reports whether the difference has the component's effect.
func hasEffect(c Component, before, after pods) bool {
	switch c.Effect {
	case Starts, Stops:
		return before.exist != after.exist
	case Restarts:
		return before.exist && after.exist && !bytes.Equal(before.template, after.template)
	case Scales:
		return before.replicas != after.replicas
	default:
		return false
	}
}

// all returns the changes of the component and those that are not of another component. If there are too many to
// name, it is the component.
func (u *update) all(name v1alpha1.ComponentName) []string {
	var out []string
	for _, c := range u.changes {
		of := v1alpha1.ComponentName(c.path[1].text)
		if of == name || !slices.Contains(v1alpha1.ComponentNames(), of) {
			out = append(out, join(c.path))
		}
	}
	if u.tooMany(len(out)) {
		return []string{"spec." + string(name)}
	}
	return out
}
