// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// The kinds of user's objects that become parts of a pod as they are.
type userObject interface {
	corev1.EnvVar | corev1.VolumeMount | corev1.Volume
}

// convertAll turns the user's objects into apply configurations of the same JSON.
// Fields that the user left out are omitted from it, so they are not applied.
func convertAll[To any, From userObject](objects []From) []*To {
	out := make([]*To, 0, len(objects))
	for i := range objects {
		to := new(To)
		data, err := json.Marshal(&objects[i])
		if err == nil {
			err = json.Unmarshal(data, to)
		}
		if err != nil {
			panic(fmt.Sprintf("%T as %T: %v", objects[i], to, err)) // both are generated from one schema
		}
		out = append(out, to)
	}
	return out
}
