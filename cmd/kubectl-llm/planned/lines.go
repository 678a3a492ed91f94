// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"encoding/json"
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// Topics of lines, in the order in which they are printed.
const (
	topicFields    = "fields"
	topicPods      = "pods"
	topicModels    = "models"
	topicAddresses = "addresses"
	topicClaims    = "claims"
	topicChildren  = "children"
)

// A line says one thing that happens.
type line struct {
	topic string
	// subject is what it happens to, and says what happens.
	subject, says phrase
	// paths are the fields that cause it.
	paths []string
	// serious reports whether users should know before: pods stop serving, or an address goes.
	serious bool
}

// lines returns what happens, by topic.
func lines(p plan.Plan) []line {
	fields := fieldLines(p.Fields)
	if p.Paused {
		fields = append(fields, pausedLine())
	}
	return slices.Concat(fields, componentLines(p.Components), modelLines(p.Models), addressLines(p.Addresses),
		claimLines(p.Claims), childLines(p.Children))
}

// pausedLine says that the operator leaves the children alone.
func pausedLine() line {
	const path = "spec.paused"
	return line{topic: topicFields, subject: code(path), says: words("is true: nothing is applied before it is removed"), paths: []string{path}}
}

func fieldLines(fields []plan.Field) []line {
	out := make([]line, 0, len(fields))
	for _, f := range fields {
		var says phrase
		switch {
		case f.Before == nil:
			says = join(words("is set to "), value(f.After))
		case f.After == nil:
			says = join(words("is removed, was "), value(f.Before))
		default:
			says = join(words("changes from "), value(f.Before), words(" to "), value(f.After))
		}
		if f.Derived {
			says = join(says, words(", which follows from other fields"))
		}
		out = append(out, line{topic: topicFields, subject: code(f.Path), says: says, paths: []string{f.Path}})
	}
	return out
}

// maxValue limits the characters of a value.
const maxValue = 60

// value returns JSON on one line of limited length.
func value(data json.RawMessage) phrase {
	text := compact(data)
	if runes := []rune(text); len(runes) > maxValue {
		text = string(runes[:maxValue-3]) + "..."
	}
	return code(text)
}

func title(name v1alpha1.ComponentName) phrase { return words("%s", name.Title()) }

func componentLines(components []plan.Component) []line {
	out := make([]line, 0, len(components))
	for _, c := range components {
		out = append(out, line{
			topic: topicPods, subject: title(c.Name), says: join(effect(c), because(c), downtime(c)),
			paths: c.Because, serious: c.Downtime != "" || c.Effect == plan.Stops,
		})
	}
	return out
}

func effect(c plan.Component) phrase {
	switch c.Effect {
	case plan.Starts:
		return words("starts with %s", plural(int(c.ReplicasAfter), "pod"))
	case plan.Scales:
		return words("scales from %d to %s", c.ReplicasBefore, plural(int(c.ReplicasAfter), "pod"))
	default:
		return words("%s", string(c.Effect))
	}
}

// because returns why: the fields that change, or else where the pods differ from what is rendered.
func because(c plan.Component) phrase {
	switch {
	case len(c.Because) == 1:
		return join(words(", because "), list(c.Because), words(" changes"))
	case len(c.Because) > 1:
		return join(words(", because "), list(c.Because), words(" change"))
	case len(c.Differences) > 0:
		return join(words(", because its pods differ from what the operator renders in "), list(c.Differences))
	default:
		return nil
	}
}

func downtime(c plan.Component) phrase {
	switch {
	case c.Effect != plan.Restarts:
		return nil
	case c.Downtime == "":
		return words("; no downtime")
	default:
		return words("; it is away meanwhile, because %s", c.Downtime)
	}
}

// modelsPath is the field that lists models.
const modelsPath = "spec.ollama.models"

func modelLines(models []plan.Model) []line {
	out := make([]line, 0, len(models))
	for _, m := range models {
		says := map[plan.ModelEffect]phrase{
			plan.Pulled:          words("is pulled"),
			plan.PulledOrInImage: words("is pulled, unless an image has it"),
			plan.PulledIfMoved:   words("is pulled again, if its tag has moved"),
			plan.PulledAnew:      words("is pulled anew"),
			plan.Removed:         words("is removed"),
			plan.Kept:            words("is no longer listed, and stays"),
		}[m.Effect]
		if m.Bytes > 0 {
			says = join(says, words(" (%s)", status.HumanBytes(float64(m.Bytes))))
		}
		out = append(out, line{topic: topicModels, subject: code(m.Name), says: says, paths: []string{modelsPath}, serious: m.Effect == plan.PulledAnew})
	}
	return out
}

func addressLines(addresses []plan.Address) []line {
	out := make([]line, 0, len(addresses))
	for _, a := range addresses {
		var says phrase
		switch {
		case a.Before == "":
			says = join(words("gets "), code(a.After))
		case a.After == "":
			says = join(words("loses "), code(a.Before))
		default:
			says = join(words("moves from "), code(a.Before), words(" to "), code(a.After))
		}
		out = append(out, line{topic: topicAddresses, subject: title(a.Component), says: says, paths: []string{"spec." + string(a.Component)}, serious: a.Before != ""})
	}
	return out
}

func claimLines(claims []plan.Claim) []line {
	out := make([]line, 0, len(claims))
	for _, c := range claims {
		var says phrase
		switch c.Action {
		case plan.Created:
			says = words("is created with %s", c.After)
		case plan.Retained:
			says = words("is no longer used, and stays")
		case plan.Deleted:
			says = words("is deleted with its data")
		default:
			says = words("grows from %s to %s", c.Before, c.After)
		}
		path := "spec." + string(c.Component) + ".resources"
		out = append(out, line{topic: topicClaims, subject: code(c.Name), says: says, paths: []string{path}, serious: c.Action == plan.Deleted})
	}
	return out
}

func childLines(children []plan.Child) []line {
	out := make([]line, 0, len(children))
	for _, c := range children {
		says := map[plan.Action]phrase{
			plan.Created:   words("is created"),
			plan.Changed:   words("is changed in place"),
			plan.Recreated: words("is deleted and created again"),
			plan.Deleted:   words("is deleted"),
			plan.Retained:  words("stays, and is no longer used"),
		}[c.Action]
		out = append(out, line{topic: topicChildren, subject: join(words("%s ", c.Kind), code(c.Name)), says: says})
	}
	return out
}
