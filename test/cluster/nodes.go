// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

// Nodes simulated by KWOK: capacity for 10,000 pods, with GPUs.
const (
	nodeCount   = 4
	podsPerNode = "2500"
)

// storageClass is the name of the default StorageClass; KWOK provisions its volumes.
const storageClass = "kwok-volume"

// addNodes creates the nodes and the StorageClass of KWOK, and waits until pods can be created: the
// controller manager has created ServiceAccounts, and KWOK has made the nodes ready.
func (c *controlPlane) addNodes(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.config())
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	if c.node == nil {
		if err := simulateNodes(ctx, client); err != nil {
			return err
		}
	}
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		if err := c.checkRunning(); err != nil {
			return false, err
		}
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err == nil && (c.node != nil || nodesReady(ctx, client)), nil
	})
	if err != nil {
		return fmt.Errorf("waiting for nodes and ServiceAccounts: %w", err)
	}
	return nil
}

// simulateNodes creates the nodes and the StorageClass that KWOK serves.
func simulateNodes(ctx context.Context, client kubernetes.Interface) error {
	if _, err := client.StorageV1().StorageClasses().Create(ctx, defaultStorageClass(), metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating the StorageClass: %w", err)
	}
	for i := range nodeCount {
		if _, err := client.CoreV1().Nodes().Create(ctx, node(i), metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("creating a node: %w", err)
		}
	}
	return nil
}

func nodesReady(ctx context.Context, client kubernetes.Interface) bool {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return false
	}
	ready := 0
	for i := range nodes.Items {
		for _, condition := range nodes.Items[i].Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
				ready++
			}
		}
	}
	return ready == nodeCount
}

func node(i int) *corev1.Node {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("100k"),
		corev1.ResourceMemory:           resource.MustParse("100Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("100Ti"),
		corev1.ResourcePods:             resource.MustParse(podsPerNode),
		"nvidia.com/gpu":                resource.MustParse("1k"),
		"amd.com/gpu":                   resource.MustParse("1k"),
	}
	name := fmt.Sprintf("kwok-%d", i)
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			// Those that kubelets set.
			Labels:      map[string]string{corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64"},
			Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
		},
		Status: corev1.NodeStatus{Capacity: capacity, Allocatable: capacity},
	}
}

func defaultStorageClass() *storagev1.StorageClass {
	return &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        storageClass,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner:          "kwok.x-k8s.io/volume",
		AllowVolumeExpansion: new(true),
	}
}
