// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package validation validates the children of random objects with Kubernetes' own functions.
package validation

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

var (
	cases = flag.Int("cases", 10_000, "number of objects")
	seed  = flag.Int("seed", 0, "seed of the first object; a failure has the seed of its object")
)

// The children of valid objects are valid, and their pods conform to the Pod Security Standards.
func TestAcceptedObjectsHaveValidChildren(t *testing.T) {
	var accepted atomic.Int64
	checkAll(t, func(seed int, d *v1alpha1.OllamaDeployment) error {
		allowed := seed%2 == 0
		if _, errs := validation.ValidateCreate(d, nil, validation.Options{AllowHostPath: allowed, AllowPrivilegedPods: allowed}); len(errs) > 0 {
			return nil
		}
		accepted.Add(1)
		if err := validateChildren(d); err != nil || allowed && !d.Spec.Security.IsRestricted() {
			return err
		}
		return conform(d)
	})
	t.Logf("%d of %d objects are valid", accepted.Load(), *cases)
	require.True(t, *cases < 100 || accepted.Load() > int64(*cases)/20, "few objects are valid")
}

// ownRules has parts of the errors of rules for volumes, variables and pods that Kubernetes does not have.
var ownRules = []string{
	"is set by the operator", "which is a file that the operator mounts", "which the operator mounts read-only", "would hide", "containerName: Unsupported value", "is reserved for the operator", "hostPath volumes are not allowed",
	"is no longer supported by Kubernetes", "credentials of the ServiceAccount are not allowed", "must not contain ':'", "spec.security.profile: Restricted", "must be an absolute path", "Duplicate value",
	"is already the node port of", "is reserved for Kubernetes", "the images run on Linux", "topologyKey: Invalid value", "must not be set without labelSelector", "must be set if the type is Localhost",
}

// An object that admission rejects because of Kubernetes' rules for volumes, variables, pods, Services and network policies
// has invalid children.
func TestRejectedObjectsHaveInvalidChildren(t *testing.T) {
	var rejected atomic.Int64
	checkAll(t, func(_ int, d *v1alpha1.OllamaDeployment) error {
		_, errs := validation.ValidateCreate(d, nil, validation.Options{AllowHostPath: true, AllowPrivilegedPods: true})
		for _, err := range errs {
			if !aboutPod.MatchString(err.Field) || slices.ContainsFunc(ownRules, func(text string) bool { return strings.Contains(err.Error(), text) }) {
				return nil
			}
		}
		if len(errs) == 0 {
			return nil
		}
		rejected.Add(1)
		if validateChildren(d) == nil {
			return fmt.Errorf("the children of a rejected object are valid: %w", errs.ToAggregate())
		}
		return nil
	})
	t.Logf("%d of %d objects are rejected because of volumes, variables, settings of pods, Services and network policies", rejected.Load(), *cases)
	require.True(t, *cases < 100 || rejected.Load() > int64(*cases)/20, "few objects are rejected")
}

// aboutPod matches the fields of volumes and variables, of pods but for names that Kubernetes does not validate, and
// of Services and network policies.
var aboutPod = regexp.MustCompile(`^spec\.(tabby\.(envVars|volumes|volumeMounts)|(ollama|openwebui|tabby)\.pod\.(labels|annotations|nodeSelector|tolerations|affinity|topologySpreadConstraints|priorityClassName|runtimeClassName|resourceClaims|securityContext)|networkPolicy|(ollama|openwebui|tabby)\.service)`)

// checkAll calls check with random defaulted objects concurrently. At the first error it fails the test
// and prints the object.
func checkAll(t *testing.T, check func(seed int, d *v1alpha1.OllamaDeployment) error) {
	t.Helper()
	var next atomic.Int64
	var failed atomic.Pointer[string]
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= *cases {
					return
				}
				d := generator{rand.New(rand.NewPCG(uint64(*seed+i), 0))}.object() //nolint:gosec // reproducible
				before, _ := yaml.Marshal(d)
				d.Default()
				if err := check(*seed+i, d); err != nil {
					failed.Store(new(fmt.Sprintf("seed %d: %v, of\n%s", *seed+i, err, before)))
				}
			}
		})
	}
	workers.Wait()
	if message := failed.Load(); message != nil {
		t.Fatal(*message)
	}
}
