// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// newScheme returns a scheme with all kinds of children and of users' objects.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	return scheme, errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme), gatewayv1.Install(scheme))
}

// prepare creates what has to be there before the first storm.
func (c *campaign) prepare(ctx context.Context, manager string) error {
	scheme, err := newScheme()
	if err != nil {
		return err
	}
	config := *c.cluster.Config
	config.Timeout = requestTimeout
	if c.api, err = client.New(&config, client.Options{Scheme: scheme}); err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	watching, err := kubernetes.NewForConfig(c.cluster.Config)
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	if c.record, err = startRecorder(ctx, watching, c.tally); err != nil {
		return err
	}
	control, err := c.cluster.Ollama()
	if err != nil {
		return err
	}
	g := generator{rand.New(rand.NewSource(c.seed*1000 - 2))} //nolint:gosec // it has to be repeatable
	others, err := c.populate(ctx, g)
	if err != nil {
		return err
	}
	c.viewer = newViewer(c.api, control, c.record, others)
	c.oracle = &oracle{slots: map[string]slot{}, scheme: scheme, dryRun: c.viewer.dryRun}
	for _, s := range c.slots {
		c.oracle.slots[s.String()] = s
	}
	c.users = newUsers(c.clients, c.seed, c.api, c.slots, c.tally)
	c.faults = &faults{generator: g, cluster: c.cluster, api: c.api, proxy: c.proxy, ollama: control, tally: c.tally, manager: manager, count: c.replicas, spoiled: map[string]bool{}}
	return nil
}

// populate creates the CRDs of the Gateway API, the namespaces, and the objects of somebody else, which it returns.
func (c *campaign) populate(ctx context.Context, g generator) ([]*unstructured.Unstructured, error) {
	if err := installGatewayAPI(ctx, c.api); err != nil {
		return nil, err
	}
	for _, name := range namespaces {
		if err := c.api.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
			return nil, fmt.Errorf("creating a namespace: %w", err)
		}
	}
	others, err := foreign(g, c.slots)
	if err != nil {
		return nil, err
	}
	return others, createForeign(ctx, c.api, others)
}

// installGatewayAPI creates the CRDs of the Gateway API, and waits until HTTPRoutes are served.
func installGatewayAPI(ctx context.Context, api client.Client) error {
	crds, err := fixtures.ReadGatewayCRDs()
	if err != nil {
		return err
	}
	for _, text := range strings.Split(crds, "\n---\n") {
		crd := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(text), &crd.Object); err != nil {
			return fmt.Errorf("decoding a CRD of the Gateway API: %w", err)
		}
		// The API server has just started, and a machine may be busy.
		if err := retry(ctx, func() error { return client.IgnoreAlreadyExists(api.Create(ctx, crd.DeepCopy())) }); err != nil {
			return fmt.Errorf("creating a CRD of the Gateway API: %w", err)
		}
	}
	return retry(ctx, func() error { return api.List(ctx, &gatewayv1.HTTPRouteList{}) })
}
