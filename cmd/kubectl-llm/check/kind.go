package check

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks"
)

// IsOurs tells whether the object is one that the operator admits.
func IsOurs(o manifest.Object) bool {
	return o.APIVersion == v1alpha1.GroupVersion.String() && isOurKind(o.Kind)
}

func isOurKind(kind string) bool { return kind == v1alpha1.Kind || kind == v1alpha1.KindAlias }

// misnamed is the finding about an object that is probably meant to be ours, and that
// no cluster would know: it has our group and no kind of it, or our kind and nearly
// our group. It is nil for objects of others.
func misnamed(o manifest.Object) *Finding {
	group := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind).Group
	want := v1alpha1.GroupVersion
	switch {
	case group == want.Group && o.APIVersion != want.String():
		return finding(o, "apiVersion", fmt.Sprintf("Unsupported value: %q: did you mean %q?", o.APIVersion, want))
	case group == want.Group:
		return finding(o, "kind", fmt.Sprintf("Unsupported value: %q: did you mean %q?", o.Kind, v1alpha1.Kind))
	case o.Kind == v1alpha1.Kind && group == "", isOurKind(o.Kind) && webhooks.Nearest(group, []string{want.Group}) != "":
		return finding(o, "apiVersion", fmt.Sprintf("Unsupported value: %q: did you mean %q?", o.APIVersion, want))
	case o.Twice("kind", v1alpha1.Kind), o.Twice("apiVersion", want.String()):
		wrong := finding(o, "kind", fmt.Sprintf("an OllamaDeployment that is a %s as well: kind or apiVersion stands here twice; the first one is lost", o.Kind))
		wrong.Rule, wrong.Path = RuleDuplicateKey, ""
		return wrong
	default:
		return nil
	}
}

func finding(o manifest.Object, path, message string) *Finding {
	at := o.PositionOf(path)
	return &Finding{
		File: o.File, Line: at.Line, Column: at.Column,
		Level: Error, Rule: RuleUnknownKind, Object: NameOf(o), ObjectAt: o.Position(), Path: path, Message: message,
	}
}
