// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"context"
	"fmt"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// streamNamespace is the namespace of the objects of the stream.
const streamNamespace = "stream"

// streamKinds lists the kinds of requests of a stream.
var streamKinds = []string{"create", "patch", "apply", "status", "delete", "scale", "list", "dry-run create", "dry-run update"}

// streamed numbers the objects of all streams.
var streamed atomic.Int64

// newObject returns an object of the stream with a new name, which all versions accept.
func newObject() *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"ollama":    map[string]any{"models": []any{"llama2:7b", "codellama:7b"}, "replicas": int64(1)},
		"openwebui": map[string]any{"enabled": true},
		"tabby":     map[string]any{"enabled": true},
	}}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	object.SetNamespace(streamNamespace)
	object.SetName(fmt.Sprintf("stream-%d", streamed.Add(1)))
	return object
}

func merge(patch string) client.Patch { return client.RawPatch(types.MergePatchType, []byte(patch)) }

// lives has an object live from its creation to its deletion.
func (s *stream) lives(ctx context.Context) error {
	object := newObject()
	// The object has to be gone when the stream is stopped.
	whole := context.WithoutCancel(ctx)
	if err := s.step(ctx, "create", s.client.Create(whole, object)); err != nil {
		return err
	}
	for _, patch := range []string{
		`{"spec":{"ollama":{"models":["llama2:7b"]},"tabby":{"enabled":false}}}`,
		`{"metadata":{"annotations":{"example.com/a":"b"}}}`,
		`{"spec":{"openwebui":{"imageTag":"v0.6.30"}}}`,
	} {
		if err := s.step(ctx, "patch", s.client.Patch(whole, object, merge(patch))); err != nil {
			return err
		}
	}
	if err := s.step(ctx, "status", s.client.SubResource("status").Get(whole, object, &unstructured.Unstructured{Object: object.DeepCopy().Object})); err != nil {
		return err
	}
	return s.step(ctx, "delete", s.client.Delete(whole, object))
}

// scales applies an object, and changes its number of pods.
func (s *stream) scales(ctx context.Context) error {
	object := newObject()
	object.SetName("scaled")
	unstructured.RemoveNestedField(object.Object, "spec", "ollama", "replicas")
	applied := client.ApplyConfigurationFromUnstructured(object)
	whole := context.WithoutCancel(ctx)
	if err := s.step(ctx, "apply", s.client.Apply(whole, applied, client.FieldOwner("stream"))); err != nil {
		return err
	}
	for _, replicas := range []int{2, 1} {
		patch := merge(fmt.Sprintf(`{"spec":{"ollama":{"replicas":%d}}}`, replicas))
		if err := s.step(ctx, "scale", s.client.Patch(whole, object.DeepCopy(), patch)); err != nil {
			return err
		}
	}
	return nil
}

// reads lists all objects.
func (s *stream) reads(ctx context.Context) error {
	return s.step(ctx, "list", s.client.List(context.WithoutCancel(ctx), ollamaDeployments()))
}

// creates sends the create of an object, which is not stored.
func (s *stream) creates(ctx context.Context) error {
	return s.step(ctx, "dry-run create", s.client.Create(context.WithoutCancel(ctx), newObject(), client.DryRunAll))
}

// updates changes the image of each stored object, which is not stored. Whichever version answers, all other
// fields of the spec have to remain as they are.
func (s *stream) updates(ctx context.Context, stored []unstructured.Unstructured) error {
	for _, object := range stored {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the stream was stopped
		}
		changed := object.DeepCopy()
		err := s.client.Patch(context.WithoutCancel(ctx), changed, merge(`{"spec":{"ollama":{"imageTag":"stream"}}}`), client.DryRunAll)
		if err := s.step(ctx, "dry-run update", err); err != nil {
			return err
		}
		want := object.DeepCopy()
		if err := unstructured.SetNestedField(want.Object, "stream", "spec", "ollama", "imageTag"); err != nil {
			return err
		}
		if err := s.compare(object.GetNamespace()+"/"+object.GetName(), want.Object["spec"], changed.Object["spec"]); err != nil {
			return err
		}
	}
	return nil
}

// compare returns an error if a spec is not as wanted, with at most new defaults of the schema, or if the versions
// that serve side by side differ in it.
func (s *stream) compare(name string, want, spec any) error {
	if kept := common(want, spec); !equality.Semantic.DeepEqual(want, kept) {
		return fmt.Errorf("%s with another image: %v became %v", name, want, kept)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.specs == nil {
		return nil
	}
	first, found := s.specs[name]
	if !found {
		s.specs[name] = spec
	} else if !equality.Semantic.DeepEqual(first, spec) {
		return fmt.Errorf("%s with another image: %v, and then %v", name, first, spec)
	}
	return nil
}

// remember makes further updates of an object an error if their results differ.
func (s *stream) remember() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.specs = map[string]any{}
}
