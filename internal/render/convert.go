// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/json"
	"fmt"

	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// userObjects contains the parts of a pod that the user defines.
type userObjects struct {
	env     []*applycorev1.EnvVarApplyConfiguration
	envFrom []*applycorev1.EnvFromSourceApplyConfiguration
	mounts  []*applycorev1.VolumeMountApplyConfiguration
	volumes []*applycorev1.VolumeApplyConfiguration
	// pod has the settings of the pods; nil means none.
	pod *podSettings
}

// userObjectsOf returns what the user defines in the pods of a component.
func userObjectsOf(c v1alpha1.Component) (users userObjects, err error) {
	if users.env, err = convertAll[applycorev1.EnvVarApplyConfiguration](c.EnvVars()); err != nil {
		return users, err
	}
	if users.envFrom, err = convertAll[applycorev1.EnvFromSourceApplyConfiguration](c.EnvFrom()); err != nil {
		return users, err
	}
	if users.mounts, err = convertAll[applycorev1.VolumeMountApplyConfiguration](c.VolumeMounts()); err != nil {
		return users, err
	}
	if users.volumes, err = convertAll[applycorev1.VolumeApplyConfiguration](c.Volumes()); err != nil {
		return users, err
	}
	users.pod, err = podSettingsOf(c.Pod())
	return users, err
}

// convertAll converts objects to apply configurations of the same JSON.
func convertAll[To, From any](objects []From) ([]*To, error) {
	out := make([]*To, 0, len(objects))
	for i := range objects {
		to, err := convert[To](&objects[i])
		if err != nil {
			return nil, err
		}
		out = append(out, to)
	}
	return out, nil
}

// convert converts an object to an apply configuration of the same JSON, nil to nil. Fields that are
// unset in the object are not applied.
func convert[To, From any](object *From) (*To, error) {
	if object == nil {
		return nil, nil
	}
	to := new(To)
	data, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		return nil, fmt.Errorf("converting %T to %T: %w", object, to, err)
	}
	return to, nil
}
