// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/internal/render"
)

func seeded(seed int64) generator {
	return generator{rand.New(rand.NewSource(seed))} //nolint:gosec // it has to be repeatable
}

// Generated objects are valid, the spoiled ones are not, and both follow from the seed.
func TestGenerator(t *testing.T) {
	t.Parallel()
	all := slots(6)
	kinds := map[string]bool{}
	for seed := range int64(2000) {
		g, s := seeded(seed), all[seed%int64(len(all))]
		d := g.object(s)
		require.Empty(t, rejected(d), "seed %d", seed)
		require.Equal(t, d, seeded(seed).object(s))
		d.Default()
		objects, err := render.Objects(d, render.Options{})
		require.NoError(t, err)
		for _, object := range objects {
			kinds[object.Kind.Kind] = true
		}
		invalid, why := g.invalid(s)
		require.NotEmpty(t, rejected(invalid), "seed %d: %s", seed, why)
		_, err = g.edit(s)
		require.NoError(t, err)
	}
	for _, kind := range childKinds {
		assert.True(t, kinds[kind.Kind] || kind.Kind == kindSecret, kind.Kind)
	}
}

// A Secret whose data change is a violation, while changes of its owners are not.
func TestRecorder(t *testing.T) {
	t.Parallel()
	r := &recorder{tally: &tally{}, seen: map[types.UID]recorded{}}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "s", UID: "u"}, Data: map[string][]byte{"a": []byte("b")}}
	r.note(secret, false)
	owned := secret.DeepCopy()
	owned.OwnerReferences = []metav1.OwnerReference{{UID: "owner"}}
	r.note(owned, false)
	assert.Empty(t, r.tally.violations())
	assert.Equal(t, []types.UID{"owner"}, r.all()["u"].owners)
	owned.Data["a"] = []byte("c")
	r.note(owned, true)
	assert.Equal(t, []string{"the data of Secret n/s (u) have changed"}, r.tally.violations())
	assert.True(t, r.all()["u"].gone)
}
