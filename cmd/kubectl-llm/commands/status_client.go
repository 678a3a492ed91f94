// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

const (
	resource           = "ollamadeployments"
	deprecatedResource = "deployments"
)

// A statusClient reads the OllamaDeployments of a namespace.
type statusClient struct {
	rest      rest.Interface
	namespace string
}

// newStatusClient returns a client for the cluster and namespace of the flags. It sends no
// request.
func newStatusClient(flags *genericclioptions.ConfigFlags) (*statusClient, error) {
	namespace, _, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	config = rest.CopyConfig(config)
	config.APIPath = "/apis"
	config.GroupVersion = &v1alpha1.GroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.WarningHandler = rest.NoWarnings{} // warnings are about writes
	client, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &statusClient{rest: client, namespace: namespace}, nil
}

// get returns the OllamaDeployment. If there is none but an object of the deprecated kind,
// which the operator has not converted, it returns that as an OllamaDeployment.
func (c *statusClient) get(ctx context.Context, name string) (*v1alpha1.OllamaDeployment, error) {
	d := &v1alpha1.OllamaDeployment{}
	err := c.rest.Get().Namespace(c.namespace).Resource(resource).Name(name).Do(ctx).Into(d)
	if apierrors.IsNotFound(err) {
		alias := &v1alpha1.Deployment{}
		if c.rest.Get().Namespace(c.namespace).Resource(deprecatedResource).Name(name).Do(ctx).Into(alias) == nil {
			return alias.AsOllamaDeployment(), nil
		}
	}
	if err != nil {
		var status apierrors.APIStatus
		if errors.As(err, &status) {
			return nil, err // as kubectl prints it
		}
		return nil, fmt.Errorf("reading OllamaDeployment %q: %w", name, err)
	}
	return d, nil
}

// list returns the OllamaDeployments of the namespace.
func (c *statusClient) list(ctx context.Context) (*v1alpha1.OllamaDeploymentList, error) {
	list := &v1alpha1.OllamaDeploymentList{}
	return list, c.rest.Get().Namespace(c.namespace).Resource(resource).Do(ctx).Into(list)
}

// An objectWatcher watches one object.
type objectWatcher struct {
	client *statusClient
	name   string
}

// WatchWithContext implements cache.WatcherWithContext.
func (w objectWatcher) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.Watch = true
	options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, w.name).String()
	return w.client.rest.Get().Namespace(w.client.namespace).Resource(resource).
		SpecificallyVersionedParams(&options, metav1.ParameterCodec, schema.GroupVersion{Version: "v1"}).Watch(ctx)
}
