// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// addUser creates the user of the manager with the permissions of config/rbac.
func (o *operator) addUser(root string) error {
	user, err := o.plane.env.AddUser(envtest.User{Name: operatorUser}, nil)
	if err != nil {
		return fmt.Errorf("creating the manager's user: %w", err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		return fmt.Errorf("creating the manager's kubeconfig: %w", err)
	}
	if err := os.WriteFile(o.kubeconfig(), kubeconfig, 0o600); err != nil {
		return fmt.Errorf("writing the manager's kubeconfig: %w", err)
	}
	role, err := managerRole(root)
	if err != nil {
		return err
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: operatorUser}},
	}
	c, err := newClient(o.plane.config())
	if err != nil {
		return err
	}
	for _, object := range []client.Object{role, binding} {
		if err := c.Create(context.Background(), object); err != nil {
			return fmt.Errorf("granting the manager's permissions: %w", err)
		}
	}
	return nil
}

// allowLeaderElection creates the namespace of the Lease, and grants the manager's user the role in it.
func (o *operator) allowLeaderElection(ctx context.Context, root string) error {
	role := &rbacv1.Role{}
	if err := readRole(root, "leader_election_role.yaml", role); err != nil {
		return err
	}
	role.Namespace = v1alpha1.OperatorNamespace
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name, Namespace: role.Namespace},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: operatorUser}},
	}
	c, err := newClient(o.plane.config())
	if err != nil {
		return err
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: role.Namespace}}
	for _, object := range []client.Object{namespace, role, binding} {
		if err := c.Create(ctx, object); err != nil {
			return fmt.Errorf("allowing the managers to elect a leader: %w", err)
		}
	}
	return nil
}

// ManagerRules returns the rules of the manager's role on the cluster, which is that of config/rbac.
func ManagerRules() ([]rbacv1.PolicyRule, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	role, err := managerRole(root)
	if err != nil {
		return nil, err
	}
	return role.Rules, nil
}

// managerRole returns the role of config/rbac.
func managerRole(root string) (*rbacv1.ClusterRole, error) {
	role := &rbacv1.ClusterRole{}
	return role, readRole(root, "role.yaml", role)
}

// readRole reads a role of config/rbac.
func readRole(root, file string, role client.Object) error {
	data, err := os.ReadFile(filepath.Join(root, "config", "rbac", file))
	if err != nil {
		return fmt.Errorf("reading the manager's role: %w", err)
	}
	if err := yaml.UnmarshalStrict(data, role); err != nil {
		return fmt.Errorf("reading the manager's role: %w", err)
	}
	return nil
}

// replaceRole replaces the rules of the manager's role.
func (o *operator) replaceRole(ctx context.Context, root string) error {
	role, err := managerRole(root)
	if err != nil {
		return err
	}
	c, err := newClient(o.plane.config())
	if err != nil {
		return err
	}
	stored := &rbacv1.ClusterRole{}
	if err := c.Get(ctx, client.ObjectKeyFromObject(role), stored); err != nil {
		return fmt.Errorf("reading the manager's role on the cluster: %w", err)
	}
	stored.Rules = role.Rules
	if err := c.Update(ctx, stored); err != nil {
		return fmt.Errorf("replacing the manager's role: %w", err)
	}
	return nil
}
