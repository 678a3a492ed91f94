// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package node runs a real node beside the control plane of package cluster: kubelet, containerd with
// runc, kube-proxy, kube-router for network policies, and doubles of what is on the Internet. The pods
// on it run the real Ollama.
//
// Everything runs in a sandbox, which has to be entered first.
package node

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/node/dns"
	"github.com/geeper-io/llm-operator/test/node/images"
	"github.com/geeper-io/llm-operator/test/node/models"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// Name is the name of the node.
const Name = "node-1"

// imageRegistry is where the double of all image registries listens.
const imageRegistry = sandbox.NodeAddress + ":5000"

// A Node is a control plane with a real node.
type Node struct {
	*cluster.Cluster
	// Images is the registry that all images are pulled from.
	Images *images.Registry
	// Models is the registry that Ollama pulls from. It has no models at first.
	Models *models.Registry
}

// Start starts the control plane and the node, and installs the operator that Build has built, from a
// directory of config/. It returns when the operator's webhooks answer.
func Start(config string) (*Node, error) {
	n := &Node{Images: images.NewRegistry(), Models: models.NewRegistry()}
	if err := n.prepare(); err != nil {
		return nil, err
	}
	root, err := cluster.Root()
	if err != nil {
		return nil, err
	}
	built := make(chan error, 1)
	go func() { built <- n.serve(root) }()
	n.Cluster, err = cluster.Start(cluster.Options{
		Node: &cluster.Node{Address: sandbox.NodeAddress, ServiceRange: sandbox.ServiceRange},
	})
	if err := errors.Join(err, <-built); err != nil {
		return nil, errors.Join(err, n.Stop())
	}
	err = n.startPrograms(root)
	if err == nil {
		err = n.InstallManifests(config)
	}
	if err != nil {
		return nil, errors.Join(err, n.Stop())
	}
	return n, nil
}

// prepare sets what the processes of the node inherit: where temporary files are, and where programs.
func (n *Node) prepare() error {
	temporary := filepath.Join(sandbox.Dir, "tmp")
	root, err := cluster.Root()
	return errors.Join(err,
		os.MkdirAll(temporary, 0o700),
		os.Setenv("TMPDIR", temporary),
		os.Setenv("PATH", binaries(root)+":"+os.Getenv("PATH")+":/usr/sbin:/sbin"))
}

// serve starts the registries with the images of the project.
func (n *Node) serve(root string) error {
	certificate, ca, err := models.Certificate()
	if err != nil {
		return err
	}
	if err := addImages(n.Images, binaries(root), ca); err != nil {
		return err
	}
	if err := n.Images.AddArchive(operatorImage, filepath.Join(binaries(root), "image.tar")); err != nil {
		return err
	}
	plain, err := net.Listen("tcp", imageRegistry)
	if err != nil {
		return fmt.Errorf("serving images: %w", err)
	}
	go serveHTTP(plain, n.Images)
	for _, port := range []string{"443", models.Port} {
		secure, err := net.Listen("tcp", net.JoinHostPort(sandbox.NodeAddress, port))
		if err != nil {
			return fmt.Errorf("serving models: %w", err)
		}
		go serveHTTP(tls.NewListener(secure, &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12,
		}), n.Models)
	}
	return nil
}

// serveHTTP serves until the process ends.
func serveHTTP(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: discard}
	panic(server.Serve(listener))
}

// serveNames starts the DNS server.
func (n *Node) serveNames() error {
	client, err := kubernetes.NewForConfig(n.Config)
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	server := &dns.Server{Services: client, Hosts: map[string]string{
		models.Host: sandbox.NodeAddress, models.BlobHost: sandbox.NodeAddress,
	}}
	go func() { panic(server.ListenAndServe(sandbox.NodeAddress + ":53")) }()
	return nil
}
