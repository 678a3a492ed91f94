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

// unobserved has the permissions that are needed but not used in this test, with the reason.
var unobserved = map[audit.Permission]string{
	{Verb: "patch", Group: "llm.geeper.io", Resource: "deployments"}:        "to default objects that were stored without admission",
	{Verb: "patch", Group: "events.k8s.io", Resource: "events"}:             "to count repeated events in a series",
	{Verb: "get", Group: "gateway.networking.k8s.io", Resource: "gateways"}: "to find the address of a route that a Gateway has accepted",
	{Verb: "get", Group: "apps", Resource: "replicasets"}:                   "to find the owner of a failing pod",
}

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
	granted, err := audit.Granted(i.rules(t))
	require.NoError(t, err)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, audit.Unused(granted, audit.Used(i.requests(t)), unobserved, audit.Enforced), "permissions that are granted but not used")
	}, patience, tick)
}

// requests returns all requests of the operator.
func (i *installation) requests(t *testing.T) []audit.Request {
	t.Helper()
	all, err := audit.Read(i.cluster.AuditLog(), 0)
	require.NoError(t, err)
	return all
}

// forbidden returns the permissions of requests that were denied.
func (i *installation) forbidden(t *testing.T) []audit.Permission {
	t.Helper()
	var missing []audit.Permission
	for _, r := range i.requests(t) {
		if r.IsForbidden() {
			missing = append(missing, r.Permission())
		}
	}
	return missing
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
