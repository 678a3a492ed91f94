// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/capabilities"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

const (
	resource           = "ollamadeployments"
	deprecatedResource = "deployments"
	fieldManager       = "kubectl-llm"
)

// maxRate limits the requests per second after the first maxBurst.
//
// Source: k8s.io/kubectl, pkg/cmd/cmd.go (those of kubectl).
const (
	maxRate  = 50
	maxBurst = 300
)

// An objectClient reads and changes the OllamaDeployments of a namespace.
type objectClient struct {
	rest      rest.Interface
	namespace string
	// enforced reports whether a flag names the namespace.
	enforced bool
}

// newObjectClient returns a client for the cluster and namespace of the flags, which passes the
// warnings of the API server to the handler. It sends no request.
func newObjectClient(flags *genericclioptions.ConfigFlags, warnings rest.WarningHandler) (*objectClient, error) {
	namespace, enforced, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client, err := newRESTClient(flags, "/apis", v1alpha1.GroupVersion, v1alpha1.AddToScheme, warnings)
	if err != nil {
		return nil, err
	}
	return &objectClient{rest: client, namespace: namespace, enforced: enforced}, nil
}

// newRESTClient returns a client for the cluster of the flags and the kinds of a group. It sends no request.
func newRESTClient(flags *genericclioptions.ConfigFlags, path string, group schema.GroupVersion, addTo func(*runtime.Scheme) error, warnings rest.WarningHandler) (rest.Interface, error) {
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := addTo(scheme); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	config = rest.CopyConfig(config)
	config.APIPath = path
	config.GroupVersion = &group
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.WarningHandler = warnings
	config.QPS, config.Burst = maxRate, maxBurst
	client, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return client, nil
}

// askCapabilities sets what rules of admission depend on of the cluster.
func askCapabilities(flags *genericclioptions.ConfigFlags, opts *validation.Options) error {
	config, err := flags.ToRESTConfig()
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return fmt.Errorf("connecting to the cluster: %w", err)
	}
	return capabilities.Ask(client, opts)
}

// A target is the object that has the spec of an OllamaDeployment.
type target struct {
	*v1alpha1.OllamaDeployment
	resource string
}

// String returns the object as kubectl names it.
func (t target) String() string {
	return strings.TrimSuffix(t.resource, "s") + "." + v1alpha1.GroupVersion.Group + "/" + t.Name
}

// get returns the OllamaDeployment. If there is none but an object of the deprecated kind,
// which the operator has not converted, it returns that as an OllamaDeployment.
func (c *objectClient) get(ctx context.Context, name string) (*v1alpha1.OllamaDeployment, error) {
	d, err := c.getOf(ctx, resource, name)
	if apierrors.IsNotFound(err) {
		if alias, err := c.getOf(ctx, deprecatedResource, name); err == nil {
			return alias, nil
		}
	}
	return d, err
}

// target returns the object of the deprecated kind that controls the OllamaDeployment, whose changes
// would be reverted, and otherwise the OllamaDeployment.
func (c *objectClient) target(ctx context.Context, name string) (target, error) {
	d, err := c.getOf(ctx, resource, name)
	if err != nil && !apierrors.IsNotFound(err) || err == nil && !isAliased(d) {
		return target{d, resource}, err
	}
	alias, aliasErr := c.getOf(ctx, deprecatedResource, name)
	if apierrors.IsNotFound(aliasErr) {
		return target{d, resource}, err
	}
	return target{alias, deprecatedResource}, aliasErr
}

// targetJSON returns the target as it is stored: typed values would lose how quantities are written.
func (c *objectClient) targetJSON(ctx context.Context, name string) ([]byte, error) {
	t, err := c.target(ctx, name)
	if err != nil {
		return nil, err
	}
	result := c.rest.Get().Namespace(c.namespace).Resource(t.resource).Name(name).Do(ctx)
	if _, err := into(t.resource, name, "reading", result); err != nil {
		return nil, err
	}
	return result.Raw()
}

// isAliased reports whether an object of the deprecated kind controls the OllamaDeployment.
func isAliased(d *v1alpha1.OllamaDeployment) bool {
	controller := metav1.GetControllerOf(d)
	return controller != nil && controller.Kind == v1alpha1.KindAlias && controller.Name == d.Name &&
		controller.APIVersion == v1alpha1.GroupVersion.String()
}

// getOf returns an object of either resource.
func (c *objectClient) getOf(ctx context.Context, resource, name string) (*v1alpha1.OllamaDeployment, error) {
	return into(resource, name, "reading", c.rest.Get().Namespace(c.namespace).Resource(resource).Name(name).Do(ctx))
}

// patch merges the patch into the object and returns the result.
func (c *objectClient) patch(ctx context.Context, t target, patch []byte, dryRun bool) (target, error) {
	request := c.rest.Patch(types.MergePatchType).Namespace(c.namespace).Resource(t.resource).Name(t.Name).
		Param("fieldManager", fieldManager).Body(patch)
	if dryRun {
		request = request.Param("dryRun", metav1.DryRunAll)
	}
	d, err := into(t.resource, t.Name, "changing", request.Do(ctx))
	return target{d, t.resource}, err
}

// into returns the object in the answer. Errors of the API server are returned as kubectl prints them.
func into(resource, name, doing string, result rest.Result) (*v1alpha1.OllamaDeployment, error) {
	d, alias := &v1alpha1.OllamaDeployment{}, &v1alpha1.Deployment{}
	var err error
	if resource == deprecatedResource {
		err, d = result.Into(alias), alias.AsOllamaDeployment()
	} else {
		err = result.Into(d)
	}
	var status apierrors.APIStatus
	if err != nil && !errors.As(err, &status) {
		return nil, fmt.Errorf("%s OllamaDeployment %q: %w", doing, name, err)
	}
	return d, err
}

// list returns the OllamaDeployments of the namespace.
func (c *objectClient) list(ctx context.Context) (*v1alpha1.OllamaDeploymentList, error) {
	list := &v1alpha1.OllamaDeploymentList{}
	return list, c.rest.Get().Namespace(c.namespace).Resource(resource).Do(ctx).Into(list)
}

// An objectWatcher watches one object of either resource.
type objectWatcher struct {
	client         *objectClient
	resource, name string
}

// WatchWithContext implements cache.WatcherWithContext.
func (w objectWatcher) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.Watch = true
	options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, w.name).String()
	return w.client.rest.Get().Namespace(w.client.namespace).Resource(w.resource).
		SpecificallyVersionedParams(&options, metav1.ParameterCodec, schema.GroupVersion{Version: "v1"}).Watch(ctx)
}
