// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// actions returns what happened to the children. Retained claims stay, whatever their owner is.
func actions(before, after liveChildren) map[string]plan.Action {
	out := map[string]plan.Action{}
	for key, was := range before {
		is, found := after[key]
		switch {
		case !found:
			out[key] = plan.Deleted
		case was.GetUID() != is.GetUID():
			out[key] = plan.Recreated
		case content(was) != content(is):
			out[key] = plan.Changed
		}
	}
	for key := range after {
		if before[key] == nil {
			out[key] = plan.Created
		}
	}
	return out
}

func predictedActions(p plan.Plan, after liveChildren) map[string]plan.Action {
	out := map[string]plan.Action{}
	for i := range p.Children {
		key := p.Children[i].Kind + " " + p.Children[i].Name
		if p.Children[i].Action != plan.Retained || after[key] == nil {
			out[key] = p.Children[i].Action
		}
	}
	return out
}

// effects returns what happened to the pods of each component, and the replicas before and after.
func effects(before, after liveChildren) map[string]string {
	out := map[string]string{}
	for _, component := range v1alpha1.ComponentNames() {
		was, is := before.deployment(component), after.deployment(component)
		effect := plan.Effect("")
		switch {
		case was == nil && is == nil:
			continue
		case was == nil:
			effect = plan.Starts
		case is == nil:
			effect = plan.Stops
		case !assert.ObjectsAreEqual(at(was, "spec", "template"), at(is, "spec", "template")):
			effect = plan.Restarts
		case !assert.ObjectsAreEqual(at(was, "spec", "replicas"), at(is, "spec", "replicas")):
			effect = plan.Scales
		default:
			continue
		}
		out[string(component)] = fmt.Sprintf("%s %v to %v", effect, replicasOf(was), replicasOf(is))
	}
	return out
}

func predictedEffects(p plan.Plan) map[string]string {
	out := map[string]string{}
	for _, c := range p.Components {
		out[string(c.Name)] = fmt.Sprintf("%s %v to %v", c.Effect, c.ReplicasBefore, c.ReplicasAfter)
	}
	return out
}

func (l liveChildren) deployment(component v1alpha1.ComponentName) *unstructured.Unstructured {
	return l["Deployment "+v1alpha1.ChildName("a", component)]
}

func replicasOf(deployment *unstructured.Unstructured) any {
	if deployment == nil {
		return 0
	}
	return at(deployment, "spec", "replicas")
}

// at returns a value of the object, nil if there is none.
func at(object *unstructured.Unstructured, path ...string) any {
	value, _, _ := unstructured.NestedFieldNoCopy(object.Object, path...)
	return value
}

// sizes returns the claims that were created, or whose size changed, and their sizes.
func sizes(before, after liveChildren) map[string]string {
	out := map[string]string{}
	for key, is := range after {
		if is.GetKind() != "PersistentVolumeClaim" {
			continue
		}
		was, size := "", fmt.Sprint(at(is, "spec", "resources", "requests", "storage"))
		if before[key] != nil {
			was = fmt.Sprint(at(before[key], "spec", "resources", "requests", "storage"))
		}
		if was != size {
			out[is.GetName()] = was + " to " + size
		}
	}
	return out
}

func predictedSizes(p plan.Plan) map[string]string {
	out := map[string]string{}
	for _, c := range p.Claims {
		if c.Before != c.After && c.After != "" {
			out[c.Name] = c.Before + " to " + c.After
		}
	}
	return out
}

// checkAddresses asserts that the addresses that are lost and found are those of the live Services, Ingresses and
// routes. A node port that Kubernetes chooses is any.
func checkAddresses(t *testing.T, p plan.Plan, before, after liveChildren) {
	t.Helper()
	was, is := before.addresses(), after.addresses()
	lost, found := map[string]bool{}, map[string]bool{}
	for address := range was {
		if !is[address] {
			lost[address] = true
		}
	}
	for address := range is {
		if !was[address] {
			found[address] = true
		}
	}
	predictedLost, predictedFound := map[string]bool{}, map[string]bool{}
	for _, a := range p.Addresses {
		if strings.Contains(a.Before+a.After, "node port") {
			continue
		}
		if a.Before != "" {
			predictedLost[a.Before] = true
		}
		if a.After != "" {
			predictedFound[a.After] = true
		}
	}
	assert.Equal(t, lost, predictedLost, "addresses that are lost")
	assert.Equal(t, found, predictedFound, "addresses that are found")
}

// addresses returns where the components are reached.
func (l liveChildren) addresses() map[string]bool {
	out := map[string]bool{}
	list := func(object *unstructured.Unstructured, path ...string) []map[string]any {
		values, _ := at(object, path...).([]any)
		entries := make([]map[string]any, 0, len(values))
		for _, value := range values {
			if fields, ok := value.(map[string]any); ok {
				entries = append(entries, fields)
			}
		}
		return entries
	}
	for _, one := range l {
		switch one.GetKind() {
		case "Service":
			for _, port := range list(one, "spec", "ports") {
				out[fmt.Sprintf("http://%s:%v", one.GetName(), port["port"])] = true
				if at(one, "spec", "type") == "LoadBalancer" {
					class := ""
					if name := at(one, "spec", "loadBalancerClass"); name != nil {
						class = fmt.Sprint(" of class ", name)
					}
					out[fmt.Sprintf("LoadBalancer%s port %v", class, port["port"])] = true
				}
			}
		case "Ingress":
			scheme := "http"
			if at(one, "spec", "tls") != nil {
				scheme = "https"
			}
			for _, rule := range list(one, "spec", "rules") {
				out[fmt.Sprintf("%s://%v", scheme, rule["host"])] = true
			}
		case "HTTPRoute":
			names, _ := at(one, "spec", "hostnames").([]any)
			for _, parent := range list(one, "spec", "parentRefs") {
				gateway := fmt.Sprint(parent["name"])
				if section := parent["sectionName"]; section != nil {
					gateway += fmt.Sprint(" listener ", section)
				}
				for _, name := range names {
					out[fmt.Sprintf("%v by Gateway %s", name, gateway)] = true
				}
			}
		}
	}
	return out
}

// checkDowntime asserts that the plan says so where the strategy of a Deployment that is rolled out stops the old pods
// first, or a database is migrated, and nowhere else.
func checkDowntime(t *testing.T, p plan.Plan, before, after liveChildren) {
	t.Helper()
	const migrated = "llm.geeper.io/migrated"
	for _, c := range p.Components {
		is := after.deployment(c.Name)
		if c.Effect != plan.Restarts || is == nil || strings.HasSuffix(c.Downtime, "if it is another one") {
			continue
		}
		version := is.GetAnnotations()[migrated]
		away := at(is, "spec", "strategy", "type") == "Recreate" || version != "" && version != before.deployment(c.Name).GetAnnotations()[migrated]
		assert.Equal(t, away, c.Downtime != "", "downtime of %s: %q", c.Name, c.Downtime)
	}
}
