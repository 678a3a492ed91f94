// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/audit"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A permission is a verb on a resource.
type permission struct{ verb, group, resource string }

// unobserved has the permissions that are needed but not used in this test, with the reason.
var unobserved = map[permission]string{
	{"patch", "llm.geeper.io", "deployments"}:                   "to default objects that were stored without admission",
	{"patch", "events.k8s.io", "events"}:                        "to count repeated events in a series",
	{"get", "gateway.networking.k8s.io", "gateways"}:            "to find the address of a route that a Gateway has accepted",
	{"get", "apps", "replicasets"}:                              "to find the owner of a failing pod",
	{"update", "llm.geeper.io", "ollamadeployments/finalizers"}: "to set blockOwnerDeletion with the admission plugin OwnerReferencesPermissionEnforcement",
	{"update", "llm.geeper.io", "deployments/finalizers"}:       "to set blockOwnerDeletion with the admission plugin OwnerReferencesPermissionEnforcement",
	{"delete", "", "persistentvolumeclaims"}:                    "to change the owner of a claim with the admission plugin OwnerReferencesPermissionEnforcement",
	{"delete", "", "secrets"}:                                   "to change the owner of a Secret with the admission plugin OwnerReferencesPermissionEnforcement",
}

// isFallback reports whether the permission is needed only with API servers that do not support
// streaming lists (WatchList).
func isFallback(r permission) bool { return r.verb == "list" }

// checkPermissions makes the operator create, change and delete all kinds of children, and asserts that
// it has exactly the permissions that it uses.
func (i *installation) checkPermissions(t *testing.T) {
	t.Helper()
	i.ok(t, fixtures.GatewayCRDs(t), "create", "-f", "-")
	everything := `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: all}
spec:
  networkPolicy: {enabled: true}
  ollama: {models: ["codellama:7b"], resources: {requests: {cpu: 500m, memory: 1Gi, storage: 10Gi}}}
  openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}, route: {parentRefs: [{name: shared}]}}
  tabby: {enabled: true, replicas: 2}
`
	i.ok(t, everything, "apply", "-f", "-")
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/all", "--timeout="+patience.String())
	i.ok(t, "", "wait", "--for=create", "httproute/all-openwebui", "--timeout="+patience.String())
	// With storage, the owner of the Secret changes to the PersistentVolumeClaim.
	i.ok(t, "", "patch", "ollamadeployment", "all", "--type=merge", "-p", `{"spec":{"openwebui":{"resources":{"requests":{"storage":"1Gi"}}}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, "PersistentVolumeClaim", i.ok(t, "", "get", "secret", "all-openwebui", "-o", "jsonpath={.metadata.ownerReferences[*].kind}"))
	}, patience, tick)
	i.ok(t, strings.ReplaceAll(everything, "enabled: true", "enabled: false"), "apply", "-f", "-")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, i.ok(t, "", "get", "deployments,services,ingresses,httproutes,configmaps,networkpolicies,poddisruptionbudgets", "-l", "ollama-deployment=all,app.kubernetes.io/component!=ollama", "-o", "name"))
	}, patience, tick)
	// Those of an object that is not new are read before they are created.
	i.ok(t, everything, "apply", "-f", "-")
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/all", "--timeout="+patience.String())

	assert.Empty(t, i.forbidden(t))
	granted := i.granted(t)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		used := i.used(t)
		var unused []permission
		for r := range granted {
			if _, explained := unobserved[r]; !explained && !isFallback(r) && !used[r] {
				unused = append(unused, r)
			}
		}
		assert.Empty(c, unused, "permissions that are granted but not used")
	}, patience, tick)
}

// requests returns all requests of the operator.
func (i *installation) requests(t *testing.T) []audit.Request {
	t.Helper()
	all, err := audit.Read(i.cluster.AuditLog(), 0)
	require.NoError(t, err)
	return all
}

func permissionOf(r audit.Request) permission {
	return permission{r.Verb, r.Object.Group, r.Resource()}
}

// forbidden returns the permissions of requests that were denied.
func (i *installation) forbidden(t *testing.T) []permission {
	t.Helper()
	var missing []permission
	for _, r := range i.requests(t) {
		if r.IsForbidden() {
			missing = append(missing, permissionOf(r))
		}
	}
	return missing
}

// used returns the permissions of all requests.
func (i *installation) used(t *testing.T) map[permission]bool {
	t.Helper()
	used := map[permission]bool{}
	for _, r := range i.requests(t) {
		used[permissionOf(r)] = true
		if r.Verb == "patch" && r.IsAllowed() {
			// Server-side apply of a new object requires permission to create.
			used[permission{"create", r.Object.Group, r.Resource()}] = true
		}
	}
	return used
}

// granted returns the permissions of the operator's ServiceAccount.
func (i *installation) granted(t *testing.T) map[permission]bool {
	t.Helper()
	granted := map[permission]bool{}
	for _, rule := range i.rules(t) {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					assert.NotContains(t, []string{verb, group, resource}, "*", "wildcards are not allowed")
					granted[permission{verb, group, resource}] = true
				}
			}
		}
	}
	return granted
}

// rules returns the rules of all roles that are bound to the operator's ServiceAccount.
func (i *installation) rules(t *testing.T) []rbacv1.PolicyRule {
	t.Helper()
	clusterRoles, roles := &rbacv1.ClusterRoleList{}, &rbacv1.RoleList{}
	clusterBindings, bindings := &rbacv1.ClusterRoleBindingList{}, &rbacv1.RoleBindingList{}
	for _, list := range []client.ObjectList{clusterRoles, roles, clusterBindings, bindings} {
		require.NoError(t, i.client.List(t.Context(), list))
	}
	var rules []rbacv1.PolicyRule
	add := func(subjects []rbacv1.Subject, ref rbacv1.RoleRef, namespace string) {
		if !slices.ContainsFunc(subjects, i.isManager) {
			return
		}
		for _, role := range clusterRoles.Items {
			if ref.Kind == "ClusterRole" && role.Name == ref.Name {
				rules = append(rules, role.Rules...)
			}
		}
		for _, role := range roles.Items {
			if ref.Kind == "Role" && role.Name == ref.Name && role.Namespace == namespace {
				rules = append(rules, role.Rules...)
			}
		}
	}
	for _, binding := range clusterBindings.Items {
		add(binding.Subjects, binding.RoleRef, "")
	}
	for _, binding := range bindings.Items {
		add(binding.Subjects, binding.RoleRef, binding.Namespace)
	}
	return rules
}

// isManager reports whether the subject is the operator's ServiceAccount.
func (i *installation) isManager(s rbacv1.Subject) bool {
	return s.Kind == rbacv1.ServiceAccountKind && s.Namespace == systemNamespace && s.Name == i.prefix+"controller-manager"
}
