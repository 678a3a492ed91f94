// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/internal/ollama/registry"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/reconcilers/models"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

const (
	// maxModelReconciles is how many objects the Keeper reconciles at a time. Nearly all of that time it
	// waits for pods, up to five seconds for one that cannot be reached.
	maxModelReconciles = 50
	// maxAsks is how many pods the Keeper asks at a time.
	maxAsks = 20
	// maxPulls is how many models the Keeper pulls at a time. Each has a connection.
	maxPulls = 500
)

// registries is the HTTP client for registries of models. It uses the proxies of the environment, and does
// not follow redirects, because registries have none for manifests.
var registries = &http.Client{
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// A signal has a controller reconcile objects.
type signal chan event.GenericEvent

func newSignal() signal { return make(signal) }

// source returns the signal as a source of a controller.
func (s signal) source() source.Source {
	return source.Channel(s, &handler.EnqueueRequestForObject{})
}

// send returns a function that sends the signal until the context is done.
func (s signal) send(ctx context.Context) func(client.ObjectKey) {
	return func(key client.ObjectKey) {
		d := &v1alpha1.OllamaDeployment{}
		d.Namespace, d.Name = key.Namespace, key.Name
		select {
		case s <- event.GenericEvent{Object: d}:
		case <-ctx.Done():
		}
	}
}

// setupModels registers the controller of the models. It signals changed when what it knows of an
// object's models has changed.
func (r *Reconciler) setupModels(ctx context.Context, mgr ctrl.Manager, changed signal) (*models.Keeper, error) {
	wake, pods := newSignal(), ollamaclient.NewHTTPClient(r.Options.OllamaProxy)
	keeper := &models.Keeper{
		Pods:    r.ollamaPods,
		Shares:  render.SharesModels,
		Server:  func(address string) models.Server { return ollamaclient.New(address, pods) },
		Wake:    wake.send(ctx),
		Changed: changed.send(ctx),
		Now:     time.Now,
		Context: ctx,
		Asks:    make(chan struct{}, maxAsks),
		Slots:   models.NewSlots(maxPulls),
	}
	options := r.Options.controller()
	options.MaxConcurrentReconciles = maxModelReconciles
	if !r.Options.SkipUpdateChecks {
		keeper.Updates = models.NewUpdates(func(ctx context.Context, name ollama.ModelName) (string, error) {
			return registry.Digest(ctx, registries, name)
		}, time.Now)
		if err := mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
			keeper.Updates.Run(ctx, wake.send(ctx))
			return nil
		})); err != nil {
			return nil, fmt.Errorf("adding the checks for updates: %w", err)
		}
	}
	err := ctrl.NewControllerManagedBy(mgr).
		Named("models").
		For(&v1alpha1.OllamaDeployment{}, builder.WithPredicates(modelsChanged)).
		Watches(&corev1.Pod{}, onOllamaPod()).
		Watches(&appsv1.Deployment{}, onOllamaDeployment()).
		WatchesRawSource(wake.source()).
		WithOptions(options).
		Complete(byRequest(mgr.GetClient(), keeper.Forget, keeper))
	if err != nil {
		return nil, fmt.Errorf("building the controller of the models: %w", err)
	}
	return keeper, nil
}

// measureObjects has the metrics of the objects follow the cache.
func measureObjects(ctx context.Context, mgr ctrl.Manager) error {
	objects.start(mgr.Elected())
	informer, err := mgr.GetCache().GetInformer(ctx, &v1alpha1.OllamaDeployment{})
	if err == nil {
		_, err = informer.AddEventHandler(objects)
	}
	if err != nil {
		return fmt.Errorf("following the objects for their metrics: %w", err)
	}
	return nil
}

// modelsChanged passes updates that change what the Keeper has to do.
var modelsChanged = onUpdate(func(e event.UpdateEvent) bool {
	const refresh = v1alpha1.AnnotationRefreshModels
	return e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration() ||
		e.ObjectOld.GetDeletionTimestamp().IsZero() != e.ObjectNew.GetDeletionTimestamp().IsZero() ||
		e.ObjectOld.GetAnnotations()[refresh] != e.ObjectNew.GetAnnotations()[refresh] ||
		standsStill(e.ObjectOld) != standsStill(e.ObjectNew) ||
		!equality.Semantic.DeepEqual(statusOf(e.ObjectOld).RemovedModels, statusOf(e.ObjectNew).RemovedModels) ||
		!slices.Equal(modelsOnRecord(e.ObjectOld), modelsOnRecord(e.ObjectNew))
})

// standsStill reports whether the models of an object stay as they are.
func standsStill(object client.Object) bool {
	d, ok := object.(*v1alpha1.OllamaDeployment)
	return ok && status.StandsStill(d)
}

// modelsOnRecord returns the models of the status of which it is known which pods have them.
func modelsOnRecord(object client.Object) []v1alpha1.OllamaModel {
	var names []v1alpha1.OllamaModel
	for _, m := range statusOf(object).Models {
		if m.Pods != "" {
			names = append(names, m.Name)
		}
	}
	return names
}

// onOllamaDeployment reconciles the object of a Deployment of Ollama that is new in the cache, which may
// have had its pods before.
func onOllamaDeployment() handler.EventHandler {
	return onEvent(func(q queue, _, after client.Object) {
		if after.GetLabels()[v1alpha1.LabelComponent] == string(v1alpha1.ComponentOllama) {
			enqueue(q, 0, after)
		}
	}, nothing, nothing)
}

// onOllamaPod reconciles the object of a pod whose Ollama starts, becomes ready or ends.
func onOllamaPod() handler.EventHandler {
	return onEvent(onRunning, onRunning, onRunning)
}

func onRunning(q queue, before, after client.Object) {
	was, ran := runningIn(before)
	is, runs := runningIn(after)
	switch {
	case was == is && ran == runs:
	case runs:
		enqueue(q, 0, after)
	default:
		enqueue(q, 0, before)
	}
}

// runningIn returns the pod as the Keeper sees it, the zero value if there is none.
func runningIn(object client.Object) (models.Pod, bool) {
	if pod, ok := object.(*corev1.Pod); ok && pod != nil {
		return ollamaPod(pod)
	}
	return models.Pod{}, false
}
