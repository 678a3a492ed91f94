// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/geeper-io/llm-operator/internal/render"
)

// A recorded object is a claim or a Secret as it was seen last.
type recorded struct {
	kind, namespace, name string
	uid                   types.UID
	owners                []types.UID
	data                  string // a hash
	gone                  bool
}

func (r recorded) String() string {
	return fmt.Sprintf("%s %s/%s (%s)", r.kind, r.namespace, r.name, r.uid)
}

// A recorder follows all claims and Secrets, also while nobody asks. It reports each change of a Secret's data.
type recorder struct {
	tally *tally
	mutex sync.Mutex
	seen  map[types.UID]recorded
	stop  func()
}

// startRecorder starts a recorder, which ends with stop.
func startRecorder(ctx context.Context, client kubernetes.Interface, t *tally) (*recorder, error) {
	r := &recorder{tally: t, seen: map[types.UID]recorded{}}
	ctx, cancel := context.WithCancel(ctx)
	factory := informers.NewSharedInformerFactory(client, 0)
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { r.note(object, false) },
		UpdateFunc: func(_, object any) { r.note(object, false) },
		DeleteFunc: func(object any) { r.note(object, true) },
	}
	_, claims := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(handler)
	_, secrets := factory.Core().V1().Secrets().Informer().AddEventHandler(handler)
	if err := errors.Join(claims, secrets); err != nil {
		cancel()
		return nil, fmt.Errorf("watching claims and Secrets: %w", err)
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	r.stop = func() {
		cancel()
		factory.Shutdown()
	}
	return r, nil
}

// note records an object.
func (r *recorder) note(object any, gone bool) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	one, ok := record(object)
	if !ok {
		return
	}
	one.gone = gone
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if before, found := r.seen[one.uid]; found && before.data != one.data {
		r.tally.violate("the data of %s have changed", one)
	}
	r.seen[one.uid] = one
}

func record(object any) (recorded, bool) {
	switch object := object.(type) {
	case *corev1.PersistentVolumeClaim:
		return recordedOf(render.KindPersistentVolumeClaim.Kind, object, ""), true
	case *corev1.Secret:
		data, err := json.Marshal(object.Data)
		return recordedOf(kindSecret, object, fmt.Sprintf("%x", sha256.Sum256(data))), err == nil
	default:
		return recorded{}, false
	}
}

func recordedOf(kind string, object metav1.Object, data string) recorded {
	out := recorded{kind: kind, namespace: object.GetNamespace(), name: object.GetName(), uid: object.GetUID(), data: data}
	for _, owner := range object.GetOwnerReferences() {
		out.owners = append(out.owners, owner.UID)
	}
	return out
}

// all returns what was recorded.
func (r *recorder) all() map[types.UID]recorded {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return maps.Clone(r.seen)
}
