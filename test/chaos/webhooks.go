// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// nowhere is an address that nothing listens at.
const nowhere = "https://127.0.0.1:1/"

// misdirectWebhooks has the API server call the webhooks where nothing is, for a while.
func (f *faults) misdirectWebhooks(ctx context.Context) error {
	urls := map[string]string{}
	err := retry(ctx, func() error {
		return f.setWebhookURLs(ctx, func(name, url string) string {
			if url != nowhere {
				urls[name] = url
			}
			return nowhere
		})
	})
	if err != nil {
		return err
	}
	wait(ctx, f.upTo(maxAway))
	return retry(ctx, func() error {
		return f.setWebhookURLs(ctx, func(name, _ string) string { return urls[name] })
	})
}

// setWebhookURLs changes the URLs of all webhooks, by the names of the webhooks.
func (f *faults) setWebhookURLs(ctx context.Context, change func(name, url string) string) error {
	var mutating admissionregistrationv1.MutatingWebhookConfigurationList
	var validating admissionregistrationv1.ValidatingWebhookConfigurationList
	if err := errors.Join(f.api.List(ctx, &mutating), f.api.List(ctx, &validating)); err != nil {
		return err
	}
	var changed []client.Object
	set := func(name string, config *admissionregistrationv1.WebhookClientConfig) {
		if config.URL != nil {
			config.URL = new(change(name, *config.URL))
		}
	}
	for i := range mutating.Items {
		for j := range mutating.Items[i].Webhooks {
			set(mutating.Items[i].Webhooks[j].Name, &mutating.Items[i].Webhooks[j].ClientConfig)
		}
		changed = append(changed, &mutating.Items[i])
	}
	for i := range validating.Items {
		for j := range validating.Items[i].Webhooks {
			set(validating.Items[i].Webhooks[j].Name, &validating.Items[i].Webhooks[j].ClientConfig)
		}
		changed = append(changed, &validating.Items[i])
	}
	for _, one := range changed {
		if err := f.api.Update(ctx, one); err != nil {
			return err
		}
	}
	return nil
}
