// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"
	"io"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// againstCluster is the value of --against for the objects in the cluster.
const againstCluster = "cluster"

// againstUsage is the help of --against.
const againstUsage = "\"" + againstCluster + "\", or a file with the objects as they are stored or with their earlier manifests."

// storedObjects finds the stored object that an apply of an object changes, nil if there is none.
type storedObjects interface {
	find(o manifest.Object) (*check.Stored, error)
}

// newStored returns the objects that --against names: those of a file, or those of the cluster.
func newStored(ctx context.Context, against string, checker *check.Checker, stdin io.Reader, flags *genericclioptions.ConfigFlags) (storedObjects, error) {
	if against != againstCluster {
		return readStored(against, checker, stdin, flags)
	}
	client, err := newObjectClient(flags, rest.NoWarnings{})
	if err != nil {
		return nil, err
	}
	return storedCluster{ctx, client}, nil
}

// storedCluster has the objects of a cluster.
type storedCluster struct {
	ctx    context.Context
	client *objectClient
}

func (s storedCluster) find(o manifest.Object) (*check.Stored, error) {
	client, err := s.client.inNamespaceOf(o)
	if err != nil || o.Name == "" {
		return nil, err
	}
	return client.stored(s.ctx, resourceOf(o), o.Name)
}

// stored returns the stored object of either resource, nil if there is none.
func (c *objectClient) stored(ctx context.Context, resource, name string) (*check.Stored, error) {
	data, err := raw(c.rest.Get().Namespace(c.namespace).Resource(resource).Name(name).Do(ctx))
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil //nolint:nilnil // there is none
	case err != nil:
		return nil, err
	default:
		return check.NewStored(data)
	}
}

// raw returns the answer as it is, or the error of the API server as it has sent it.
func raw(result rest.Result) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

// inNamespaceOf returns a client for the namespace of the object. It fails if --namespace is another one, as kubectl
// does.
func (c *objectClient) inNamespaceOf(o manifest.Object) (*objectClient, error) {
	if o.Namespace == "" || o.Namespace == c.namespace {
		return c, nil
	}
	if c.enforced {
		return nil, usageError{fmt.Errorf("%s: the namespace of %s is not that of --namespace, %q", o.File, check.DisplayName(o), c.namespace)}
	}
	other := *c
	other.namespace = o.Namespace
	return &other, nil
}

// resourceOf returns the resource of an object of either kind.
func resourceOf(o manifest.Object) string {
	if o.Kind == v1alpha1.KindAlias {
		return deprecatedResource
	}
	return resource
}

// storedFile has the objects of a file.
type storedFile struct {
	name      string
	checker   *check.Checker
	objects   []manifest.Object
	namespace string
}

// readStored reads a file with stored objects or manifests. A file without any document, such as that of "git show" of a
// manifest that is new, has what is stored of none. It fails if a document cannot be parsed, or if none of them is an
// OllamaDeployment.
func readStored(name string, checker *check.Checker, stdin io.Reader, flags *genericclioptions.ConfigFlags) (*storedFile, error) {
	s, documents := &storedFile{name: name, checker: checker, namespace: *flags.Namespace}, 0
	for file, err := range manifest.ReadFiles([]string{name}, false, stdin) {
		if err != nil {
			return nil, usageError{err}
		}
		objects, parseErrs := manifest.Parse(file)
		if len(parseErrs) > 0 {
			return nil, usageError{parseErrs[0]}
		}
		documents += len(objects)
		for _, o := range objects {
			if check.IsOllamaDeployment(o) {
				s.objects = append(s.objects, o)
			}
		}
	}
	if documents > 0 && len(s.objects) == 0 {
		return nil, usageError{fmt.Errorf("%s has no OllamaDeployment", name)}
	}
	return s, nil
}

// find returns the object of the same kind, name and namespace. A namespace that is not written is any: that of the
// cluster's configuration is not known.
func (s *storedFile) find(o manifest.Object) (*check.Stored, error) {
	var found *manifest.Object
	for i := range s.objects {
		other := &s.objects[i]
		if other.Kind != o.Kind || other.Name != o.Name || !s.sameNamespace(o.Namespace, other.Namespace) {
			continue
		}
		if found != nil {
			return nil, usageError{fmt.Errorf("%s has more than one %s; write the namespace", s.name, check.DisplayName(o))}
		}
		found = other
	}
	if found == nil || o.Name == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	stored, err := s.checker.Store(*found)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return stored, nil
}

func (s *storedFile) sameNamespace(a, b string) bool {
	if a == "" {
		a = s.namespace
	}
	if b == "" {
		b = s.namespace
	}
	return a == b || a == "" || b == ""
}
