// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"cmp"
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// A Permission is a verb on a resource, which may have a subresource, as a role grants it.
type Permission struct{ Verb, Group, Resource string }

func (p Permission) String() string {
	if p.Group == "" {
		return p.Verb + " " + p.Resource
	}
	return p.Verb + " " + p.Resource + "." + p.Group
}

// Permission returns what the request needs.
func (r Request) Permission() Permission {
	return Permission{r.Verb, r.Object.Group, r.Resource()}
}

// Used returns what the requests needed, whether they were allowed or not.
func Used(requests []Request) map[Permission]bool {
	used := map[Permission]bool{}
	for _, r := range requests {
		used[r.Permission()] = true
		if r.Verb == "patch" && r.IsAllowed() {
			// Server-side apply of a new object requires permission to create.
			used[Permission{"create", r.Object.Group, r.Resource()}] = true
		}
	}
	return used
}

// Granted returns what the rules grant, by name or not. It fails if they have a wildcard.
func Granted(rules []rbacv1.PolicyRule) (map[Permission]bool, error) {
	granted := map[Permission]bool{}
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					p := Permission{verb, group, resource}
					if verb == rbacv1.VerbAll || group == rbacv1.APIGroupAll || resource == rbacv1.ResourceAll {
						return nil, fmt.Errorf("%q is granted, and wildcards are not allowed", p)
					}
					granted[p] = true
				}
			}
		}
	}
	return granted, nil
}

// Enforced has what no request shows: an admission plugin of the API server, OwnerReferencesPermissionEnforcement, asks for
// it when owner references are written, and the clusters of the tests do not have it.
//
// Source: kubernetes, plugin/pkg/admission/gc/gc_admission.go.
var Enforced = map[Permission]string{
	{"update", "llm.geeper.io", "ollamadeployments/finalizers"}: "to set blockOwnerDeletion",
	{"update", "llm.geeper.io", "deployments/finalizers"}:       "to set blockOwnerDeletion",
	{"delete", "", "persistentvolumeclaims"}:                    "to change the owner of a claim",
	{"delete", "", "secrets"}:                                   "to change the owner of a Secret",
}

// Unused returns what is granted and was not used, sorted, without what is explained. A list is used only with API
// servers that do not stream lists (WatchList), and is never returned.
func Unused(granted, used map[Permission]bool, explained ...map[Permission]string) []Permission {
	var unused []Permission
	for p := range granted {
		isExplained := slices.ContainsFunc(explained, func(some map[Permission]string) bool { return some[p] != "" })
		if !isExplained && !used[p] && p.Verb != "list" {
			unused = append(unused, p)
		}
	}
	slices.SortFunc(unused, func(a, b Permission) int { return cmp.Compare(a.String(), b.String()) })
	return unused
}
