// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"encoding/json"
	"fmt"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// maxApplied is how many children of a kind an appliedCache remembers: those whose status changes while hundreds of
// objects become ready at a time.
const maxApplied = 500

// An appliedCache remembers what is applied of children. To find it out, the managed fields have to be compared with the
// schema, which took a fifth of the operator's CPU time while objects became ready: the status of a Deployment changes
// several times then, and what is applied does not.
type appliedCache struct{ entries *lru.Cache }

// An appliedEntry has the labels that say what is applied of a child while it has the state.
type appliedEntry struct {
	state  string
	labels map[string]string
}

func newAppliedCache() *appliedCache { return &appliedCache{lru.New(maxApplied)} }

// of returns what find does for a live child, which must not be changed, and remembers it until the state of the child
// changes.
func (c *appliedCache) of(live client.Object, find func() (map[string]string, error)) (map[string]string, error) {
	state, err := appliedState(live)
	if err != nil || state == "" {
		return find()
	}
	if known, found := c.entries.Get(live.GetUID()); found {
		if entry, ok := known.(appliedEntry); ok && entry.state == state {
			return entry.labels, nil
		}
	}
	labels, err := find()
	if err == nil {
		c.entries.Add(live.GetUID(), appliedEntry{state, labels})
	}
	return labels, err
}

// revisionAnnotation is the annotation that Kubernetes adds to each Deployment, after the operator has applied it.
const revisionAnnotation = "deployment.kubernetes.io/revision"

// appliedState returns a hash of all of a live child that can change what is applied of it, "" if it cannot be told: of
// a kind without generations, or of an object that was not stored. The generation stands for the spec. A resource version
// stands for nothing: when labels no longer match the selector of a watch, the event has the object as it was before, with
// the new version.
func appliedState(live client.Object) (string, error) {
	if live.GetGeneration() == 0 || live.GetUID() == "" {
		return "", nil
	}
	var ours []metav1.ManagedFieldsEntry
	var fields []byte // apart, because encoding them, some kB, takes longer than all else
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != v1alpha1.ManagedBy {
			continue
		}
		if entry.FieldsV1 != nil {
			fields = append(fields, entry.FieldsV1.GetRawBytes()...)
			entry.FieldsV1 = nil
		}
		ours = append(ours, entry)
	}
	annotations := maps.Clone(live.GetAnnotations())
	delete(annotations, revisionAnnotation)
	data, err := json.Marshal([]any{
		live.GetGeneration(), ours, live.GetLabels(), annotations, live.GetOwnerReferences(), live.GetFinalizers(),
	})
	if err != nil {
		return "", fmt.Errorf("encoding the state of %s: %w", live.GetName(), err)
	}
	data = append(data, fields...)
	return render.FingerprintOf(data), nil
}
