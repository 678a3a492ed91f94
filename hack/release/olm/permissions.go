// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package olm

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A granted has the roles that bindings grant to ServiceAccounts, by kind, in the order of the manifests.
type granted []grant

type grant struct {
	serviceAccount string
	role           unstructured.Unstructured
}

// grants returns the roles that are granted to ServiceAccounts.
func grants(objects []unstructured.Unstructured) granted {
	accounts := map[string]string{} // by kind and name of the role
	for _, object := range objects {
		if !strings.HasSuffix(object.GetKind(), "RoleBinding") {
			continue
		}
		kind, _, _ := unstructured.NestedString(object.Object, "roleRef", "kind")
		name, _, _ := unstructured.NestedString(object.Object, "roleRef", "name")
		subjects, _, _ := unstructured.NestedSlice(object.Object, "subjects")
		for _, subject := range subjects {
			subject, _ := subject.(map[string]any)
			if account, _ := subject["name"].(string); subject["kind"] == "ServiceAccount" {
				accounts[kind+" "+name] = account
			}
		}
	}
	var out granted
	for _, object := range objects {
		if account, found := accounts[object.GetKind()+" "+object.GetName()]; found {
			out = append(out, grant{account, object})
		}
	}
	return out
}

// has reports whether the object is a role that is granted.
func (g granted) has(object unstructured.Unstructured) bool {
	for _, one := range g {
		if one.role.GetKind() == object.GetKind() && one.role.GetName() == object.GetName() {
			return true
		}
	}
	return false
}

// permissions returns the rules of all granted roles of a kind by ServiceAccount, as the install strategy has them.
func (g granted) permissions(kind string) []any {
	var accounts []string
	rules := map[string][]any{}
	for _, one := range g {
		if one.role.GetKind() != kind {
			continue
		}
		if rules[one.serviceAccount] == nil {
			accounts = append(accounts, one.serviceAccount)
		}
		more, _, _ := unstructured.NestedSlice(one.role.Object, "rules")
		rules[one.serviceAccount] = append(rules[one.serviceAccount], more...)
	}
	out := make([]any, 0, len(accounts))
	for _, account := range accounts {
		out = append(out, map[string]any{"serviceAccountName": account, "rules": rules[account]})
	}
	return out
}
