// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

var (
	ownLabels = map[string]string{v1alpha1.LabelOwner: "a", v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}
	owned     = metav1.OwnerReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "OllamaDeployment", Name: "a", UID: "a-uid", Controller: new(true)}
	plain     = metav1.OwnerReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "OllamaDeployment", Name: "a", UID: "a-uid"}
	earlier   = metav1.OwnerReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "OllamaDeployment", Name: "a", UID: "earlier", Controller: new(true)}
	another   = metav1.OwnerReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "OllamaDeployment", Name: "b", UID: "b-uid", Controller: new(true)}
	namesake  = metav1.OwnerReference{APIVersion: "apps/v1", Kind: "OllamaDeployment", Name: "a", UID: "x", Controller: new(true)}
	ownClaim  = metav1.OwnerReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Name: "a-openwebui", UID: "claim-uid"}
	oldClaim  = metav1.OwnerReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Name: "a-openwebui", UID: "old-claim"}
)

// Whose a child is: labels are enough for a Deployment and for a claim that nobody
// owns, and never for what pods run or trust.
func TestOwnership(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Name: "a", UID: "a-uid"}}
	for name, tc := range map[string]struct {
		kind   schema.GroupVersionKind
		labels map[string]string
		owners []metav1.OwnerReference
		known  mountedUIDs
		want   ownership
	}{
		"owned":                              {kind: render.KindConfigMap, owners: []metav1.OwnerReference{owned}, want: ours},
		"of an earlier object":               {kind: render.KindConfigMap, owners: []metav1.OwnerReference{earlier}, want: ofPredecessor},
		"of another object":                  {kind: render.KindService, labels: ownLabels, owners: []metav1.OwnerReference{another}, want: foreign},
		"of another kind":                    {kind: render.KindService, labels: ownLabels, owners: []metav1.OwnerReference{namesake}, want: foreign},
		"a Deployment without labels":        {kind: render.KindDeployment, want: foreign},
		"an orphaned Deployment":             {kind: render.KindDeployment, labels: ownLabels, want: ours},
		"a retained claim":                   {kind: render.KindPersistentVolumeClaim, labels: ownLabels, want: ours},
		"a claim without labels":             {kind: render.KindPersistentVolumeClaim, want: foreign},
		"a claim with labels that is owned":  {kind: render.KindPersistentVolumeClaim, labels: ownLabels, owners: []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "x", UID: "x"}}, want: foreign},
		"a claim that the object owns":       {kind: render.KindPersistentVolumeClaim, owners: []metav1.OwnerReference{plain}, want: ours},
		"a claim that the object shares":     {kind: render.KindPersistentVolumeClaim, labels: ownLabels, owners: []metav1.OwnerReference{plain, {APIVersion: "v1", Kind: "Pod", Name: "x", UID: "x"}}, want: foreign},
		"a ConfigMap that the object owns":   {kind: render.KindConfigMap, labels: ownLabels, owners: []metav1.OwnerReference{plain}, want: foreign},
		"a ConfigMap with copied labels":     {kind: render.KindConfigMap, labels: ownLabels, want: foreign},
		"an orphaned ConfigMap on record":    {kind: render.KindConfigMap, labels: ownLabels, known: mountedUIDs{"live"}, want: ours},
		"a ConfigMap while another is known": {kind: render.KindConfigMap, labels: ownLabels, known: mountedUIDs{"other"}, want: foreign},
		"on record, and owned by others":     {kind: render.KindConfigMap, labels: ownLabels, owners: []metav1.OwnerReference{another}, known: mountedUIDs{"live"}, want: foreign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, err := kindFor(tc.kind)
			require.NoError(t, err)
			live := kind.object()
			live.SetUID("live")
			live.SetLabels(tc.labels)
			live.SetOwnerReferences(tc.owners)
			assert.Equal(t, tc.want, kind.ownership(live, d, tc.known))
		})
	}
}

// Whose a Secret is, and who is to own it.
func TestSecretOwners(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Name: "a", UID: "a-uid"}}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "a-openwebui", UID: "claim-uid", Labels: ownLabels}}
	foreignClaim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "a-openwebui", UID: "claim-uid"}}
	gone := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "a-openwebui", UID: "claim-uid", OwnerReferences: []metav1.OwnerReference{earlier}}}
	byObject := *metav1.NewControllerRef(d, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	other := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "x", UID: "x"}
	userClaim := metav1.OwnerReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Name: "chats", UID: "chats-uid"}
	given := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "chats", UID: "chats-uid"}}
	type owners = []metav1.OwnerReference
	for name, tc := range map[string]struct {
		labels map[string]string
		live   owners
		claim  *corev1.PersistentVolumeClaim
		stored bool
		// existing is the claim that the user provides.
		existing *corev1.PersistentVolumeClaim
		known    mountedUIDs
		whose    ownership
		want     owners
	}{
		"of the object":                      {live: owners{byObject}, whose: ours, want: owners{byObject}},
		"of the object, now with storage":    {live: owners{byObject}, claim: claim, stored: true, whose: ours, want: owners{ownClaim}},
		"of the claim":                       {live: owners{ownClaim}, claim: claim, stored: true, whose: ours, want: owners{ownClaim}},
		"of a claim that is retained":        {live: owners{ownClaim}, claim: claim, whose: ours, want: owners{ownClaim}},
		"of a claim that is gone":            {live: owners{oldClaim}, claim: claim, stored: true, whose: ofPredecessor},
		"of a claim that is gone for good":   {live: owners{ownClaim}, whose: ofPredecessor},
		"of a live claim that is not ours":   {live: owners{ownClaim}, claim: foreignClaim, whose: foreign},
		"of an earlier object's claim":       {live: owners{ownClaim}, claim: gone, whose: ofPredecessor},
		"of an earlier object":               {live: owners{earlier}, whose: ofPredecessor},
		"others' owners stay":                {live: owners{other, byObject}, claim: claim, stored: true, whose: ours, want: owners{other, ownClaim}},
		"copied labels":                      {labels: ownLabels, whose: foreign},
		"copied labels, and a claim":         {labels: ownLabels, claim: claim, stored: true, whose: foreign},
		"nothing":                            {whose: foreign},
		"of another object":                  {labels: ownLabels, live: owners{another}, known: mountedUIDs{"live"}, whose: foreign},
		"orphaned, on record":                {labels: ownLabels, known: mountedUIDs{"live"}, whose: ours, want: owners{byObject}},
		"of the user's claim":                {live: owners{userClaim}, claim: given, existing: given, stored: true, whose: ours, want: owners{userClaim}},
		"of the object, now the user's":      {live: owners{byObject}, claim: given, existing: given, stored: true, whose: ours, want: owners{userClaim}},
		"of a retained claim and the user's": {live: owners{ownClaim, userClaim}, claim: given, existing: given, stored: true, whose: ours, want: owners{ownClaim, userClaim}},
		"of another claim of the user's":     {labels: ownLabels, live: owners{userClaim}, whose: foreign},
		"of the user's earlier claim":        {labels: ownLabels, live: owners{userClaim}, known: mountedUIDs{"live"}, whose: ours, want: owners{userClaim, byObject}},
		"on record without labels":           {known: mountedUIDs{"live"}, whose: foreign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "a-openwebui", UID: "live", Labels: tc.labels, OwnerReferences: tc.live}}
			var state client.Object
			if tc.claim != nil {
				state = tc.claim
			}
			assert.Equal(t, tc.whose, secretOwnership(secret, d, state, tc.existing, tc.known))
			if tc.whose == ours {
				assert.Equal(t, tc.want, secretOwners(tc.live, d, state, tc.stored))
			}
		})
	}
}
