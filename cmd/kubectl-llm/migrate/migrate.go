// Package migrate rewrites older spellings in manifests. It changes the text where they
// stand and nothing else, so that comments, order and layout stay.
package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// File is the text of the file in today's spellings. It fails, and names every object
// that it is about, if one cannot be read, says two things in two spellings, or is
// written in a way that would not mean the same afterwards.
func File(file manifest.File) ([]byte, error) {
	objects, unreadable := manifest.Parse(file)
	var errs []error
	for _, err := range unreadable {
		errs = append(errs, err)
	}
	var edits []edit
	for _, o := range objects {
		if !check.IsOurs(o) {
			continue
		}
		found, err := editsOf(o)
		if err != nil {
			errs = append(errs, problem(o, err))
		}
		edits = append(edits, found...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	out := apply(file.Data, edits)
	if bytes.Count(out, []byte("#")) != bytes.Count(file.Data, []byte("#")) {
		return nil, fmt.Errorf("%s: %w", file.Name, errByHand) // a comment would be lost
	}
	return out, verify(objects, manifest.File{Name: file.Name, Data: out})
}

func problem(o manifest.Object, err error) error {
	at := o.PositionOf("kind")
	return fmt.Errorf("%s:%d:%d: %s: %w", o.File, at.Line, at.Column, check.NameOf(o), err)
}

// editsOf are the changes that bring the object to today's spellings.
func editsOf(o manifest.Object) ([]edit, error) {
	d, err := decode(o)
	if err != nil {
		return nil, err
	}
	s := newSource(o)
	var edits []edit
	if o.Kind == v1alpha1.KindAlias {
		edits = append(edits, s.rename(value(o.Node(), "kind"), v1alpha1.KindAlias, v1alpha1.Kind))
	}
	d.Default()
	spellings := d.Spec.OlderSpellings()
	for _, older := range spellings {
		if older.Value != nil && older.Value != older.Replaced {
			return nil, fmt.Errorf("%s says %#v and %s says %#v; remove one of them", older.Path, older.Value, older.Replacement, older.Replaced)
		}
	}
	for _, component := range v1alpha1.Components() {
		node := value(value(o.Node(), "spec"), string(component))
		for _, group := range []string{"service", "ingress"} {
			edits = append(edits, s.nest(node, group, flatNames(spellings, component, group))...)
		}
	}
	return edits, nil
}

// flatNames are the flat fields of a component that are set and belong into the group,
// with the names that they have there.
func flatNames(all []v1alpha1.OlderSpelling, component v1alpha1.Component, group string) map[string]string {
	names := map[string]string{}
	prefix := "spec." + string(component) + "."
	for _, older := range all {
		flat, ours := strings.CutPrefix(older.Path, prefix)
		member, inGroup := strings.CutPrefix(older.Replacement, prefix+group+".")
		if ours && inGroup && older.Value != nil {
			names[flat] = member
		}
	}
	return names
}

func decode(o manifest.Object) (*v1alpha1.OllamaDeployment, error) {
	d := &v1alpha1.OllamaDeployment{}
	if err := yaml.Unmarshal(o.JSON, d); err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return d, nil
}

// verify fails unless every object means the same in the new text, in today's
// spellings.
func verify(before []manifest.Object, file manifest.File) error {
	after, unreadable := manifest.Parse(file)
	if len(unreadable) > 0 || len(after) != len(before) {
		return fmt.Errorf("%s: %w", file.Name, errByHand)
	}
	var errs []error
	for i, o := range before {
		if !check.IsOurs(o) {
			if !bytes.Equal(o.JSON, after[i].JSON) {
				errs = append(errs, problem(o, errByHand))
			}
			continue
		}
		was, err := decode(o)
		is, errAfter := decode(after[i])
		if err != nil || errAfter != nil || after[i].Kind != v1alpha1.Kind || !same(was, is) {
			errs = append(errs, problem(o, errByHand))
		}
	}
	return errors.Join(errs...)
}

// errByHand is about YAML that is not changed in place: anchors, merged mappings and
// values of several lines.
var errByHand = errors.New("is written in a way that cannot be changed in place; rewrite its older spellings by hand")

// same tells whether the new object says what the old one does, without older spellings.
func same(was, is *v1alpha1.OllamaDeployment) bool {
	if slices.ContainsFunc(is.Spec.OlderSpellings(), func(o v1alpha1.OlderSpelling) bool { return o.Value != nil }) {
		return false
	}
	was.Default()
	is.Default()
	was.Spec.DropOlderSpellings()
	return equality.Semantic.DeepEqual(was.ObjectMeta, is.ObjectMeta) && equality.Semantic.DeepEqual(was.Spec, is.Spec)
}
