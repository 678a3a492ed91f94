// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"path/filepath"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// ApplyManifests replaces the CRDs, the role and the webhook configurations of the operator by those of the
// project in the root directory. Its managers keep running.
func (c *Cluster) ApplyManifests(root string) error { return c.send(commandApplyManifests, root) }

// ReplaceReplica replaces the replica that was started first by the given manager, as a Deployment with a
// surge of one pod does: the new one is ready before the other one is told to stop. It returns when that one
// has ended, and fails if it has not done so with exit status 0.
func (c *Cluster) ReplaceReplica(manager string) error { return c.send(commandReplaceReplica, manager) }

// managerRoot returns the root directory of the project that the manager was built from.
func (s *supervisor) managerRoot() string {
	if s.ManagerRoot != "" {
		return s.ManagerRoot
	}
	return s.Root
}

// applyManifests applies the manifests in their order.
func (o *operator) applyManifests(ctx context.Context, root string) error {
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
	return o.replaceWebhooks(root)
}

// replaceWebhooks replaces the webhook configurations. The address and the certificate of the webhooks stay.
func (o *operator) replaceWebhooks(root string) error {
	hooks := envtest.WebhookInstallOptions{
		Paths:            []string{filepath.Join(root, "config", "webhook", "manifests.yaml")},
		LocalServingHost: o.hooks.LocalServingHost, LocalServingPort: o.hooks.LocalServingPort,
	}
	// envtest issues another certificate while it reads the manifests.
	if err := hooks.PrepWithoutInstalling(); err != nil {
		return fmt.Errorf("reading the webhook configurations: %w", err)
	}
	hooks.LocalServingCertDir, hooks.LocalServingCAData = o.hooks.LocalServingCertDir, o.hooks.LocalServingCAData
	for _, client := range clientConfigs(hooks) {
		client.CABundle = hooks.LocalServingCAData
	}
	if err := hooks.Install(o.plane.config()); err != nil {
		return fmt.Errorf("replacing the webhook configurations: %w", err)
	}
	o.hooks = hooks
	return nil
}

// clientConfigs returns how the API server reaches each webhook.
func clientConfigs(hooks envtest.WebhookInstallOptions) []*admissionv1.WebhookClientConfig {
	var found []*admissionv1.WebhookClientConfig
	for _, configuration := range hooks.MutatingWebhooks {
		for i := range configuration.Webhooks {
			found = append(found, &configuration.Webhooks[i].ClientConfig)
		}
	}
	for _, configuration := range hooks.ValidatingWebhooks {
		for i := range configuration.Webhooks {
			found = append(found, &configuration.Webhooks[i].ClientConfig)
		}
	}
	return found
}
