// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// userObjects contains the parts of a pod that the user defines.
type userObjects struct {
	env     []*applycorev1.EnvVarApplyConfiguration
	mounts  []*applycorev1.VolumeMountApplyConfiguration
	volumes []*applycorev1.VolumeApplyConfiguration
}

// convertAll converts objects to apply configurations of the same JSON. Fields that are unset
// in an object are not applied.
func convertAll[To any, From corev1.EnvVar | corev1.VolumeMount | corev1.Volume](objects []From) ([]*To, error) {
	out := make([]*To, 0, len(objects))
	for i := range objects {
		to := new(To)
		data, err := json.Marshal(&objects[i])
		if err == nil {
			err = json.Unmarshal(data, to)
		}
		if err != nil {
			return nil, fmt.Errorf("converting %T to %T: %w", objects[i], to, err)
		}
		out = append(out, to)
	}
	return out, nil
}
