// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// maxNamed is how many fields or addresses a warning names.
const maxNamed = 3

// HeldBack is the warning about an update of an object that is no longer paused, and whose children are not known.
const HeldBack = "spec.paused: applies what was held back"

// Warning returns what users should know before an update of an object: that no pod of a component serves meanwhile,
// that an address is lost, or that all models are pulled anew. It is one line, "" if nothing of that happens.
func Warning(p Plan) string {
	if p.Action != Changed {
		return ""
	}
	var because, effects []string
	for _, c := range p.Components {
		if c.Downtime == "" {
			continue
		}
		because = append(because, c.Because...)
		if c.Effect == Stops {
			effects = append(effects, "stops "+c.Name.Title())
		} else {
			effects = append(effects, fmt.Sprintf("restarts %s, which is away meanwhile because %s", c.Name.Title(), c.Downtime))
		}
	}
	if text, from := p.anew(); text != "" {
		because, effects = append(because, from...), append(effects, text)
	}
	if text, from := p.lost(); text != "" {
		because, effects = append(because, from...), append(effects, text)
	}
	if len(effects) == 0 {
		return ""
	}
	text := strings.Join(effects, "; ")
	if because = unique(because); len(because) > 0 {
		return shortened(because) + ": " + text
	}
	return text
}

// anew returns that all models are pulled anew and why, "" if they are not.
func (p Plan) anew() (text string, because []string) {
	if !slices.ContainsFunc(p.Models, func(m Model) bool { return m.Effect == PulledAnew }) {
		return "", nil
	}
	i := slices.IndexFunc(p.Components, func(c Component) bool { return c.Name == v1alpha1.ComponentOllama })
	if i >= 0 && p.Components[i].Downtime == "" {
		return "restarts Ollama, and all models are pulled anew", p.Components[i].Because
	}
	return "all models are pulled anew", nil
}

// lost returns the addresses that are no longer served, and the fields that they are set by. Those of components
// that stop are not named, and an address that gets a certificate is not lost.
func (p Plan) lost() (text string, because []string) {
	var all []string
	named := map[v1alpha1.ComponentName]bool{}
	for _, a := range p.Addresses {
		stops := slices.ContainsFunc(p.Components, func(c Component) bool { return c.Name == a.Component && c.Effect == Stops })
		if a.Action == Created || stops || a.staysReachable() {
			continue
		}
		one := a.Before + " is no longer served"
		if a.After != "" {
			one = a.Before + " becomes " + a.After
		}
		if all = append(all, one); !named[a.Component] {
			named[a.Component] = true
			because = append(because, p.entrances(a.Component)...)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return shortened(all), because
}

// entrances returns the changed fields that the addresses of a component are set by.
func (p Plan) entrances(component v1alpha1.ComponentName) []string {
	var out []string
	for _, f := range p.Fields {
		below, found := strings.CutPrefix(f.Path, "spec."+string(component)+".")
		if found && (strings.HasPrefix(below, "service") || strings.HasPrefix(below, "ingress") || strings.HasPrefix(below, "route")) {
			out = append(out, f.Path)
		}
	}
	return out
}

// shortened returns the first texts, and how many more there are.
func shortened(texts []string) string {
	if more := len(texts) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:maxNamed], ", "), more)
	}
	return strings.Join(texts, ", ")
}

// unique returns the texts, each once.
func unique(texts []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, text := range texts {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}
