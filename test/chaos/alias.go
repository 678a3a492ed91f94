// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// as returns the object as users of the slot create it, without copying it: as an alias if the slot is of one.
func (s slot) as(d *v1alpha1.OllamaDeployment) client.Object {
	if s.role != aliased {
		return d
	}
	alias := (*v1alpha1.Deployment)(d)
	alias.APIVersion, alias.Kind = v1alpha1.GroupVersion.String(), v1alpha1.KindAlias
	return alias
}

// editAliased edits the OllamaDeployment of an alias, which the operator reverts. It does not enlarge claims: they do
// not shrink again.
func (u *user) editAliased(ctx context.Context, s slot) error {
	patch, err := json.Marshal(fields{"spec": pick(
		u.generator,
		fields{"ollama": fields{"models": u.models()}},
		fields{"ollama": fields{"imageTag": "0.10.0"}},
		fields{"networkPolicy": nil, "tabby": nil},
		fields{"paused": true},
	)})
	if err != nil {
		return err
	}
	owned := &v1alpha1.OllamaDeployment{}
	owned.Namespace, owned.Name = s.namespace, s.name
	return u.api.Patch(ctx, owned, client.RawPatch(types.MergePatchType, patch))
}
