// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"encoding/json"
	"fmt"

	jsonpatch "github.com/evanphx/json-patch/v5"
	corev1 "k8s.io/api/core/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/apply"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A Stored object is one that an update changes.
type Stored struct {
	// JSON encodes the object as it is stored.
	JSON []byte
	// OllamaDeployment decodes JSON, of either kind.
	*v1alpha1.OllamaDeployment
	// object has the values of JSON.
	object map[string]any
}

// NewStored returns the stored object that a cluster has answered with. Values of the wrong type are unset, as
// admission has it.
func NewStored(data []byte) (*Stored, error) {
	d, _, err := validation.Decode(data)
	if err != nil {
		return nil, err
	}
	stored := &Stored{JSON: data, OllamaDeployment: d}
	if err := utiljson.Unmarshal(data, &stored.object); err != nil {
		return nil, fmt.Errorf("decoding the object: %w", err)
	}
	return stored, nil
}

// Store returns what a cluster has stored after the object of a file was applied: the object itself if it was read
// from a cluster, which shows by its UID, and otherwise the object with all defaults, valid or not, and with
// itself as the manifest of kubectl apply.
func (c *Checker) Store(o manifest.Object) (*Stored, error) {
	var head v1alpha1.OllamaDeployment
	if d, _, err := validation.Decode(o.JSON); err == nil {
		head = *d
	}
	if head.UID != "" {
		return NewStored(o.JSON)
	}
	data := o.JSON
	if head.Annotations[corev1.LastAppliedConfigAnnotation] == "" {
		var err error
		if data, err = apply.Annotated(data); err != nil {
			return nil, err
		}
	}
	read, _, err := c.schema.read(data)
	if err != nil {
		return nil, err
	}
	if data, err = json.Marshal(read); err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	d, _, err := validation.Decode(data)
	if err != nil {
		return nil, err
	}
	defaulted := d.DeepCopy()
	defaulted.Default()
	if data, err = withDefaults(data, d, defaulted); err != nil {
		return nil, err
	}
	return NewStored(data)
}

// CheckUpdate validates the object as the API server and the operator's admission would if kubectl apply changed the
// stored object to it, and returns all findings at once. Errors that the stored object has, too, in fields that
// stay the same, are warnings. The result has the object as it would be stored, with the stored status. If nothing
// is stored, it is that of Check.
func (c *Checker) CheckUpdate(o manifest.Object, stored *Stored) Result { return c.check(o, stored) }

// StoredJSON returns the object with its defaults, as JSON. All other values, such as quantities, stay as they are
// written, as they do in a cluster.
func (r Result) StoredJSON() ([]byte, error) { return withDefaults(r.JSON, r.Original, r.Defaulted) }

// withDefaults returns the JSON of an object with what the second object has beyond the first one.
func withDefaults(data []byte, original, defaulted *v1alpha1.OllamaDeployment) ([]byte, error) {
	before, err := json.Marshal(original)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	after, err := json.Marshal(defaulted)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	patch, err := jsonpatch.CreateMergePatch(before, after)
	if err != nil {
		return nil, fmt.Errorf("computing the defaults: %w", err)
	}
	stored, err := jsonpatch.MergePatch(data, patch)
	if err != nil {
		return nil, fmt.Errorf("applying the defaults: %w", err)
	}
	return stored, nil
}
