// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"math/rand"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// requestTimeout bounds a request of a client.
const requestTimeout = 10 * time.Second

// longestThought is the longest pause of a client between two requests.
const longestThought = 600 * time.Millisecond

// A user is a client that changes objects at random.
type user struct {
	generator
	api   client.Client
	slots []slot
	tally *tally
}

// An operation is something that users do to the object of a slot.
type operation struct {
	name   string
	weight int
	do     func(*user, context.Context, slot) error
}

var operations = []operation{
	{"create", 16, (*user).create},
	{"create an invalid object", 5, (*user).createInvalid},
	{"edit", 38, (*user).change},
	{"replace", 6, (*user).replace},
	{"apply", 6, (*user).apply},
	{"scale", 8, (*user).scale},
	{"delete", 8, (*user).delete},
	{"edit a child", 9, (*user).editChild},
	{"delete a child", 6, (*user).deleteChild},
	{"autoscale", 4, (*user).autoscale},
	{"stop autoscaling", 4, (*user).stopAutoscaling},
}

// run sends requests until the context ends.
func (u *user) run(ctx context.Context) {
	total := 0
	for _, o := range operations {
		total += o.weight
	}
	for ctx.Err() == nil {
		u.step(ctx, total)
		timer := time.NewTimer(time.Duration(u.Float64() * float64(longestThought)))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// step does one operation. Requests that have begun are not canceled with the storm.
func (u *user) step(ctx context.Context, total int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	at, s := u.Intn(total), pick(u.generator, u.slots...)
	for _, o := range operations {
		if at -= o.weight; at < 0 {
			u.tally.add(groupOperation, o.name+": "+outcome(o.do(u, ctx, s)), 1)
			return
		}
	}
}

// outcomeDone is the outcome of a request that was done.
const outcomeDone = "done"

// outcome names the result of a request.
func outcome(err error) string {
	switch {
	case err == nil:
		return outcomeDone
	case apierrors.IsInvalid(err):
		return "refused"
	case apierrors.IsNotFound(err), apierrors.IsAlreadyExists(err), apierrors.IsConflict(err):
		return "too late"
	default:
		return "failed"
	}
}

func (u *user) create(ctx context.Context, s slot) error {
	d := u.object(s)
	sent := d.DeepCopy()
	err := u.api.Create(ctx, s.as(d))
	if apierrors.IsInvalid(err) {
		if errs := rejected(sent); len(errs) == 0 {
			u.tally.violate("%s: a valid object was refused: %v", s, err)
		}
	}
	return err
}

// rejected returns the errors of a new object.
func rejected(d *v1alpha1.OllamaDeployment) field.ErrorList {
	defaulted := d.DeepCopy()
	defaulted.Default()
	_, errs := validation.ValidateCreate(defaulted, nil, validation.Options{})
	return errs
}

// createInvalid reports success if the object is refused.
func (u *user) createInvalid(ctx context.Context, s slot) error {
	d, why := u.invalid(s)
	err := u.api.Create(ctx, s.as(d))
	if err == nil {
		u.tally.violate("%s: an invalid object was stored: %s", s, why)
	}
	if apierrors.IsInvalid(err) {
		return nil
	}
	return err
}

func (u *user) change(ctx context.Context, s slot) error {
	patch, err := u.edit(s)
	if err != nil {
		return err
	}
	return u.api.Patch(ctx, u.empty(s), client.RawPatch(types.MergePatchType, patch))
}

// replace sends a whole new object in place of the one that is stored.
func (u *user) replace(ctx context.Context, s slot) error {
	wanted, stored := u.object(s), &v1alpha1.OllamaDeployment{}
	object := s.as(stored)
	if err := u.api.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: s.name}, object); err != nil {
		return err
	}
	stored.Spec = wanted.Spec
	return u.api.Update(ctx, object)
}

// apply applies an object as GitOps tools do, which creates it if there is none.
func (u *user) apply(ctx context.Context, s slot) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(s.as(u.object(s)))
	if err != nil {
		return fmt.Errorf("encoding an object: %w", err)
	}
	delete(content, "status")
	object := &unstructured.Unstructured{Object: content}
	return u.api.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner("gitops"), client.ForceOwnership)
}

func (u *user) scale(ctx context.Context, s slot) error {
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, pick(u.generator, 1, 1, 2, 3))
	return u.api.SubResource("scale").Patch(ctx, u.empty(s), client.RawPatch(types.MergePatchType, patch))
}

func (u *user) delete(ctx context.Context, s slot) error {
	how := pick(u.generator, metav1.DeletePropagationBackground, metav1.DeletePropagationForeground)
	if s.role == orphaner && u.chance(0.5) {
		how = metav1.DeletePropagationOrphan
	}
	return u.api.Delete(ctx, u.empty(s), client.PropagationPolicy(how))
}

// empty returns an object of the slot without a spec.
func (u *user) empty(s slot) client.Object {
	return s.as(&v1alpha1.OllamaDeployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind},
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.name},
	})
}

// newUsers returns clients that each have decisions of their own, which follow from the seed.
func newUsers(n int, seed int64, api client.Client, all []slot, t *tally) []*user {
	users := make([]*user, 0, n)
	for i := range n {
		source := rand.New(rand.NewSource(seed*1000 + int64(i))) //nolint:gosec // it has to be repeatable
		users = append(users, &user{generator{source}, api, all, t})
	}
	return users
}
