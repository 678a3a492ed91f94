// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package validation tries children against Kubernetes' own validation functions.
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
	cases = flag.Int("cases", 10_000, "how many objects are tried")
	seed  = flag.Int("seed", 0, "the first object's seed; a failure names its own")
)

// What admission accepts has children that the API server accepts.
func TestAcceptedObjectsHaveValidChildren(t *testing.T) {
	var accepted atomic.Int64
	tryAll(t, func(seed int, d *v1alpha1.OllamaDeployment) error {
		if _, errs := validation.ValidateCreate(d, nil, validation.Options{AllowHostPath: seed%2 == 0}); len(errs) > 0 {
			return nil
		}
		accepted.Add(1)
		return refusal(d)
	})
	t.Logf("%d of %d objects are accepted", accepted.Load(), *cases)
	require.True(t, *cases < 100 || accepted.Load() > int64(*cases)/20, "hardly any object is accepted")
}

// own are the rules about volumes and variables that are the operator's, not
// Kubernetes': each is a part of what their errors say.
var own = []string{
	"is set by the operator", "which is a file that the operator mounts", "would hide", "is reserved for the operator", "hostPath volumes are not allowed",
	"is no longer supported by Kubernetes", "credentials of the ServiceAccount are not allowed", "must not contain ':'", "must be an absolute path", "Duplicate value",
}

// What admission refuses about Tabby's volumes and variables in Kubernetes' name, the
// API server refuses too.
func TestNothingElseIsRefused(t *testing.T) {
	var refused atomic.Int64
	tryAll(t, func(_ int, d *v1alpha1.OllamaDeployment) error {
		_, errs := validation.ValidateCreate(d, nil, validation.Options{AllowHostPath: true})
		for _, err := range errs {
			if !aboutPod.MatchString(err.Field) || slices.ContainsFunc(own, func(text string) bool { return strings.Contains(err.Error(), text) }) {
				return nil
			}
		}
		if len(errs) == 0 {
			return nil
		}
		refused.Add(1)
		if refusal(d) == nil {
			return fmt.Errorf("the API server takes what is refused: %w", errs.ToAggregate())
		}
		return nil
	})
	t.Logf("%d of %d objects are refused for their volumes and variables", refused.Load(), *cases)
	require.True(t, *cases < 100 || refused.Load() > int64(*cases)/20, "hardly any object is refused")
}

var aboutPod = regexp.MustCompile(`^spec\.tabby\.(envVars|volumes|volumeMounts)`)

// tryAll gives defaulted objects to try until it finds an error, and prints that one's
// object.
func tryAll(t *testing.T, try func(seed int, d *v1alpha1.OllamaDeployment) error) {
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
				d := generator{rand.New(rand.NewPCG(uint64(*seed+i), 0))}.object() //nolint:gosec // a test that can be repeated
				before, _ := yaml.Marshal(d)
				d.Default()
				if err := try(*seed+i, d); err != nil {
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
