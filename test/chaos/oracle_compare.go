// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
)

// compare returns an error if applying the rendered child would change the live one.
func (o *oracle) compare(ctx context.Context, s *state, st *stack, object render.Object, live *unstructured.Unstructured) error {
	typed, err := o.scheme.New(object.Kind)
	if err != nil {
		return err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, typed); err != nil {
		return err
	}
	known, err := plan.LiveOf(typed)
	if err != nil {
		return err
	}
	object.Keep(st.OllamaDeployment, known.Keep)
	data, err := json.Marshal(object.Config)
	if err != nil {
		return err
	}
	config := &unstructured.Unstructured{}
	if err := config.UnmarshalJSON(data); err != nil {
		return err
	}
	keepMarks(config, live)
	if s.isAutoscaled(object.Kind.Kind, st.Namespace, object.Name) {
		keepReplicas(config, live)
	}
	after, err := o.dryRun(ctx, config)
	if err != nil {
		return fmt.Errorf("what is rendered cannot be applied: %w", err)
	}
	if path := difference("", content(live), content(after)); path != "" {
		return fmt.Errorf("it differs from what is rendered in %s", path)
	}
	return nil
}

// keepReplicas leaves the replicas to an autoscaler: what it has set is not applied, and until then what is there.
func keepReplicas(config, live *unstructured.Unstructured) {
	replicas, found, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if found && render.Applies(live, "replicas") {
		_ = unstructured.SetNestedField(config.Object, replicas, "spec", "replicas") // it is a map
		return
	}
	unstructured.RemoveNestedField(config.Object, "spec", "replicas")
}

// content returns what clients set of an object.
func content(object *unstructured.Unstructured) fields {
	out := fields{"labels": toAny(object.GetLabels()), "annotations": toAny(object.GetAnnotations())}
	owners, _, _ := unstructured.NestedFieldNoCopy(object.Object, "metadata", "ownerReferences")
	out["owners"] = owners
	for name, value := range object.Object {
		if name != "metadata" && name != "status" {
			out[name] = value
		}
	}
	return out
}

func toAny(values map[string]string) fields {
	out := fields{}
	for key, value := range values {
		out[key] = value
	}
	return out
}

// brief returns the beginning of a value, which may be a file.
func brief(value any) string { return fmt.Sprintf("%.100s", fmt.Sprint(value)) }

// difference returns the path of the first difference, "" if there is none.
func difference(path string, a, b any) string {
	if equality.Semantic.DeepEqual(a, b) {
		return ""
	}
	left, isMap := a.(fields)
	right, areMaps := b.(fields)
	if !isMap || !areMaps {
		return fmt.Sprintf("%s (%s, not %s)", path, brief(a), brief(b))
	}
	keys := map[string]bool{}
	for key := range left {
		keys[key] = true
	}
	for key := range right {
		keys[key] = true
	}
	for key := range keys {
		if found := difference(path+"."+key, left[key], right[key]); found != "" {
			return found
		}
	}
	return path
}
