// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// object returns the i-th OllamaDeployment, with all three components.
func object(i int) *v1alpha1.OllamaDeployment {
	return &v1alpha1.OllamaDeployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespaceOf(i), Name: fmt.Sprintf("stack-%d", i)},
		Spec: v1alpha1.OllamaDeploymentSpec{
			Ollama:    v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b", "codellama:7b"}},
			OpenWebUI: &v1alpha1.OpenWebUISpec{Enabled: new(true)},
			Tabby:     &v1alpha1.TabbySpec{Enabled: new(true)},
		},
	}
}

// perNamespace is how many objects there are in a namespace. Controllers of Kubernetes compare each workload with all pods
// of its namespace, so that with thousands in one they would be what is measured.
const perNamespace = 10

// namespaceOf returns the namespace of the i-th object of the benchmark.
func namespaceOf(i int) string { return fmt.Sprintf("bench-%d", i/perNamespace) }

// createNamespaces creates the namespaces of all objects, those of others included, each with an owner of the children
// that a client applies: the garbage collector deletes those whose owner does not exist.
func (b *bench) createNamespaces(ctx context.Context, o options) error {
	for i := 0; i < max(o.objects, o.foreign); i += perNamespace {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespaceOf(i)}}
		if err := b.client.Create(ctx, namespace); err != nil {
			return err
		}
		owner := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace.Name, Name: "owner"}}
		if err := b.client.Create(ctx, owner); err != nil {
			return err
		}
		b.owners = append(b.owners, metav1.OwnerReference{
			APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID,
			Controller: new(true), BlockOwnerDeletion: new(true),
		})
	}
	return nil
}

// createForeign creates Secrets, ConfigMaps and pods that are not of the operator. The pods are never scheduled.
func (b *bench) createForeign(ctx context.Context, o options) error {
	if o.foreign == 0 {
		return nil
	}
	fmt.Printf("creating %d Secrets, ConfigMaps and pods of others ...\n", o.foreign)
	others := o
	others.objects = o.foreign
	return forEach(ctx, others, func(ctx context.Context, i int) error {
		meta := metav1.ObjectMeta{Namespace: namespaceOf(i), Name: fmt.Sprintf("foreign-%d", i), Labels: map[string]string{"app": "foreign"}}
		pod := corev1.PodSpec{SchedulerName: "none", Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}}
		for _, object := range []client.Object{
			&corev1.Secret{ObjectMeta: meta, StringData: map[string]string{"key": "value"}},
			&corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"key": "value"}},
			&corev1.Pod{ObjectMeta: meta, Spec: pod},
		} {
			if err := b.client.Create(ctx, object); err != nil {
				return err
			}
		}
		return nil
	})
}

// createObjects creates the OllamaDeployments.
func (b *bench) createObjects(ctx context.Context, o options) error {
	return forEach(ctx, o, func(ctx context.Context, i int) error { return b.client.Create(ctx, object(i)) })
}

// createChildren applies the objects that the operator would apply for the OllamaDeployments.
func (b *bench) createChildren(ctx context.Context, o options) error {
	return forEach(ctx, o, func(ctx context.Context, i int) error {
		d := object(i)
		reference := b.owners[i/perNamespace]
		d.Default()
		for _, secret := range render.Secrets(d) {
			if err := b.createSecret(ctx, d.Namespace, secret, reference); err != nil {
				return err
			}
		}
		children, err := render.Objects(d, render.Options{})
		if err != nil {
			return err
		}
		for _, child := range children {
			if err := b.createChild(ctx, child, reference); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) createSecret(ctx context.Context, namespace string, secret render.Secret, owner metav1.OwnerReference) error {
	return b.client.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: secret.Name, Labels: secret.Labels, OwnerReferences: []metav1.OwnerReference{owner},
		},
		StringData: map[string]string{secret.Key: "00000000-0000-0000-0000-000000000000"},
	})
}

func (b *bench) createChild(ctx context.Context, child render.Object, owner metav1.OwnerReference) error {
	data, err := json.Marshal(child.Config)
	if err != nil {
		return err
	}
	plain := &unstructured.Unstructured{}
	if err := plain.UnmarshalJSON(data); err != nil {
		return err
	}
	plain.SetOwnerReferences([]metav1.OwnerReference{owner})
	return b.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(plain), client.FieldOwner(v1alpha1.ManagedBy))
}

// forEach calls f for the index of every object, with limited concurrency.
func forEach(ctx context.Context, o options, f func(context.Context, int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.concurrency)
	for i := range o.objects {
		group.Go(func() error { return f(ctx, i) })
	}
	return group.Wait()
}
