// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
)

func patch(group, resource, subresource, decision string) Request {
	r := Request{Verb: "patch", Annotations: map[string]string{decisionAnnotation: decision}}
	r.Object.Group, r.Object.Resource, r.Object.Subresource = group, resource, subresource
	return r
}

func TestUnused(t *testing.T) {
	rules := []rbacv1.PolicyRule{
		{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"create", "delete", "get", "list", "patch"}},
		{APIGroups: []string{""}, Resources: []string{"pods/status"}, Verbs: []string{"patch"}},
	}
	granted, err := Granted(rules)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		requests  []Request
		explained map[Permission]string
		want      []string
	}{
		"nothing is used": {
			want: []string{"create deployments.apps", "delete deployments.apps", "get deployments.apps", "patch deployments.apps", "patch pods/status"},
		},
		"a patch may create": {
			requests: []Request{patch("apps", "deployments", "", "allow")},
			want:     []string{"delete deployments.apps", "get deployments.apps", "patch pods/status"},
		},
		"a denied patch creates nothing": {
			requests: []Request{patch("apps", "deployments", "", "forbid")},
			want:     []string{"create deployments.apps", "delete deployments.apps", "get deployments.apps", "patch pods/status"},
		},
		"subresources count apart": {
			requests:  []Request{patch("", "pods", "status", "allow"), patch("apps", "deployments", "status", "allow")},
			explained: map[Permission]string{{"get", "apps", "deployments"}: "to read"},
			want:      []string{"create deployments.apps", "delete deployments.apps", "patch deployments.apps"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Unused(granted, Used(test.requests), test.explained) {
				got = append(got, p.String())
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestGrantedRefusesWildcards(t *testing.T) {
	for name, rule := range map[string]rbacv1.PolicyRule{
		"verb":     {APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"*"}},
		"group":    {APIGroups: []string{"*"}, Resources: []string{"pods"}, Verbs: []string{"get"}},
		"resource": {APIGroups: []string{""}, Resources: []string{"*"}, Verbs: []string{"get"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Granted([]rbacv1.PolicyRule{rule})
			assert.ErrorContains(t, err, "wildcards are not allowed")
		})
	}
}
