// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// earlierAnnotation marks the pods of an earlier version.
const earlierAnnotation = "example.com/earlier"

// A rollouts follows the Deployments of a namespace.
type rollouts struct {
	mutex sync.Mutex
	// rolling are those whose pods are being replaced, and most how many there were at once.
	rolling map[string]bool
	most    int
	// updated are those that are no longer of an earlier version.
	updated map[string]bool
}

// followRollouts follows the Deployments, apart from one, until the test ends.
func followRollouts(t *testing.T, c kubernetes.Interface, namespace, apart string) *rollouts {
	t.Helper()
	r := &rollouts{rolling: map[string]bool{}, updated: map[string]bool{}}
	list, err := c.AppsV1().Deployments(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	watcher, err := c.AppsV1().Deployments(namespace).Watch(t.Context(), metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	require.NoError(t, err)
	t.Cleanup(watcher.Stop)
	go func() {
		for event := range watcher.ResultChan() {
			if live, ok := event.Object.(*appsv1.Deployment); ok && live.Name != apart {
				r.note(live)
			}
		}
	}()
	return r
}

// note notes the state of a Deployment with one replica.
func (r *rollouts) note(live *appsv1.Deployment) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	s := live.Status
	r.rolling[live.Name] = s.ObservedGeneration < live.Generation || s.UpdatedReplicas < s.Replicas || s.AvailableReplicas < 1
	r.updated[live.Name] = live.Spec.Template.Annotations[earlierAnnotation] == ""
	r.most = max(r.most, countTrue(r.rolling))
}

// figures returns how many Deployments are rolling, were rolling at most, and are updated.
func (r *rollouts) figures() (rolling, most, updated int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return countTrue(r.rolling), r.most, countTrue(r.updated)
}

func countTrue(all map[string]bool) int {
	count := 0
	for _, is := range all {
		if is {
			count++
		}
	}
	return count
}

// makeEarlier has the pods of the Deployments be those of an earlier version, and waits until they run.
func (k kubectl) makeEarlier(t *testing.T, c kubernetes.Interface) {
	t.Helper()
	list, err := c.AppsV1().Deployments(k.namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for i := range list.Items {
		config, err := applyappsv1.ExtractDeployment(&list.Items[i], v1alpha1.ManagedBy)
		require.NoError(t, err)
		config.Spec.Template.WithAnnotations(map[string]string{earlierAnnotation: "version"})
		_, err = c.AppsV1().Deployments(k.namespace).Apply(t.Context(), config, metav1.ApplyOptions{FieldManager: v1alpha1.ManagedBy, Force: true})
		require.NoError(t, err)
	}
	k.ok(t, "", "rollout", "status", "deployment", "--selector=ollama-deployment", "--timeout="+(2*patience).String())
}

// metrics returns the lines of the manager's metrics that begin with the prefix.
func metrics(address, prefix string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return !strings.HasPrefix(line, prefix) }), err
}

// Pods that only a new version of the operator changes are replaced three objects at a time, in whatever state an
// operator before has left them. A change of a user does not wait. The test is not parallel, because it restarts the
// manager and closes the nodes.
func TestStagedRestarts(t *testing.T) {
	const objects, limit = 20, 3
	k := newKubectl(t)
	config, err := clientcmd.BuildConfigFromFlags("", shared.Kubeconfig)
	require.NoError(t, err)
	c, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	names := k.createFleet(t, objects)
	require.NoError(t, shared.StopManager())
	t.Cleanup(func() { restartManager(t) })
	k.makeEarlier(t, c)

	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	flags := []string{"--max-concurrent-restarts=3", "--metrics-bind-address=" + address, "--metrics-secure=false"}
	nodes := strings.Fields(k.ok(t, "", "get", "nodes", "-o", "name"))
	k.ok(t, "", append([]string{"cordon"}, nodes...)...)
	t.Cleanup(func() { k.run(t, "", append([]string{"uncordon"}, nodes...)...) })
	before := followRollouts(t, c, k.namespace, "")
	require.NoError(t, shared.StartManager(flags...))
	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		found, err := metrics(address, "llm_operator_upgrade_restarts{")
		assert.NoError(collect, err)
		assert.Equal(collect, []string{`llm_operator_upgrade_restarts{state="running"} 3`, fmt.Sprintf(`llm_operator_upgrade_restarts{state="waiting"} %d`, objects-limit)}, found)
	}, patience, tick)
	k.atRest(t)
	_, _, updated := before.figures()
	require.Equal(t, limit, updated)
	queued := k.queued(t)
	require.Len(t, queued, objects-limit)
	k.condition(t, queued[0], "Ready", "True", "AllReplicasReady", "")

	// A user's change does not wait.
	users := queued[0]
	k.ok(t, "", "patch", "ollamadeployment", users, "--type=merge", "-p", `{"spec":{"ollama":{"imageTag":"1"}}}`)
	k.eventually(t, "deployment/"+users+"-ollama", ".spec.template.spec.containers[0].image", "ollama/ollama:1")
	k.atRest(t)
	_, _, updated = before.figures()
	assert.Equal(t, limit+1, updated)

	// The next operator counts what is unfinished.
	require.NoError(t, shared.KillManager())
	require.NoError(t, shared.StartManager(flags...))
	k.atRest(t)
	_, _, updated = before.figures()
	assert.Equal(t, limit+1, updated)

	after := followRollouts(t, c, k.namespace, users+"-ollama")
	k.ok(t, "", append([]string{"uncordon"}, nodes...)...)
	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		rolling, _, updated := before.figures()
		assert.Equal(collect, []int{0, objects}, []int{rolling, updated})
		assert.Empty(collect, k.queued(t))
	}, 5*time.Minute, time.Second)
	_, most, _ := after.figures()
	assert.LessOrEqual(t, most, limit)
	for _, name := range names {
		k.ready(t, name)
	}
}

// createFleet creates n objects, waits until they are ready and the operator is at rest, and returns their names.
func (k kubectl) createFleet(t *testing.T, n int) (names []string) {
	t.Helper()
	var all strings.Builder
	for i := range n {
		names = append(names, fmt.Sprintf("object-%d", i))
		all.WriteString("---\n" + strings.ReplaceAll(minimal, "NAME", names[i]))
	}
	k.apply(t, all.String())
	for _, name := range names {
		k.ready(t, name)
	}
	k.atRest(t)
	return names
}

// queued returns the objects that wait for their restart.
func (k kubectl) queued(t *testing.T) []string {
	t.Helper()
	list := &v1alpha1.OllamaDeploymentList{}
	require.NoError(t, json.Unmarshal([]byte(k.ok(t, "", "get", "ollamadeployments", "-o", "json")), list))
	var names []string
	for i := range list.Items {
		for _, condition := range list.Items[i].Status.Conditions {
			if condition.Reason == v1alpha1.ReasonRestartQueued {
				names = append(names, list.Items[i].Name)
			}
		}
	}
	return names
}
