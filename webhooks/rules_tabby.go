package webhooks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func ruleTabbyEnv(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	if d.Spec.Tabby == nil {
		return nil
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, env := range d.Spec.Tabby.EnvVars {
		at := spec.Child("tabby", "envVars").Index(i)
		switch {
		case env.Name == "":
			errs = append(errs, field.Required(at.Child("name"), "must be set"))
		case seen.Has(env.Name):
			errs = append(errs, field.Duplicate(at.Child("name"), env.Name))
		case slices.Contains(v1alpha1.TabbyOwnedEnv(), env.Name):
			errs = append(errs, field.Forbidden(at.Child("name"), env.Name+" is set by the operator"))
		default:
			for _, message := range validation.IsEnvVarName(env.Name) {
				errs = append(errs, field.Invalid(at.Child("name"), env.Name, message))
			}
		}
		seen.Insert(env.Name)
		errs = append(errs, validateEnvSource(env, at.Child("valueFrom"))...)
	}
	return errs
}

func validateEnvSource(env corev1.EnvVar, at *field.Path) field.ErrorList {
	from := env.ValueFrom
	if from == nil {
		return nil
	}
	if env.Value != "" {
		return field.ErrorList{field.Invalid(at, "", "must not be set beside value")}
	}
	if len(members(from)) == 0 {
		return field.ErrorList{field.Required(at, "must have a source, for example secretKeyRef")}
	}
	return atMostOne(from, at)
}

func ruleTabbyVolumes(d *v1alpha1.OllamaDeployment, spec *field.Path, opts Options) field.ErrorList {
	if d.Spec.Tabby == nil {
		return nil
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, volume := range d.Spec.Tabby.Volumes {
		at := spec.Child("tabby", "volumes").Index(i)
		switch {
		case seen.Has(volume.Name):
			errs = append(errs, field.Duplicate(at.Child("name"), volume.Name))
		case slices.Contains(v1alpha1.TabbyOwnedVolumes(), volume.Name):
			errs = append(errs, field.Forbidden(at.Child("name"), volume.Name+" is a volume of the operator"))
		default:
			for _, message := range validation.IsDNS1123Label(volume.Name) {
				errs = append(errs, field.Invalid(at.Child("name"), volume.Name, message))
			}
		}
		seen.Insert(volume.Name)
		if volume.HostPath != nil && !opts.AllowHostPath {
			errs = append(errs, field.Forbidden(at.Child("hostPath"),
				"folders of the node are not mounted; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path"))
		}
		errs = append(errs, atMostOne(&volume.VolumeSource, at)...)
	}
	return errs
}

func ruleTabbyMounts(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	if d.Spec.Tabby == nil {
		return nil
	}
	var volumes []string
	for _, volume := range d.Spec.Tabby.Volumes {
		volumes = append(volumes, volume.Name)
	}
	var errs field.ErrorList
	seen := sets.New[string]()
	for i, mount := range d.Spec.Tabby.VolumeMounts {
		at := spec.Child("tabby", "volumeMounts").Index(i)
		if !slices.Contains(volumes, mount.Name) {
			err := field.NotFound(at.Child("name"), mount.Name)
			err.Detail = "must name one of tabby.volumes" + didYouMean(Nearest(mount.Name, volumes))
			errs = append(errs, err)
		}
		clean := path.Clean(mount.MountPath)
		switch {
		case seen.Has(clean):
			errs = append(errs, field.Duplicate(at.Child("mountPath"), mount.MountPath))
		default:
			errs = append(errs, validateMountPath(mount.MountPath, at.Child("mountPath"))...)
		}
		seen.Insert(clean)
		errs = append(errs, validateSubPath(mount, at)...)
	}
	return errs
}

func validateMountPath(value string, at *field.Path) field.ErrorList {
	if !path.IsAbs(value) {
		return field.ErrorList{field.Invalid(at, value, "must be an absolute path"+didYouMean(absolute(value)))}
	}
	if strings.Contains(value, ":") {
		return field.ErrorList{field.Invalid(at, value, "must not contain ':'")}
	}
	for _, owned := range v1alpha1.TabbyOwnedPaths() {
		if clean := path.Clean(value); clean == owned || within(owned, clean) {
			return field.ErrorList{field.Forbidden(at, fmt.Sprintf(
				"%s would hide %s, which the operator mounts", value, owned))}
		}
	}
	return nil
}

func validateSubPath(mount corev1.VolumeMount, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if mount.SubPath != "" && mount.SubPathExpr != "" {
		errs = append(errs, field.Invalid(at.Child("subPathExpr"), mount.SubPathExpr, "must not be set beside subPath"))
	}
	for _, sub := range []struct{ name, value string }{{"subPath", mount.SubPath}, {"subPathExpr", mount.SubPathExpr}} {
		if path.IsAbs(sub.value) || slices.Contains(strings.Split(sub.value, "/"), "..") {
			errs = append(errs, field.Invalid(at.Child(sub.name), sub.value, "must be a relative path without '..'"))
		}
	}
	return errs
}

// within tells whether inner lies below the folder outer. Both are clean.
func within(inner, outer string) bool {
	return strings.HasPrefix(inner, strings.TrimSuffix(outer, "/")+"/")
}

func absolute(value string) string {
	if value == "" {
		return ""
	}
	return path.Clean("/" + value)
}
