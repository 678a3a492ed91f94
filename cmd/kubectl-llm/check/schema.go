// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/cel/common"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A crdSchema is the schema of a CRD.
type crdSchema struct {
	root       *apiextensions.JSONSchemaProps
	structural *structuralschema.Structural
	// validator and shape are made when they are needed, which takes a while.
	validator func() schemavalidation.SchemaValidator
	shape     func() *shape
}

// newSchema returns the schema of the only version of a CRD.
func newSchema(text []byte) (*crdSchema, error) {
	var definition apiextensionsv1.CustomResourceDefinition
	unmarshal := json.Unmarshal
	if !bytes.HasPrefix(text, []byte("{")) {
		unmarshal = func(data []byte, into any) error { return yaml.Unmarshal(data, into) }
	}
	if err := unmarshal(text, &definition); err != nil {
		return nil, fmt.Errorf("reading the CRD: %w", err)
	}
	var props apiextensions.JSONSchemaProps
	from := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(from, &props, nil); err != nil {
		return nil, fmt.Errorf("reading the CRD's schema: %w", err)
	}
	structural, err := structuralschema.NewStructural(&props)
	if err != nil {
		return nil, fmt.Errorf("reading the CRD's schema: %w", err)
	}
	validator := func() schemavalidation.SchemaValidator {
		v, _, err := schemavalidation.NewSchemaValidator(&props)
		utilruntime.Must(err) // a structural schema can be converted
		return v
	}
	return &crdSchema{
		root: &props, structural: structural,
		validator: sync.OnceValue(validator), shape: sync.OnceValue(func() *shape { return newShape(&props) }),
	}, nil
}

// Structural returns the schema of an OllamaDeployment in the embedded CRD.
func Structural() (*structuralschema.Structural, error) {
	s, err := newSchema(crd.OllamaDeploymentsJSON)
	if err != nil {
		return nil, err
	}
	return s.structural, nil
}

// read decodes an object as the API server does before it calls webhooks: it prunes
// unknown fields and returns their paths, removes nulls, and applies the schema's defaults.
// It also removes what a create ignores: the status and the deletion timestamp.
//
// Source: k8s.io/apiextensions-apiserver, pkg/apiserver/customresource_handler.go
// (unstructuredSchemaCoercer, unstructuredDefaulter); k8s.io/apiserver,
// pkg/registry/rest/create.go (BeforeCreate).
func (s *crdSchema) read(data []byte) (object map[string]any, unknown []string, err error) {
	if err := utiljson.Unmarshal(data, &object); err != nil {
		return nil, nil, err
	}
	options := objectmeta.ObjectMetaOptions{DropMalformedFields: true, ReturnUnknownFieldPaths: true}
	if _, _, paths, err := objectmeta.GetObjectMetaWithOptions(object, options); err == nil { // fails for anything but an object
		unknown = paths
	}
	track := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(object, s.structural, true, track)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, s.structural)
	defaulting.Default(object, s.structural)
	delete(object, "status")
	unstructured.RemoveNestedField(object, "metadata", "deletionTimestamp")
	unstructured.RemoveNestedField(object, "metadata", "deletionGracePeriodSeconds")
	return object, unknown, nil
}

// validate returns the object's violations of the schema. Those of a stored object, in values that stay the same, are
// not returned, as the API server has it.
func (s *crdSchema) validate(object map[string]any, stored *Stored) field.ErrorList {
	if s.shape().fits(object) {
		return nil
	}
	if stored == nil {
		return schemavalidation.ValidateCustomResource(nil, object, s.validator())
	}
	return schemavalidation.ValidateCustomResourceUpdate(nil, object, stored.object, s.validator(), schemavalidation.WithRatcheting(nil))
}

// index matches the index of a list entry in a path.
var index = regexp.MustCompile(`\[[0-9]+\]`)

// validateUpdate returns the violations of the schema for which the API server refuses an update of the stored
// object that changes some fields, but not those with a violation. The API server tolerates a violation of a
// value that an update does not change; an object, which lacks a required field for example, changes with any
// of its fields. The entries of lists do not change.
//
// Source: k8s.io/apiextensions-apiserver, pkg/apiserver/validation/ratcheting.go.
func (s *crdSchema) validateUpdate(stored map[string]any) field.ErrorList {
	correlation := common.NewCorrelatedObject(stored, marked(stored), &model.Structural{Structural: s.structural})
	return schemavalidation.ValidateCustomResourceUpdate(nil, stored, marked(stored), s.validator(), schemavalidation.WithRatcheting(correlation))
}

// mark is a key that no object has.
const mark = "\x00"

// marked returns a copy of the object that differs from it in each object outside of lists. It is not deep.
func marked(object map[string]any) map[string]any {
	out := make(map[string]any, len(object)+1)
	for name, value := range object {
		if child, ok := value.(map[string]any); ok {
			value = marked(child)
		}
		out[name] = value
	}
	out[mark] = true
	return out
}

// suggestField returns the name of the field that was probably meant by the unknown one
// at the path, or an empty string.
func (s *crdSchema) suggestField(path string) string {
	names := strings.Split(index.ReplaceAllString(path, ".[]"), ".")
	props := s.root
	for _, name := range names[:len(names)-1] {
		if props = childSchema(props, name); props == nil {
			return ""
		}
	}
	return validation.Nearest(names[len(names)-1], slices.Sorted(maps.Keys(props.Properties)))
}

func childSchema(props *apiextensions.JSONSchemaProps, name string) *apiextensions.JSONSchemaProps {
	if name == "[]" {
		if props.Items == nil {
			return nil
		}
		return props.Items.Schema
	}
	next, found := props.Properties[name]
	if !found {
		return nil
	}
	return &next
}
