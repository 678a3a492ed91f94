// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"path/filepath"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Upgrade replaces the CRDs, the webhook configurations and the role of the operator by those of this
// project, and its manager by the given one, and waits until its webhooks serve.
func (c *Cluster) Upgrade(manager string) error { return c.send(commandUpgrade, manager) }

// managerRoot returns the root directory of the project that the manager was built from.
func (s *supervisor) managerRoot() string {
	if s.ManagerRoot != "" {
		return s.ManagerRoot
	}
	return s.Root
}

// upgrade applies what is new in the order of the manifests: the CRDs and the role while the earlier
// manager is running, and then the manager and its webhook configurations.
func (o *operator) upgrade(ctx context.Context, root, manager string) error {
	crds := envtest.CRDInstallOptions{
		Paths:              []string{filepath.Join(root, "config", "crd", "bases")},
		ErrorIfPathMissing: true,
	}
	if _, err := envtest.InstallCRDs(o.plane.config(), crds); err != nil {
		return fmt.Errorf("replacing the CRDs: %w", err)
	}
	if err := o.replaceRole(ctx, root); err != nil {
		return err
	}
	if err := o.stop(); err != nil {
		return err
	}
	o.binary, o.hooks = manager, envtest.WebhookInstallOptions{
		Paths:            []string{filepath.Join(root, "config", "webhook", "manifests.yaml")},
		LocalServingHost: o.hooks.LocalServingHost,
	}
	if err := o.hooks.Install(o.plane.config()); err != nil {
		return fmt.Errorf("replacing the webhook configurations: %w", err)
	}
	return o.start(ctx)
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
