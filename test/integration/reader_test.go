// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/kubernetes"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
)

// An objectReader reads objects as kubectl does, by the same library, without a process for each: starting kubectl takes
// a quarter of a second of CPU time, and tests that wait read many times.
type objectReader struct {
	flags      *genericclioptions.ConfigFlags
	namespaces corev1client.NamespaceInterface
}

var newReader = sync.OnceValues(func() (objectReader, error) {
	clients, err := kubernetes.NewForConfig(shared.Config)
	if err != nil {
		return objectReader{}, err
	}
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &shared.Kubeconfig
	flags.CacheDir = new(filepath.Join(shared.Dir, "reader"))
	return objectReader{flags, clients.CoreV1().Namespaces()}, nil
})

// reader returns the reader of all tests.
func reader(t *testing.T) objectReader {
	t.Helper()
	r, err := newReader()
	require.NoError(t, err)
	return r
}

// read returns an object, such as "deployment/stack-ollama", or the list of a resource. The resources of the cluster are
// asked for again if it fails, because a test may have added some.
func (r objectReader) read(namespace, object string) (runtime.Object, error) {
	find := func() (runtime.Object, error) {
		return resource.NewBuilder(r.flags).Unstructured().NamespaceParam(namespace).DefaultNamespace().
			ResourceTypeOrNameArgs(true, object).SingleResourceType().Latest().Do().Object()
	}
	found, err := find()
	if err == nil || apierrors.IsNotFound(err) {
		return found, err
	}
	mapper, mapperErr := r.flags.ToRESTMapper()
	if mapperErr != nil {
		return nil, errors.Join(err, mapperErr)
	}
	meta.MaybeResetRESTMapper(mapper)
	return find()
}

// value returns a value of an object by JSONPath.
func (r objectReader) value(namespace, object, path string) (string, error) {
	found, err := r.read(namespace, object)
	if err != nil {
		return "", err
	}
	printer, err := printers.NewJSONPathPrinter("{" + path + "}")
	if err != nil {
		return "", err
	}
	printer.AllowMissingKeys(true)
	var out strings.Builder
	err = printer.PrintObj(found, &out)
	return out.String(), err
}
