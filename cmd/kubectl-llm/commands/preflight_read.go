// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/preflight"
)

// pageSize limits the objects of a page, which is kubectl's own number.
const pageSize = 500

// A storeReader reads what a cluster has stored, by pages.
type storeReader struct {
	flags *genericclioptions.ConfigFlags
	// namespace is the only one that is read; "" means all.
	namespace string
}

// fast returns the flags with the encoding of Kubernetes' own kinds that takes the least time.
func fast(flags *genericclioptions.ConfigFlags) *genericclioptions.ConfigFlags {
	return flags.WithWrapConfigFn(func(config *rest.Config) *rest.Config {
		config.AcceptContentTypes = kruntime.ContentTypeProtobuf + "," + kruntime.ContentTypeJSON
		return config
	})
}

// compareCRDs compares the installed CRDs with those of this version.
func (r storeReader) compareCRDs(ctx context.Context) ([]preflight.CRD, error) {
	client, err := newRESTClient(r.flags, "/apis", apiextensionsv1.SchemeGroupVersion, apiextensionsv1.AddToScheme, rest.NoWarnings{})
	if err != nil {
		return nil, err
	}
	out := make([]preflight.CRD, 0, len(preflight.CRDNames))
	for _, name := range preflight.CRDNames {
		installed := &apiextensionsv1.CustomResourceDefinition{}
		err := client.Get().Resource("customresourcedefinitions").Name(name).Do(ctx).Into(installed)
		if apierrors.IsNotFound(err) {
			installed = nil
		} else if err != nil {
			return nil, readFailed("customresourcedefinitions", err)
		}
		compared, err := preflight.CompareCRD(name, installed)
		if err != nil {
			return nil, err
		}
		out = append(out, compared)
	}
	return out, nil
}

// check passes what the checker says of each stored object to add, in the order of kinds, namespaces and names.
func (r storeReader) check(ctx context.Context, checker *preflight.Checker, add func(preflight.Object)) error {
	children, err := r.children(ctx)
	if err != nil {
		return err
	}
	client, err := newRESTClient(r.flags, "/apis", v1alpha1.GroupVersion, v1alpha1.AddToScheme, rest.NoWarnings{})
	if err != nil {
		return err
	}
	kinds := map[string]string{resource: v1alpha1.Kind, deprecatedResource: v1alpha1.KindAlias}
	for _, plural := range []string{resource, deprecatedResource} {
		page := func(stored []json.RawMessage) error { return checkAll(checker, kinds[plural], stored, children, add) }
		err := r.eachPage(ctx, client, plural, page)
		if err != nil && !apierrors.IsNotFound(err) { // without the CRD there are no objects
			return readFailed(plural+"."+v1alpha1.GroupVersion.Group, err)
		}
	}
	return nil
}

// eachPage passes the objects of each page as they were received: typed values would lose how quantities are
// written, and fields that this version does not have.
func (r storeReader) eachPage(ctx context.Context, client rest.Interface, plural string, use func([]json.RawMessage) error) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		data, err := raw(r.list(client, plural, options).Do(ctx))
		if next := resumeToken(err); next != "" && options.Continue != "" {
			options.Continue = next
			continue
		}
		if err != nil {
			return err
		}
		var page struct {
			Metadata metav1.ListMeta   `json:"metadata"`
			Items    []json.RawMessage `json:"items"`
		}
		if err := json.Unmarshal(data, &page); err != nil {
			return fmt.Errorf("decoding a list: %w", err)
		}
		if err := use(page.Items); err != nil {
			return err
		}
		if options.Continue = page.Metadata.Continue; options.Continue == "" {
			return nil
		}
	}
}

// resumeToken returns the token by which the API server goes on with a list that has expired between two pages, "" if
// the error is another one. Objects that changed meanwhile are read as they are then.
//
// Source: k8s.io/apiserver, pkg/storage/etcd3/store.go (handleCompactedErrorForPaging).
func resumeToken(err error) string {
	var status apierrors.APIStatus
	if apierrors.IsResourceExpired(err) && errors.As(err, &status) {
		return status.Status().Continue
	}
	return ""
}

func (r storeReader) list(client rest.Interface, plural string, options metav1.ListOptions) *rest.Request {
	return client.Get().NamespaceIfScoped(r.namespace, r.namespace != "").Resource(plural).
		SpecificallyVersionedParams(&options, metav1.ParameterCodec, schema.GroupVersion{Version: "v1"})
}

// checkAll checks the objects on all CPUs.
func checkAll(checker *preflight.Checker, kind string, stored []json.RawMessage, children *preflight.Children, add func(preflight.Object)) error {
	results := make([]preflight.Object, len(stored))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range stored {
		group.Go(func() (err error) {
			if results[i], err = checker.Check(kind, stored[i], children); err != nil {
				err = fmt.Errorf("%s: %w", nameOf(kind, stored[i]), err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, result := range results {
		add(result)
	}
	return nil
}

// nameOf returns the kind and name of an object for messages.
func nameOf(kind string, stored []byte) string {
	var object metav1.PartialObjectMetadata
	_ = json.Unmarshal(stored, &object) // without a name, the kind has to do
	return kind + " " + object.Namespace + "/" + object.Name
}

// readFailed says what could not be read.
func readFailed(what string, err error) error { return fmt.Errorf("reading %s: %w", what, err) }
