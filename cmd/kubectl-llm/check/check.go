package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
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
	// JSON is the object as the API server reads it, without nulls and status.
	JSON []byte
	// Given is that decoded, and Object has its defaults, all nil if a value is of the
	// wrong type.
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
	f.addDuplicates()
	if err := webhooks.CheckSize(o.JSON, nil); err != nil {
		f.addErrors(field.ErrorList{err})
		r.Findings = f.found
		return r
	}
	read, unknown, err := c.schema.read(o.JSON)
	if err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)})
		r.Findings = f.found
		return r
	}
	for _, path := range unknown {
		if !f.full() {
			c.addUnknown(&f, path)
		}
	}
	c.admit(&f, &r, read)
	Sort(f.found)
	r.Findings = f.found
	return r
}

// admit fills in the defaults and says what admission says of an object as the API
// server has read it.
func (c *Checker) admit(f *findings, r *Result, read map[string]any) {
	data, err := json.Marshal(read)
	if err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)})
		return
	}
	d, mistakes, err := webhooks.Decode(data)
	if err != nil {
		f.addErrors(field.ErrorList{field.Invalid(root, "object", err.Error())})
		return
	}
	if len(mistakes) == 0 {
		r.JSON, r.Given, r.Object = data, d.DeepCopy(), d
	} else if read, err = runtime.DefaultUnstructuredConverter.ToUnstructured(d); err != nil {
		f.addErrors(field.ErrorList{field.InternalError(root, err)}) // the schema is asked about what was meant
	}
	d.Default()
	named := Named(d)
	warnings, errs := webhooks.ValidateDecoded(named, nil, f.asWritten(mistakes), c.opts)
	f.addErrors(errs)
	f.addErrors(webhooks.NotAmong(errs, metaErrors(named.ObjectMeta)))
	f.addErrors(webhooks.NotAmong(errs, c.schema.errors(read)))
	for _, warning := range warnings {
		f.add(f.object.PositionOf(warning.Field), Warning, RuleWarning, warning.Field, warning.Message)
	}
}

// Named returns the object with a name such as the API server makes from
// metadata.generateName, after the defaults and before the rules; the object itself if
// it has a name, or nothing to make one from.
func Named(d *v1alpha1.OllamaDeployment) *v1alpha1.OllamaDeployment {
	if d.Name != "" || d.GenerateName == "" {
		return d
	}
	named := d.DeepCopy()
	named.Name = d.GenerateName[:min(len(d.GenerateName), maxGenerateName)] + "xxxxx"
	return named
}

// maxGenerateName is how much of generateName the API server keeps before the five
// characters that it adds.
//
// Source: k8s.io/apiserver, pkg/storage/names (MaxGeneratedNameLength).
const maxGenerateName = 58

// metaErrors are what Kubernetes says of the metadata of any object.
func metaErrors(meta metav1.ObjectMeta) field.ErrorList {
	if meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault // kubectl fills in its own
	}
	return apivalidation.ValidateObjectMeta(&meta, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

func (c *Checker) addUnknown(f *findings, path string) {
	message := "Unknown field"
	if best := c.schema.nearestField(path); best != "" {
		message += fmt.Sprintf("; did you mean %q?", best)
	}
	f.add(f.object.PositionOfKey(path), Error, RuleUnknownField, path, message)
}

// findings gathers what is found in one object.
type findings struct {
	object manifest.Object
	found  []Finding
}

// maxFindings bounds what is said of one object, and the work of finding the lines.
const maxFindings = 1000

func (f *findings) full() bool { return len(f.found) >= maxFindings }

// addDuplicates notes keys that stand twice. At the top of an object, where a whole
// spec would be lost, they are errors.
func (f *findings) addDuplicates() {
	for _, duplicate := range f.object.Duplicates(maxFindings / 2) {
		level := Warning
		if !strings.ContainsAny(duplicate.Path, ".[") {
			level = Error
		}
		f.add(duplicate.Position, level, RuleDuplicateKey, duplicate.Path, "stands here twice; the first one is lost")
	}
}

func (f *findings) addErrors(errs field.ErrorList) {
	for _, err := range errs {
		if f.full() {
			return
		}
		f.add(f.object.PositionOf(err.Field), Error, string(err.Type), err.Field, err.ErrorBody())
	}
}

func (f *findings) add(at manifest.Position, level Level, rule, path, message string) {
	f.found = append(f.found, Finding{
		File: f.object.File, Line: at.Line, Column: at.Column,
		Level: level, Rule: rule, Object: NameOf(f.object), ObjectAt: f.object.Position(), Path: path, Message: message,
	})
}

// asWritten quotes values as the file has them: YAML reads 1.10 as the number 1.1, and
// "on" as true.
func (f *findings) asWritten(errs field.ErrorList) field.ErrorList {
	for _, err := range errs {
		text, plain := f.object.PlainScalar(err.Field)
		if plain && strings.HasPrefix(err.Detail, webhooks.InQuotes) {
			err.BadValue, err.Detail = json.Number(text), webhooks.InQuotes+strconv.Quote(text)
		}
	}
	return errs
}
