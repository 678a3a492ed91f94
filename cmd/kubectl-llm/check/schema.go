// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A crdSchema is the schema of the embedded CRD.
type crdSchema struct {
	validator  schemavalidation.SchemaValidator
	root       *apiextensions.JSONSchemaProps
	structural *structuralschema.Structural
}

func newSchema() (*crdSchema, error) {
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(crd.OllamaDeployments, &definition); err != nil {
		return nil, fmt.Errorf("reading the CRD: %w", err)
	}
	var props apiextensions.JSONSchemaProps
	from := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(from, &props, nil); err != nil {
		return nil, fmt.Errorf("reading the CRD's schema: %w", err)
	}
	validator, _, err := schemavalidation.NewSchemaValidator(&props)
	if err != nil {
		return nil, fmt.Errorf("reading the CRD's schema: %w", err)
	}
	structural, err := structuralschema.NewStructural(&props)
	if err != nil {
		return nil, fmt.Errorf("reading the CRD's schema: %w", err)
	}
	return &crdSchema{validator: validator, root: &props, structural: structural}, nil
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

// validate returns the object's violations of the schema.
func (s *crdSchema) validate(object map[string]any) field.ErrorList {
	return schemavalidation.ValidateCustomResource(nil, object, s.validator)
}

// index matches the index of a list entry in a path.
var index = regexp.MustCompile(`\[[0-9]+\]`)

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
