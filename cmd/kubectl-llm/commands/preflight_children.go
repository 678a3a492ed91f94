// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/preflight"
)

// children reads the children of all objects, without Secrets.
func (r storeReader) children(ctx context.Context) (*preflight.Children, error) {
	sets := make([]preflight.Children, len(childResources))
	var group errgroup.Group // the first error cancels nothing: client-go would log an answer that is cut off
	for i, of := range childResources {
		if of.list == nil {
			continue
		}
		group.Go(func() error {
			client, err := newRESTClient(r.flags, of.path(), of.gvk.GroupVersion(), of.addTo, rest.NoWarnings{})
			if err != nil {
				return err
			}
			err = r.readChildren(ctx, client, of, &sets[i])
			if isAbsent(ctx, client, of, err) {
				sets[i].AddAbsent(of.gvk)
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := preflight.Merge(sets)
	return &all, nil
}

// isAbsent reports whether a list has failed because the cluster does not have the kind. Users without rights on it
// are refused all the same, but may discover the API.
func isAbsent(ctx context.Context, client rest.Interface, of childResource, err error) bool {
	if apierrors.IsForbidden(err) {
		err = client.Get().AbsPath(of.path(), of.gvk.GroupVersion().String()).Do(ctx).Error()
	}
	return apierrors.IsNotFound(err)
}

func (r storeReader) readChildren(ctx context.Context, client rest.Interface, of childResource, into *preflight.Children) error {
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: v1alpha1.LabelManagedBy + "=" + v1alpha1.ManagedBy}
	for {
		list := of.list()
		err := r.list(client, of.resource, options).Do(ctx).Into(list)
		if next := resumeToken(err); next != "" && options.Continue != "" {
			options.Continue = next
			continue
		}
		if err != nil {
			return readFailed(schema.GroupResource{Group: of.gvk.Group, Resource: of.resource}.String(), err)
		}
		if err := meta.EachListItem(list, into.Add); err != nil {
			return err
		}
		accessor, err := meta.ListAccessor(list)
		if err != nil {
			return fmt.Errorf("reading a list: %w", err)
		}
		if options.Continue = accessor.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}
