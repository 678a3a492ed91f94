// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	certutil "k8s.io/client-go/util/cert"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// rotateCertificate replaces the certificate of the webhooks. The API server trusts the new one before it is served,
// and the previous one until the next rotation.
func (o *operator) rotateCertificate(ctx context.Context) error {
	host := o.hooks.LocalServingHost
	certificate, key, err := certutil.GenerateSelfSignedCertKey(host, []net.IP{net.ParseIP(host)}, nil)
	if err != nil {
		return fmt.Errorf("generating a certificate: %w", err)
	}
	if err := o.trust(ctx, bytes.Join([][]byte{o.hooks.LocalServingCAData, certificate}, []byte("\n"))); err != nil {
		return err
	}
	o.hooks.LocalServingCAData = certificate
	dir := o.hooks.LocalServingCertDir
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "tls.key"), key, 0o600),
		os.WriteFile(filepath.Join(dir, "tls.crt"), certificate, 0o600))
}

// trust sets the certificates that the API server trusts when it calls the webhooks.
func (o *operator) trust(ctx context.Context, bundle []byte) error {
	c, err := newClient(o.plane.config())
	if err != nil {
		return err
	}
	var mutating admissionregistrationv1.MutatingWebhookConfigurationList
	var validating admissionregistrationv1.ValidatingWebhookConfigurationList
	if err := errors.Join(c.List(ctx, &mutating), c.List(ctx, &validating)); err != nil {
		return fmt.Errorf("reading the webhook configurations: %w", err)
	}
	var changed []client.Object
	for i := range mutating.Items {
		for j := range mutating.Items[i].Webhooks {
			mutating.Items[i].Webhooks[j].ClientConfig.CABundle = bundle
		}
		changed = append(changed, &mutating.Items[i])
	}
	for i := range validating.Items {
		for j := range validating.Items[i].Webhooks {
			validating.Items[i].Webhooks[j].ClientConfig.CABundle = bundle
		}
		changed = append(changed, &validating.Items[i])
	}
	for _, one := range changed {
		if err := c.Update(ctx, one); err != nil {
			return fmt.Errorf("trusting the certificate: %w", err)
		}
	}
	return nil
}
