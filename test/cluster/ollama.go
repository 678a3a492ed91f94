// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/geeper-io/llm-operator/test/ollama"
)

// ollamaProxyFile is the file, in the cluster's directory, with the URL of the simulation of Ollama.
const ollamaProxyFile = "ollama-proxy-url"

// A simulatedOllama is the simulation of Ollama in the pods of a cluster. It has a server for each pod
// with a container port 11434 that runs.
type simulatedOllama struct {
	proxy  *ollama.Simulation
	server *http.Server
	url    string
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// simulateOllama starts the simulation, on a free port of loopback.
func simulateOllama(plane *controlPlane) (*simulatedOllama, error) {
	client, err := kubernetes.NewForConfig(plane.config())
	if err != nil {
		return nil, fmt.Errorf("creating a client: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the simulation of Ollama: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &simulatedOllama{proxy: ollama.NewSimulation(), url: "http://" + listener.Addr().String(), cancel: cancel}
	s.server = &http.Server{Handler: s.proxy, ReadHeaderTimeout: 10 * time.Second}
	s.done.Go(func() { _ = s.server.Serve(listener) }) // until it is closed
	if err := s.watch(ctx, client); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if err := os.WriteFile(plane.path(ollamaProxyFile), []byte(s.url), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("writing the URL of the simulation of Ollama: %w", err), s.stop())
	}
	return s, nil
}

// watch follows the pods and the claims of the cluster until the context is done.
func (s *simulatedOllama) watch(ctx context.Context, client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(strip))
	pods := cache.ResourceEventHandlerDetailedFuncs{
		AddFunc:    func(object any, _ bool) { s.setPod(object) },
		UpdateFunc: func(_, object any) { s.setPod(object) },
		DeleteFunc: func(object any) { s.deleted(object) },
	}
	claims := cache.ResourceEventHandlerFuncs{DeleteFunc: func(object any) { s.deleted(object) }}
	_, podsErr := factory.Core().V1().Pods().Informer().AddEventHandler(pods)
	_, claimsErr := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(claims)
	if err := errors.Join(podsErr, claimsErr); err != nil {
		return fmt.Errorf("watching pods: %w", err)
	}
	factory.Start(ctx.Done())
	s.done.Go(func() {
		<-ctx.Done()
		factory.Shutdown()
	})
	return nil
}

// strip returns an object without what the simulation does not need, so that thousands fit.
func strip(object any) (any, error) {
	switch object := object.(type) {
	case *corev1.Pod:
		stripped := &corev1.Pod{ObjectMeta: stripMeta(object.ObjectMeta), Status: corev1.PodStatus{Phase: object.Status.Phase, PodIP: object.Status.PodIP}}
		for _, volume := range object.Spec.Volumes {
			if volume.PersistentVolumeClaim != nil {
				stripped.Spec.Volumes = append(stripped.Spec.Volumes, volume)
			}
		}
		for i := range object.Spec.Containers {
			stripped.Spec.Containers = append(stripped.Spec.Containers, corev1.Container{Ports: object.Spec.Containers[i].Ports})
		}
		return stripped, nil
	case *corev1.PersistentVolumeClaim:
		return &corev1.PersistentVolumeClaim{ObjectMeta: stripMeta(object.ObjectMeta)}, nil
	default:
		return object, nil
	}
}

func stripMeta(meta metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: meta.Namespace, Name: meta.Name, UID: meta.UID, ResourceVersion: meta.ResourceVersion}
}

// setPod adds a pod of Ollama when it runs, and deletes it when it has ended.
func (s *simulatedOllama) setPod(object any) {
	pod, ok := object.(*corev1.Pod)
	if !ok || pod.Status.PodIP == "" || !servesOllama(pod) {
		return
	}
	if pod.Status.Phase != corev1.PodRunning {
		s.proxy.DeletePod(string(pod.UID))
		return
	}
	simulated := ollama.Pod{UID: string(pod.UID), Address: pod.Status.PodIP}
	if len(pod.Spec.Volumes) > 0 {
		simulated.Volume = volumeID(pod.Namespace, pod.Spec.Volumes[0].PersistentVolumeClaim.ClaimName)
	}
	s.proxy.SetPod(simulated)
}

func servesOllama(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(container corev1.Container) bool {
		return slices.ContainsFunc(container.Ports, func(port corev1.ContainerPort) bool {
			return strconv.Itoa(int(port.ContainerPort)) == ollama.Port
		})
	})
}

func volumeID(namespace, claim string) string { return namespace + "/" + claim }

// deleted forgets a pod or the models on a claim.
func (s *simulatedOllama) deleted(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	switch object := object.(type) {
	case *corev1.Pod:
		s.proxy.DeletePod(string(object.UID))
	case *corev1.PersistentVolumeClaim:
		s.proxy.DeleteVolume(volumeID(object.Namespace, object.Name))
	}
}

func (s *simulatedOllama) stop() error {
	if s == nil {
		return nil
	}
	s.cancel()
	err := s.server.Close()
	s.done.Wait()
	return err
}

// OllamaProxyURL returns the URL of the HTTP proxy through which the manager, and whoever else knows it,
// reaches the simulated Ollama servers in the pods of KWOK's nodes.
func (c *Cluster) OllamaProxyURL() (string, error) {
	data, err := os.ReadFile(filepath.Join(c.Dir, ollamaProxyFile))
	if err != nil {
		return "", fmt.Errorf("reading the URL of the simulation of Ollama: %w", err)
	}
	return string(data), nil
}

// Ollama returns the control of the simulated Ollama servers.
func (c *Cluster) Ollama() (ollama.Control, error) {
	url, err := c.OllamaProxyURL()
	return ollama.Control{URL: url}, err
}
