// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateEnv validates the environment variables of a component.
func validateEnv(c v1alpha1.Component, path *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, env := range c.EnvVars() {
		at := path.Child("envVars").Index(i)
		setting, isSetting := c.Reserved.Settings[env.Name]
		switch {
		case env.Name == "":
			errs = append(errs, field.Required(at.Child("name"), "must be set"))
		case seen.Has(env.Name):
			errs = append(errs, field.Duplicate(at.Child("name"), env.Name))
		case slices.Contains(c.Reserved.Env, env.Name):
			errs = append(errs, field.Forbidden(at.Child("name"), env.Name+" is set by the operator"))
		case isSetting:
			errs = append(errs, field.Forbidden(at.Child("name"), env.Name+" is set by "+setting+"; use the field"))
		default:
			errs = append(errs, invalid(at.Child("name"), env.Name, validation.IsRelaxedEnvVarName(env.Name))...)
		}
		seen.Insert(env.Name)
		errs = append(errs, validateEnvSource(env, c, at.Child("valueFrom"))...)
	}
	return append(errs, validateEnvFrom(c.EnvFrom(), path.Child("envFrom"))...)
}

// validateEnvFrom validates the sources of environment variables.
func validateEnvFrom(sources []corev1.EnvFromSource, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, source := range sources {
		at := path.Index(i)
		if source.Prefix != "" {
			errs = append(errs, invalid(at.Child("prefix"), source.Prefix, validation.IsRelaxedEnvVarName(source.Prefix))...)
		}
		switch {
		case source.ConfigMapRef != nil && source.SecretRef != nil:
			errs = append(errs, field.Forbidden(at, "must have one source, not configMapRef and secretRef"))
		case source.ConfigMapRef != nil:
			errs = append(errs, validateReference(at.Child("configMapRef", "name"), source.ConfigMapRef.Name, "ConfigMap")...)
		case source.SecretRef != nil:
			errs = append(errs, validateReference(at.Child("secretRef", "name"), source.SecretRef.Name, "Secret")...)
		default:
			errs = append(errs, field.Required(at, "must have a source, configMapRef or secretRef"))
		}
	}
	return errs
}

func validateEnvSource(env corev1.EnvVar, c v1alpha1.Component, at *field.Path) field.ErrorList {
	from := env.ValueFrom
	if from == nil {
		return nil
	}
	if env.Value != "" {
		return field.ErrorList{field.Invalid(at, "", "must not be set together with value")}
	}
	if len(members(from)) == 0 {
		return field.ErrorList{field.Required(at, "must have a source, for example secretKeyRef")}
	}
	errs := atMostOne(from, at)
	if ref := from.SecretKeyRef; ref != nil {
		errs = append(errs, validateKeyRef(ref.Name, ref.Key, "Secret", at.Child("secretKeyRef"))...)
	}
	if ref := from.ConfigMapKeyRef; ref != nil {
		errs = append(errs, validateKeyRef(ref.Name, ref.Key, "ConfigMap", at.Child("configMapKeyRef"))...)
	}
	if ref := from.FieldRef; ref != nil {
		errs = append(errs, validateFieldRef(ref, envFields, at.Child("fieldRef"))...)
	}
	if ref := from.ResourceFieldRef; ref != nil {
		errs = append(errs, validateResourceRef(ref, at.Child("resourceFieldRef"))...)
	}
	if ref := from.FileKeyRef; ref != nil {
		errs = append(errs, validateFileKeyRef(ref, c, at.Child("fileKeyRef"))...)
	}
	return errs
}

// validateKeyRef validates a reference to a key of a Secret or ConfigMap.
func validateKeyRef(name, key, kind string, at *field.Path) field.ErrorList {
	errs := validateReference(at.Child("name"), name, kind)
	if key == "" {
		return append(errs, field.Required(at.Child("key"), "must be set to a key of the "+kind))
	}
	return append(errs, invalid(at.Child("key"), key, validation.IsConfigMapKey(key))...)
}

// notOfOperator rejects the names of Secrets that the operator creates for Open WebUI and Tabby. They have keys
// of their own, and are created by these names.
func notOfOperator(d *v1alpha1.OllamaDeployment, name string, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, other := range []v1alpha1.ComponentName{v1alpha1.ComponentOpenWebUI, v1alpha1.ComponentTabby} {
		if d.Name != "" && name == v1alpha1.ChildName(d.Name, other) {
			errs = append(errs, field.Forbidden(at, fmt.Sprintf("%q is the name of the Secret that the operator creates for %s; use another", name, other)))
		}
	}
	return errs
}

// validateReference validates the name of an object of the kind.
func validateReference(at *field.Path, name, kind string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(at, "must be set to the name of a "+kind)}
	}
	return invalid(at, name, validation.IsDNS1123Subdomain(name))
}

// Fields of a pod that its containers can read, as variables and as files, in addition to single
// labels and annotations.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
var (
	envFields = []string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	}
	fileFields = []string{"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"}
)

// validateFieldRef validates a reference to a field of the pod: one of the allowed ones, or a single
// label or annotation.
func validateFieldRef(ref *corev1.ObjectFieldSelector, allowed []string, at *field.Path) field.ErrorList {
	if ref.APIVersion != "" && ref.APIVersion != "v1" {
		return field.ErrorList{notSupported(at.Child("apiVersion"), ref.APIVersion, []string{"v1"})}
	}
	at = at.Child("fieldPath")
	if ref.FieldPath == "" {
		return field.ErrorList{field.Required(at, "must be set to a field of the pod, for example metadata.name")}
	}
	for _, labels := range []string{"metadata.labels", "metadata.annotations"} {
		if rest, found := strings.CutPrefix(ref.FieldPath, labels+"['"); found && strings.HasSuffix(rest, "']") {
			key := strings.TrimSuffix(rest, "']")
			if labels == "metadata.annotations" {
				key = strings.ToLower(key)
			}
			return invalid(at, ref.FieldPath, validation.IsQualifiedName(key))
		}
	}
	// The API server accepts spec.host as an alias of spec.nodeName.
	if ref.FieldPath == "spec.host" && slices.Contains(allowed, "spec.nodeName") || slices.Contains(allowed, ref.FieldPath) {
		return nil
	}
	return field.ErrorList{notSupported(at, ref.FieldPath, append(slices.Clone(allowed), "metadata.labels['<key>']", "metadata.annotations['<key>']"))}
}

// resourceFields lists the resources of a container that it can read, in addition to
// hugepages-<size>.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
var resourceFields = []string{
	"limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
}

// Units of resources that a container can read.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go.
var (
	cpuDivisors  = []string{"1m", "1"}
	byteDivisors = []string{"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"}
)

func validateResourceRef(ref *corev1.ResourceFieldSelector, at *field.Path) field.ErrorList {
	if ref.Resource == "" {
		return field.ErrorList{field.Required(at.Child("resource"), "must be set to a resource of the container, for example limits.memory")}
	}
	var errs field.ErrorList
	huge := strings.HasPrefix(ref.Resource, "limits."+corev1.ResourceHugePagesPrefix) || strings.HasPrefix(ref.Resource, "requests."+corev1.ResourceHugePagesPrefix)
	if !huge && !slices.Contains(resourceFields, ref.Resource) {
		errs = append(errs, notSupported(at.Child("resource"), ref.Resource, resourceFields))
	}
	divisors := byteDivisors
	if strings.HasSuffix(ref.Resource, ".cpu") {
		divisors = cpuDivisors
	}
	if divisor := ref.Divisor; len(errs) == 0 && divisor.Cmp(resource.Quantity{}) != 0 && !slices.Contains(divisors, divisor.String()) {
		errs = append(errs, notSupported(at.Child("divisor"), divisor.String(), divisors))
	}
	return errs
}

// validateFileKeyRef validates a reference to a variable in a file, which must be in an emptyDir of
// the pod.
func validateFileKeyRef(ref *corev1.FileKeySelector, c v1alpha1.Component, at *field.Path) field.ErrorList {
	errs := requiredFields(ref, at)
	if ref.Key != "" {
		errs = append(errs, invalid(at.Child("key"), ref.Key, validation.IsRelaxedEnvVarName(ref.Key))...)
	}
	if ref.Path != "" && hasBackstep(ref.Path) {
		errs = append(errs, field.Invalid(at.Child("path"), ref.Path, noBackstep))
	}
	if ref.VolumeName == "" {
		return errs
	}
	var emptyDirs []string
	for _, volume := range c.Volumes() {
		if set := members(&volume.VolumeSource); len(set) == 0 || volume.EmptyDir != nil {
			emptyDirs = append(emptyDirs, volume.Name)
		}
	}
	if !slices.Contains(emptyDirs, ref.VolumeName) {
		err := field.NotFound(at.Child("volumeName"), ref.VolumeName)
		err.Detail = "must name an emptyDir of " + string(c.Name) + ".volumes" + didYouMean(Nearest(ref.VolumeName, emptyDirs))
		errs = append(errs, err)
	}
	return errs
}

// invalid returns an error about the value for each message.
func invalid(at *field.Path, value any, messages []string) field.ErrorList {
	errs := make(field.ErrorList, 0, len(messages))
	for _, message := range messages {
		errs = append(errs, field.Invalid(at, value, message))
	}
	return errs
}
