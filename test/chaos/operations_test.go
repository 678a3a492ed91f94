// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

var resourceInTests = schema.GroupResource{Resource: "ollamadeployments"}

func refusal() error {
	return apierrors.NewInvalid(schema.GroupKind{Kind: v1alpha1.Kind}, "stack-0", nil)
}

// recording returns a user whose requests are recorded and get the answer.
func recording(seed int64, answer error) (u *user, requests *[]string) {
	requests = &[]string{}
	note := func(request string) error {
		*requests = append(*requests, request)
		return answer
	}
	api := interceptor.NewClient(nil, interceptor.Funcs{
		Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
			return note("get")
		},
		Create: func(context.Context, client.WithWatch, client.Object, ...client.CreateOption) error {
			return note("create")
		},
		Delete: func(context.Context, client.WithWatch, client.Object, ...client.DeleteOption) error {
			return note("delete")
		},
		Update: func(context.Context, client.WithWatch, client.Object, ...client.UpdateOption) error {
			return note("update")
		},
		Patch: func(context.Context, client.WithWatch, client.Object, client.Patch, ...client.PatchOption) error {
			return note("patch")
		},
		Apply: func(context.Context, client.WithWatch, runtime.ApplyConfiguration, ...client.ApplyOption) error {
			return note("apply")
		},
		SubResourcePatch: func(_ context.Context, _ client.Client, name string, _ client.Object, _ client.Patch, _ ...client.SubResourcePatchOption) error {
			return note("patch " + name)
		},
	})
	return &user{generator: seeded(seed), api: api, tally: &tally{}}, requests
}

// What each operation asks for. Children that may be somebody else's are left alone.
func TestOperations(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"create": "create", "create an invalid object": "create", "edit": "patch", "replace": "get, update", "apply": "apply",
		"scale": "patch scale", "delete": "delete", "edit a child": "patch", "delete a child": "delete",
		"autoscale": "create", "stop autoscaling": "delete",
	}
	skipped := map[string][]role{"edit a child": {rival}, "delete a child": {rival, orphaner}}
	require.Len(t, operations, len(want))
	for _, o := range operations {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			assert.Positive(t, o.weight)
			for _, r := range []role{keeper, dropper, orphaner, rival, aliased} {
				u, requests := recording(1, nil)
				require.NoError(t, o.do(u, t.Context(), slot{"chaos-a", "stack-0", r}))
				expected := want[o.name]
				if slices.Contains(skipped[o.name], r) {
					expected = ""
				}
				assert.Equal(t, expected, strings.Join(*requests, ", "), "role %d", r)
			}
		})
	}
}

// Steps do one operation each, all of them in time, and count it with its outcome.
func TestStep(t *testing.T) {
	t.Parallel()
	u, _ := recording(1, nil)
	u.slots = slots(1)
	total := 0
	for _, o := range operations {
		total += o.weight
	}
	const steps = 2000
	for range steps {
		u.step(t.Context(), total)
	}
	assert.Equal(t, steps, u.tally.countDone())
	for _, o := range operations {
		count := u.tally.count(groupOperation, o.name+": "+outcomeDone)
		assert.InDelta(t, steps*o.weight/total, count, 0.04*steps, o.name)
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"no error":      {nil, outcomeDone},
		"invalid":       {refusal(), "refused"},
		"deleted":       {apierrors.NewNotFound(resourceInTests, "stack-0"), "too late"},
		"already there": {apierrors.NewAlreadyExists(resourceInTests, "stack-0"), "too late"},
		"changed":       {fmt.Errorf("replacing: %w", apierrors.NewConflict(resourceInTests, "stack-0", errors.New("changed"))), "too late"},
		"a failure":     {apierrors.NewInternalError(errors.New("oops")), "failed"},
		"no API server": {errors.New("connection refused"), "failed"},
		"no time left":  {context.DeadlineExceeded, "failed"},
		"not permitted": {apierrors.NewForbidden(resourceInTests, "stack-0", errors.New("no")), "failed"},
		"not logged in": {apierrors.NewUnauthorized("no"), "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, outcome(tc.err))
		})
	}
}

// Clients know what admission has to answer.
func TestJudgedAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do        func(*user, context.Context, slot) error
		answer    error
		outcome   string
		violation string // part of the only one; "" means that there is none
	}{
		"a valid object is stored":     {(*user).create, nil, outcomeDone, ""},
		"a valid object is refused":    {(*user).create, refusal(), "refused", "a valid object was refused"},
		"a valid object is not judged": {(*user).create, apierrors.NewInternalError(errors.New("oops")), "failed", ""},
		"an invalid one is stored":     {(*user).createInvalid, nil, outcomeDone, "an invalid object was stored"},
		"an invalid one is refused":    {(*user).createInvalid, refusal(), outcomeDone, ""},
		"an invalid one is not judged": {(*user).createInvalid, apierrors.NewInternalError(errors.New("oops")), "failed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, _ := recording(1, tc.answer)
			assert.Equal(t, tc.outcome, outcome(tc.do(u, t.Context(), slot{"chaos-a", "stack-0", keeper})))
			if tc.violation == "" {
				assert.Empty(t, u.tally.violations())
				return
			}
			require.Len(t, u.tally.violations(), 1)
			assert.Contains(t, u.tally.violations()[0], tc.violation)
		})
	}
}

// Each spoil is enough to have a valid object refused.
func TestSpoils(t *testing.T) {
	t.Parallel()
	for _, one := range spoils {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(20) {
				d := seeded(seed).object(slot{"chaos-a", "stack-0", keeper})
				require.Empty(t, rejected(d))
				one.spoil(d)
				assert.NotEmpty(t, rejected(d), "seed %d", seed)
			}
		})
	}
}

// Edits name fields that there are, and all parts of an object are edited in time. They never have the claim of a
// keeper deleted.
func TestEdits(t *testing.T) {
	t.Parallel()
	s := slot{"chaos-a", "stack-0", keeper}
	edited := map[string]bool{}
	for seed := range int64(1000) {
		g := seeded(seed)
		before, err := json.Marshal(g.object(s))
		require.NoError(t, err)
		patch, err := g.edit(s)
		require.NoError(t, err)
		after, err := jsonpatch.MergePatch(before, patch)
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(after))
		decoder.DisallowUnknownFields()
		d := &v1alpha1.OllamaDeployment{}
		require.NoError(t, decoder.Decode(d), "seed %d: %s", seed, patch)
		assert.NotContains(t, string(after), `"retain"`, "seed %d", seed)
		parts := map[string]map[string]any{}
		require.NoError(t, json.Unmarshal(patch, &parts))
		for part, fields := range parts {
			for field := range fields {
				edited[part+"."+field] = true
			}
		}
	}
	assert.Equal(t, map[string]bool{
		"spec.ollama": true, "spec.openwebui": true, "spec.tabby": true, "spec.networkPolicy": true, "spec.paused": true, "spec.trust": true, "metadata.annotations": true,
	}, edited)
}

// Clients decide differently from each other, and the same with the same seed.
func TestUsers(t *testing.T) {
	t.Parallel()
	draw := func(seed int64) []int64 {
		var out []int64
		for _, u := range newUsers(4, seed, nil, nil, nil) {
			out = append(out, u.Int63())
		}
		return out
	}
	first := draw(1)
	assert.Equal(t, first, draw(1))
	drawn := map[int64]bool{}
	for _, one := range append(first, draw(2)...) {
		drawn[one] = true
	}
	assert.Len(t, drawn, 8)
}

// Each namespace has all roles, and no name twice.
func TestSlots(t *testing.T) {
	t.Parallel()
	names, roles := map[string]bool{}, map[string]map[role]bool{}
	for _, s := range slots(6) {
		names[s.String()] = true
		if roles[s.namespace] == nil {
			roles[s.namespace] = map[role]bool{}
		}
		roles[s.namespace][s.role] = true
	}
	assert.Len(t, names, 6*len(namespaces))
	for _, namespace := range namespaces {
		assert.Len(t, roles[namespace], int(aliased)+1, namespace)
	}
}
