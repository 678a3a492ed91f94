// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package why explains where the values of a stored OllamaDeployment come from.
package why

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A Source says where a value comes from.
type Source string

// Sources of values.
const (
	// SourceUser means that the managers sent the value.
	SourceUser Source = "user"
	// SourceDefault means that it is a default that depends on no other field.
	SourceDefault Source = "default"
	// SourceDerived means that it is derived from other fields, which it follows.
	SourceDerived Source = "derived"
	// SourceDeprecated means that it is copied between a deprecated field and its replacement.
	SourceDeprecated Source = "deprecated"
	// SourceUnknown means that no manager is recorded and that it is not what this version would set:
	// a client has sent a value that was stored already, an earlier version has derived it, or another
	// webhook has set it.
	SourceUnknown Source = "unknown"
	// SourceUnset means that the field has no value.
	SourceUnset Source = "unset"
)

// A Field explains the value of one field.
type Field struct {
	// Path of the field, as in errors of admission: "spec.ollama.resources.requests[memory]".
	Path string `json:"path"`
	// Value of the field as it is stored; nil if it is unset.
	Value any `json:"value,omitempty"`
	// Source of the value.
	Source Source `json:"source"`
	// Uncertain reports that the managers may have set the value, too: with SourceDefault, because the
	// API server records the defaults of its schema as theirs; with SourceUser, because the value may
	// also have been copied from the field in From, which others have set later.
	Uncertain bool `json:"uncertain,omitempty"`
	// Managers that are recorded for the field, in the order of the object's managed fields.
	Managers []Manager `json:"managers,omitempty"`
	// From has the paths of the fields that the value is derived or copied from, and Rule says how.
	From []string `json:"from,omitempty"`
	Rule string   `json:"rule,omitempty"`
	// IfRemoved says what happens if all managers remove the field; nil if it is unset.
	IfRemoved *Removal `json:"ifRemoved,omitempty"`
}

// A Manager is a client that is recorded for a field.
type Manager struct {
	// Name of the field manager.
	Name string `json:"name"`
	// Operation is Apply for server-side apply, and otherwise Update.
	Operation metav1.ManagedFieldsOperationType `json:"operation"`
	// Subresource that the client has changed, such as scale; empty for the object itself.
	Subresource string `json:"subresource,omitempty"`
	// Time of the last change by this client to any field.
	Time *metav1.Time `json:"time,omitempty"`
	// LastApplied reports that the value is not recorded for the manager, because it was stored
	// already, but in the manifest that kubectl apply has saved in an annotation.
	LastApplied bool `json:"lastApplied,omitempty"`
}

// Results of removing a field.
const (
	// ResultValue means that the field gets a value, which may be the same.
	ResultValue = "value"
	// ResultUnset means that the field or the list entry is gone.
	ResultUnset = "unset"
	// ResultRefused means that admission refuses the update.
	ResultRefused = "refused"
)

// A Removal says what an object would be without the value of a field.
type Removal struct {
	// Result is one of ResultValue, ResultUnset and ResultRefused.
	Result string `json:"result"`
	// Value that the field would have.
	Value any `json:"value,omitempty"`
	// Errors with which admission would refuse the removal.
	Errors []string `json:"errors,omitempty"`
	// Changes of other fields that follow.
	Changes []Change `json:"changes,omitempty"`
}

// A Change is the change of a field that follows the removal of another one.
type Change struct {
	// Path of the field that changes.
	Path string `json:"path"`
	// Value that it gets; nil if it becomes unset.
	Value any `json:"value,omitempty"`
}

// An Explainer explains the values of a stored object. It has no side effects.
type Explainer struct {
	stored *v1alpha1.OllamaDeployment
	schema *structuralschema.Structural
	// object has the stored values as they are written, and written those in the manifest of kubectl apply;
	// nil if that is not known.
	object, written map[string]any
	// updated has the values that any update would store: defaults of a newer version may be missing.
	updated map[string]any
	managed []managedSet
	// defaults and deprecated have the default of a field, and the other field of a deprecated one and its
	// replacement, by the paths of the API, which spell no brackets.
	defaults   map[string]v1alpha1.FieldDefault
	deprecated map[string]string
}

// New returns an Explainer of the stored object in the JSON, of either kind, which has the schema.
func New(stored []byte, schema *structuralschema.Structural) (*Explainer, error) {
	d, _, err := validation.Decode(stored)
	if err != nil {
		return nil, err
	}
	return newExplainer(d, stored, d.LastApplied(), schema)
}

// NewWritten returns an Explainer of an object that has been written to a file and would be stored with
// defaults. It knows no managers: what is written has the source SourceUser.
func NewWritten(written, stored []byte, schema *structuralschema.Structural) (*Explainer, error) {
	d, _, err := validation.Decode(stored)
	if err != nil {
		return nil, err
	}
	d.ManagedFields = nil
	d.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: string(written)}
	return newExplainer(d, stored, written, schema)
}

func newExplainer(d *v1alpha1.OllamaDeployment, stored, written []byte, schema *structuralschema.Structural) (*Explainer, error) {
	e := &Explainer{
		stored: d, schema: schema, managed: managedSets(d.ManagedFields),
		defaults: map[string]v1alpha1.FieldDefault{}, deprecated: pairs(d),
	}
	if err := utiljson.Unmarshal(stored, &e.object); err != nil {
		return nil, fmt.Errorf("decoding the object: %w", err)
	}
	var err error
	updated := d.DeepCopy()
	updated.DefaultUpdate(d)
	if e.updated, err = toJSON(updated); err != nil {
		return nil, err
	}
	_ = utiljson.Unmarshal(written, &e.written) // any client can write what is no JSON into the annotation
	for _, row := range d.FieldDefaults() {
		e.defaults[row.Path] = row
	}
	return e, nil
}

// Explain returns the explanations of the field and those below it, or of all fields that are set if the
// field is empty, in the order of kubectl get -o yaml. It fails if the object has no such field.
func (e *Explainer) Explain(field string) ([]Field, error) {
	at, err := e.find(field)
	if err != nil {
		return nil, err
	}
	leaves := at.leaves()
	out := make([]Field, 0, len(leaves))
	for _, leaf := range leaves {
		explained, err := e.explain(leaf)
		if err != nil {
			return nil, err
		}
		out = append(out, explained)
	}
	return out, nil
}

// Paths returns the paths of all fields that are set.
func (e *Explainer) Paths() []string {
	at, err := e.find("")
	if err != nil {
		return nil
	}
	leaves := at.leaves()
	out := make([]string, 0, len(leaves))
	for _, leaf := range leaves {
		out = append(out, leaf.path)
	}
	return out
}

func (e *Explainer) explain(at location) (Field, error) {
	f := Field{Path: at.path, Value: at.value}
	e.attribute(&f, at)
	if at.value == nil {
		return f, nil
	}
	var err error
	f.IfRemoved, err = e.remove(at, f.Managers)
	return f, err
}

// toJSON returns the object as the values of its JSON.
func toJSON(d *v1alpha1.OllamaDeployment) (map[string]any, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	var out map[string]any
	if err := utiljson.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("decoding the object: %w", err)
	}
	return out, nil
}
