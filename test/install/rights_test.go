package install

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/geeper-io/llm-operator/test/audit"
)

// A right is a verb on a resource.
type right struct{ verb, group, resource string }

// unseen are rights whose use this test cannot show, and why they are needed.
var unseen = map[right]string{
	{"patch", "llm.geeper.io", "deployments"}:                   "for one that was stored without a default, which is then admitted again",
	{"patch", "events.k8s.io", "events"}:                        "for an event that happens again within minutes, which is counted in the first one",
	{"get", "apps", "replicasets"}:                              "for the owner of a pod that is not well",
	{"update", "llm.geeper.io", "ollamadeployments/finalizers"}: "for owner references that block deletion, where the admission plugin asks for it",
	{"update", "llm.geeper.io", "deployments/finalizers"}:       "likewise",
	{"delete", "", "secrets"}:                                   "for giving a Secret that exists another owner, where the admission plugin asks for it",
}

// isFallback tells whether the right is for API servers that cannot stream a list in
// a watch.
func isFallback(r right) bool { return r.verb == "list" }

// checkRights has the operator do all that it does, and compares what the API server
// was asked for with what the manifests grant.
func (i *installation) checkRights(t *testing.T) {
	t.Helper()
	everything := `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: all}
spec:
  ollama: {models: ["codellama:7b"], resources: {requests: {cpu: 500m, memory: 1Gi, storage: 10Gi}}}
  openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}}
  tabby: {enabled: true}
`
	i.ok(t, everything, "apply", "-f", "-")
	i.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/all", "--timeout="+patience.String())
	// A Secret goes over to the claim that its data are in.
	i.ok(t, "", "patch", "ollamadeployment", "all", "--type=merge", "-p", `{"spec":{"openwebui":{"resources":{"requests":{"storage":"1Gi"}}}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, "PersistentVolumeClaim", i.ok(t, "", "get", "secret", "all-openwebui", "-o", "jsonpath={.metadata.ownerReferences[*].kind}"))
	}, patience, tick)
	i.ok(t, strings.ReplaceAll(everything, "enabled: true", "enabled: false"), "apply", "-f", "-")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, i.ok(t, "", "get", "deployments,services,ingresses,configmaps", "-l", "ollama-deployment=all,app.kubernetes.io/component!=ollama", "-o", "name"))
	}, patience, tick)

	assert.Empty(t, i.forbidden(t))
	granted := i.granted(t)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		used := i.used(t)
		var unused []right
		for r := range granted {
			if _, explained := unseen[r]; !explained && !isFallback(r) && !used[r] {
				unused = append(unused, r)
			}
		}
		assert.Empty(c, unused, "granted and not used")
	}, patience, tick)
}

func (i *installation) requests(t *testing.T) []audit.Request {
	t.Helper()
	all, err := audit.Read(i.cluster.AuditLog(), 0)
	require.NoError(t, err)
	return all
}

func rightOf(r audit.Request) right { return right{r.Verb, r.Object.Group, r.Resource()} }

// forbidden are the rights that the operator lacked.
func (i *installation) forbidden(t *testing.T) []right {
	t.Helper()
	var missing []right
	for _, r := range i.requests(t) {
		if r.IsForbidden() {
			missing = append(missing, rightOf(r))
		}
	}
	return missing
}

func (i *installation) used(t *testing.T) map[right]bool {
	t.Helper()
	used := map[right]bool{}
	for _, r := range i.requests(t) {
		used[rightOf(r)] = true
		if r.Verb == "patch" && r.IsAllowed() {
			// What an apply creates, it needs the right to create for.
			used[right{"create", r.Object.Group, r.Resource()}] = true
		}
	}
	return used
}

// granted are all rights of the operator's ServiceAccount.
func (i *installation) granted(t *testing.T) map[right]bool {
	t.Helper()
	clusterRoles, roles := &rbacv1.ClusterRoleList{}, &rbacv1.RoleList{}
	clusterBindings, bindings := &rbacv1.ClusterRoleBindingList{}, &rbacv1.RoleBindingList{}
	require.NoError(t, i.client.List(t.Context(), clusterRoles))
	require.NoError(t, i.client.List(t.Context(), roles))
	require.NoError(t, i.client.List(t.Context(), clusterBindings))
	require.NoError(t, i.client.List(t.Context(), bindings))
	isOurs := func(subjects []rbacv1.Subject) bool {
		return slices.ContainsFunc(subjects, func(s rbacv1.Subject) bool {
			return s.Kind == rbacv1.ServiceAccountKind && s.Namespace == systemNamespace && s.Name == i.prefix+"controller-manager"
		})
	}
	var rules []rbacv1.PolicyRule
	add := func(ref rbacv1.RoleRef, namespace string) {
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
		if isOurs(binding.Subjects) {
			add(binding.RoleRef, "")
		}
	}
	for _, binding := range bindings.Items {
		if isOurs(binding.Subjects) {
			add(binding.RoleRef, binding.Namespace)
		}
	}
	granted := map[right]bool{}
	for _, rule := range rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					assert.NotContains(t, []string{verb, group, resource}, "*", "no wildcard")
					granted[right{verb, group, resource}] = true
				}
			}
		}
	}
	return granted
}
