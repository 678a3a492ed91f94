// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	ollamanames "github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/reconcilers/models"
	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// A world is an object with pods in memory, a Keeper that a controller's loop runs, and a reconciler that
// computes the status. It runs in a bubble of synctest.
type world struct {
	t        *testing.T
	network  *ollama.Network
	registry *ollama.Registry
	keeper   *models.Keeper
	stop     context.CancelFunc
	events   chan struct{}
	ended    chan struct{}

	mutex    sync.Mutex
	object   *v1alpha1.OllamaDeployment
	pods     []models.Pod
	servers  map[string]*ollama.Server // by pod
	created  int
	statuses int
	phases   []string // of the first model, without repetitions
	checks   int
	offset   time.Duration // of the manager's clock
}

// newWorld returns the world of an object with these models in a bubble that runs until the test ends.
func newWorld(t *testing.T, spec string) *world {
	t.Helper()
	w := &world{
		t: t, network: ollama.NewNetwork(), registry: ollama.NewRegistry(nil), servers: map[string]*ollama.Server{},
		object: fixtures.Defaulted(fixtures.Parse(t, "metadata: {name: stack, namespace: n, uid: u, generation: 1}\nspec:\n  ollama: "+spec)),
	}
	w.start()
	t.Cleanup(func() {
		w.stopManager()
		w.network.Close()
	})
	return w
}

// start starts a manager that knows nothing yet.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.stop, w.events, w.ended = cancel, make(chan struct{}, 1), make(chan struct{})
	transport := &http.Transport{DialContext: w.network.DialContext, DisableKeepAlives: true, ResponseHeaderTimeout: 5 * time.Second}
	w.keeper = &models.Keeper{
		Pods: func(context.Context, *v1alpha1.OllamaDeployment) ([]models.Pod, error) {
			w.mutex.Lock()
			defer w.mutex.Unlock()
			return slices.Clone(w.pods), nil
		},
		Shares: render.SharesModels,
		Server: func(address string) models.Server {
			return ollamaclient.New(address, &http.Client{Transport: transport})
		},
		Wake:    func(client.ObjectKey) { w.wake() },
		Changed: func(client.ObjectKey) { w.reportStatus() },
		Now:     w.now,
		Context: ctx,
		Asks:    make(chan struct{}, 10),
		Slots:   models.NewSlots(10),
	}
	w.keeper.Updates = models.NewUpdates(func(_ context.Context, name ollamanames.ModelName) (string, error) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.checks++
		return w.registry.Digest(string(name)), nil
	}, w.now)
	go w.keeper.Updates.Run(ctx, func(client.ObjectKey) { w.wake() })
	go w.loop(ctx)
	w.wake()
}

// now is the clock of the manager.
func (w *world) now() time.Time {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return time.Now().Add(w.offset)
}

// jump sets how far the clock of the manager is ahead, or behind if it is negative.
func (w *world) jump(offset time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.offset = offset
}

// stopManager stops the manager.
func (w *world) stopManager() {
	w.stop()
	<-w.ended
	w.keeper.Forget(client.ObjectKeyFromObject(w.object))
	synctest.Wait()
}

func (w *world) wake() {
	select {
	case w.events <- struct{}{}:
	default:
	}
}

// loop reconciles on events and when it is time to.
func (w *world) loop(ctx context.Context) {
	defer close(w.ended)
	for {
		var again <-chan time.Time
		w.mutex.Lock()
		d := w.object.DeepCopy()
		w.mutex.Unlock()
		result, err := w.keeper.Reconcile(ctx, d)
		if err == nil && result.RequeueAfter > 0 {
			again = time.After(result.RequeueAfter)
		}
		select {
		case <-ctx.Done():
			return
		case <-w.events:
		case <-again:
		}
	}
}

// reportStatus computes the status, as the reconciler does.
func (w *world) reportStatus() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	seen := status.Observed{Models: w.keeper.Observed(w.object)}
	after := status.Compute(w.object, seen, nil, metav1.NewTime(time.Now().Add(w.offset)))
	if !equality.Semantic.DeepEqual(after, w.object.Status) { // pointers print as addresses
		w.statuses++
	}
	w.object.Status = after
	if phase := string(after.Models[0].Phase); len(w.phases) == 0 || w.phases[len(w.phases)-1] != phase {
		w.phases = append(w.phases, phase)
	}
	w.wake()
}

// edit changes the object's spec.
func (w *world) edit(change func(*v1alpha1.OllamaDeployment)) {
	w.mutex.Lock()
	w.object = w.object.DeepCopy()
	change(w.object)
	w.object.Generation++
	w.mutex.Unlock()
	w.reportStatus()
	w.wake()
}

// list sets the list of models.
func (w *world) list(names ...v1alpha1.OllamaModel) {
	w.edit(func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Models = names })
}

// addPod starts a ready pod, with a volume of its own if it is nil.
func (w *world) addPod(volume *ollama.Volume) (name string) {
	w.mutex.Lock()
	w.created++
	name = fmt.Sprintf("pod-%d", w.created)
	server := ollama.NewServer(w.registry)
	server.Name, server.Tick = name, 100*time.Millisecond
	if volume != nil {
		server.Volume = volume
	}
	address := name + ":11434"
	w.network.Add(address, server)
	w.servers[name] = server
	w.pods = append(w.pods, models.Pod{
		Name: name, UID: types.UID(name), Address: address, StartedAt: time.Now(), IsReady: true, RolledOutAt: time.Now(),
	})
	w.mutex.Unlock()
	w.wake()
	return name
}

// removePod ends a pod.
func (w *world) removePod(name string) {
	w.mutex.Lock()
	w.pods = slices.DeleteFunc(w.pods, func(pod models.Pod) bool { return pod.Name == name })
	delete(w.servers, name)
	w.mutex.Unlock()
	w.network.Remove(name + ":11434")
	w.wake()
}

// after lets so much time pass.
func (w *world) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// status returns the status.
func (w *world) status() v1alpha1.OllamaDeploymentStatus {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return *w.object.Status.DeepCopy()
}

// model returns the state of a model as "phase pods progress message".
func (w *world) model(name v1alpha1.OllamaModel) string {
	w.t.Helper()
	for _, m := range w.status().Models {
		if m.Name == name {
			return strings.Join(strings.Fields(fmt.Sprint(m.Phase, " ", m.Pods, " ", m.Progress, " ", m.Message)), " ")
		}
	}
	require.Failf(w.t, "not listed", "%s", name)
	return ""
}

// digest returns the digest of the only model of a pod.
func (w *world) digest(pod string) string {
	list := w.listOf(pod)
	require.Len(w.t, list, 1)
	return list[0].Digest
}

// has returns the names of the models of a pod.
func (w *world) has(pod string) []string {
	list := w.listOf(pod)
	names := make([]string, 0, len(list))
	for _, m := range list {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

// listOf returns the models of a pod.
func (w *world) listOf(pod string) []ollamaclient.Model {
	server := ollamaclient.New(pod+":11434", &http.Client{Transport: &http.Transport{DialContext: w.network.DialContext, DisableKeepAlives: true}})
	list, err := server.List(context.Background())
	require.NoError(w.t, err)
	return list
}

// modelsPulled returns the condition ModelsPulled.
func modelsPulled(w *world) metav1.Condition {
	for _, condition := range w.status().Conditions {
		if condition.Type == v1alpha1.ConditionModelsPulled {
			return condition
		}
	}
	return metav1.Condition{}
}

// refresh asks for all models to be pulled again.
func (w *world) refresh(value string) {
	w.edit(func(d *v1alpha1.OllamaDeployment) {
		d.Annotations = map[string]string{v1alpha1.AnnotationRefreshModels: value}
	})
}

// rollOut replaces a pod by one of another template with the same volume.
func (w *world) rollOut(pod string) {
	volume := w.servers[pod].Volume
	w.removePod(pod)
	w.after(time.Minute)
	w.addPod(volume)
}
