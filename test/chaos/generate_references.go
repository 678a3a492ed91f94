// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Names of objects of the user that specs refer to. Those of absent are nowhere.
const (
	serversSecret        = "servers"
	authoritiesConfigMap = "authorities"
	absent               = "absent"
)

// Keys of serversSecret.
const (
	databaseKey = "database"
	redisKey    = "redis"
)

// reference returns the name of an object of the user, which sometimes does not exist.
func (g generator) reference(name string) string {
	if g.chance(0.15) {
		return absent
	}
	return name
}

func (g generator) trust() *v1alpha1.TrustSpec {
	return &v1alpha1.TrustSpec{ConfigMapRef: v1alpha1.ConfigMapKeyReference{Name: g.reference(authoritiesConfigMap)}}
}

func (g generator) database() *v1alpha1.DatabaseSpec {
	return &v1alpha1.DatabaseSpec{URLSecretRef: v1alpha1.SecretKeyReference{Name: g.reference(serversSecret), Key: new(databaseKey)}}
}

func (g generator) redis() *v1alpha1.RedisSpec {
	return &v1alpha1.RedisSpec{URLSecretRef: v1alpha1.SecretKeyReference{Name: g.reference(serversSecret), Key: new(redisKey)}}
}

// route returns a route, or nil. Only that of one component may have all hosts.
func (g generator) route(s slot, host string) *v1alpha1.RouteSpec {
	if !g.chance(0.2) {
		return nil
	}
	out := &v1alpha1.RouteSpec{ParentRefs: []v1alpha1.RouteParent{{Name: "shared", SectionName: maybe(g, 0.5, "http", "https")}}}
	if host != "chat" || g.chance(0.7) {
		out.Hostnames = []string{fmt.Sprintf("%s-%s.%s.example.com", host, s.name, s.namespace)}
	}
	if g.chance(0.3) {
		out.Annotations = map[string]string{"example.com/route": pick(g, "x", "y")}
	}
	if g.chance(0.3) {
		out.Timeouts = &v1alpha1.RouteTimeouts{Request: new(v1alpha1.RouteDuration("10m")), BackendRequest: maybe[v1alpha1.RouteDuration](g, 0.5, "5m")}
	}
	return out
}

// references returns the objects of the user that specs of the namespace refer to.
func references(namespace string) ([]*unstructured.Unstructured, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	return []*unstructured.Unstructured{
		newForeign("v1", "ConfigMap", namespace, authoritiesConfigMap, fields{"data": fields{v1alpha1.DefaultTrustKey: authority}}),
		newForeign("v1", kindSecret, namespace, serversSecret, fields{"stringData": fields{
			databaseKey: "postgresql://user:password@database.example.com/chat", redisKey: "redis://redis.example.com:6379/0",
		}}),
	}, nil
}

// newAuthority returns the certificate of a new authority in PEM.
func newAuthority() (string, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return "", fmt.Errorf("making a certificate: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}
