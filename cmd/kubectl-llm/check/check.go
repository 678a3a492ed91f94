package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/webhooks"
)

// root is the path of an object as a whole.
var root = field.NewPath("")

// A Checker checks objects. It may be used by several goroutines.
type Checker struct {
	opts   webhooks.Options
	schema *crdSchema
}

// New makes a Checker for an installation with the options.
func New(opts webhooks.Options) (*Checker, error) {
	s, err := newSchema()
	if err != nil {
		return nil, err
	}
	return &Checker{opts: opts, schema: s}, nil
}

// A Result is what is known of an object.
type Result struct {
	// Ours tells whether the object is one that the operator admits, or was probably
	// meant to be. Others are passed over.
	Ours bool
	// Given is the object as it was given, and Object with its defaults, both nil if it
	// cannot be decoded.
	Given, Object *v1alpha1.OllamaDeployment
	// Findings are in the order of their lines.
	Findings []Finding
}

// Refused tells whether the API server would refuse the object.
func (r Result) Refused() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Level == Error })
}

// Check says what the API server and the operator's admission would say of the object
// if it were created, all at once.
func (c *Checker) Check(o manifest.Object) Result {
	if !IsOurs(o) {
		if wrong := misnamed(o); wrong != nil {
			return Result{Ours: true, Findings: []Finding{*wrong}}
		}
		return Result{}
	}
	r := Result{Ours: true}
	f := findings{object: o}
	for _, duplicate := range o.Duplicates() {
		f.add(duplicate.Position, Warning, RuleDuplicateKey, duplicate.Path, "stands here twice; the first one is lost")
	}
	d := &v1alpha1.OllamaDeployment{}
	unknown, err := kjson.UnmarshalStrict(o.JSON, d)
	for _, one := range unknown {
		c.addUnknown(&f, one)
	}
	if err != nil {
		f.addErrors(c.schemaErrors(o.JSON, err))
	} else {
		// Of an object that was read while it was being deleted. The API server clears it
		// on creation; source: k8s.io/apiserver, rest.WipeObjectMetaSystemFields.
		d.DeletionTimestamp = nil
		r.Given, r.Object = d.DeepCopy(), d
		c.admit(&f, d)
	}
	Sort(f.found)
	r.Findings = f.found
	return r
}

// admit fills in the defaults and says what admission says.
func (c *Checker) admit(f *findings, d *v1alpha1.OllamaDeployment) {
	d.Default()
	warnings, errs := webhooks.Validate(d, nil, c.opts)
	f.addErrors(errs)
	f.addErrors(notAmong(errs, metaErrors(d.ObjectMeta)))
	f.addErrors(notAmong(errs, c.schemaErrors(f.object.JSON, nil)))
	for _, warning := range warnings {
		f.add(f.object.PositionOf(warning.Field), Warning, RuleWarning, warning.Field, warning.Message)
	}
}

// schemaErrors are what the schema says of an object. Where it says nothing of one
// that could not be decoded, the decoder has the word.
func (c *Checker) schemaErrors(data []byte, decoding error) field.ErrorList {
	var object map[string]any
	if err := json.Unmarshal(data, &object); err != nil {
		return field.ErrorList{field.InternalError(root, err)}
	}
	errs := c.schema.errors(object)
	if len(errs) == 0 && decoding != nil {
		errs = append(errs, field.Invalid(root, "object", decoding.Error()))
	}
	return errs
}

// metaErrors are what Kubernetes says of the metadata of any object.
func metaErrors(meta metav1.ObjectMeta) field.ErrorList {
	if meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault // kubectl fills in its own
	}
	return apivalidation.ValidateObjectMeta(&meta, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

// notAmong are the errors about other fields than the known ones, and than those above
// and below them. What our rules say of a field is clearer than what the schema does.
func notAmong(known, errs field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		return slices.ContainsFunc(known, func(k *field.Error) bool {
			return k.Field == err.Field || isBelow(err.Field, k.Field) || isBelow(k.Field, err.Field)
		})
	})
}

func isBelow(path, above string) bool {
	rest, found := strings.CutPrefix(path, above)
	return found && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

func (c *Checker) addUnknown(f *findings, err error) {
	var at kjson.FieldError
	path, message := "", err.Error()
	if errors.As(err, &at) {
		path, message = at.FieldPath(), "Unknown field"
		if best := c.schema.nearestField(path); best != "" {
			message += fmt.Sprintf("; did you mean %q?", best)
		}
	}
	f.add(f.object.PositionOfKey(path), Error, RuleUnknownField, path, message)
}

// findings gathers what is found in one object.
type findings struct {
	object manifest.Object
	found  []Finding
}

func (f *findings) addErrors(errs field.ErrorList) {
	for _, err := range errs {
		f.add(f.object.PositionOf(err.Field), Error, string(err.Type), err.Field, err.ErrorBody())
	}
}

func (f *findings) add(at manifest.Position, level Level, rule, path, message string) {
	f.found = append(f.found, Finding{
		File: f.object.File, Line: at.Line, Column: at.Column,
		Level: level, Rule: rule, Object: NameOf(f.object), Path: terminal.Plain(path), Message: terminal.Plain(message),
	})
}
