// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

var (
	then = metav1.NewTime(time.Unix(1, 0).UTC())
	now  = metav1.NewTime(time.Unix(2, 0).UTC())
)

const (
	ollama = v1alpha1.ComponentOllama
	tabby  = v1alpha1.ComponentTabby
)

// deployment has so many pods in all, with the latest template, and ready.
func deployment(all, updated, ready int32, conditions ...appsv1.DeploymentCondition) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Generation: 1},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: 1, Replicas: all, UpdatedReplicas: updated, ReadyReplicas: ready, AvailableReplicas: ready,
			Conditions: conditions,
		},
	}
}

func deploymentCondition(kind appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) appsv1.DeploymentCondition {
	return appsv1.DeploymentCondition{Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: then}
}

// seen puts together what was observed of the stack's two components.
func seen(ofOllama, ofTabby *appsv1.Deployment, pods ...corev1.Pod) Observed {
	o := Observed{
		Deployments: map[v1alpha1.ComponentName]*appsv1.Deployment{},
		Pods:        map[v1alpha1.ComponentName][]ObservedPod{},
		Autoscaled:  map[v1alpha1.ComponentName]bool{},
		Models:      &ObservedModels{Pods: []ModelPod{having("stack-ollama-a"), having("stack-ollama-b")}},
	}
	if ofOllama != nil {
		o.Deployments[ollama] = ofOllama
	}
	if ofTabby != nil {
		o.Deployments[tabby] = ofTabby
	}
	for _, pod := range pods {
		component := ollama
		if strings.Contains(pod.Name, "tabby") {
			component = tabby
		}
		if state := StateOf(&pod); state != (PodState{}) {
			o.Pods[component] = append(o.Pods[component], ObservedPod{pod.Name, state})
		}
	}
	return o
}

// having is a pod that has the models of the tests.
func having(name string) ModelPod {
	return ModelPod{Name: name, Models: map[string]PodModel{"llama2:7b": {Digest: "d1", Size: 3_825_819_519, ModifiedAt: then.Time}}}
}

// notThere is how Ollama says that the registry does not have a model.
const notThere = "pull model manifest: file does not exist"

// lacking is a pod that does not have the models of the tests.
func lacking(name string, pull PodPull) ModelPod {
	return ModelPod{Name: name, Lacks: map[string]bool{"llama2:7b": true}, Pulls: map[string]*PodPull{"llama2:7b": &pull}}
}

func withModels(o Observed, pods ...ModelPod) Observed {
	o.Models = &ObservedModels{Pods: pods}
	return o
}

func withoutModels(o Observed) Observed {
	o.Models = nil
	return o
}

func queued(o Observed, components ...v1alpha1.ComponentName) Observed {
	o.Queued = components
	return o
}

func withDebt(o Observed) Observed {
	o.Debt = Debt{ToleratedErrors: []string{"spec.ollama.models[1]: Duplicate value"}, DeprecatedFields: []string{`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`}}
	return o
}

// podWith has one container, of which the kubelet says this.
func podWith(name string, status corev1.ContainerStatus) corev1.Pod {
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Status:     corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{status}},
	}
}

func evicted(name string, at metav1.Time, message string) corev1.Pod {
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: at},
		Status:     corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: message},
	}
}

func waitsBecause(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func ended(code int32, reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message}}
}

// Whole statuses, each in a file testdata/<case>.yaml.
func TestCompute(t *testing.T) {
	t.Parallel()
	unseen := deployment(2, 2, 2)
	unseen.Generation = 2
	created := deployment(0, 0, 0)
	created.Generation = created.Status.ObservedGeneration + 1
	scaled := deployment(7, 7, 7)
	scaled.Spec.Replicas = new(int32(7))
	autoscaled := seen(scaled, deployment(2, 2, 2))
	autoscaled.Autoscaled[ollama] = true
	idle := deployment(0, 0, 0)
	idle.Spec.Replicas = new(int32(0))
	scaledToZero := seen(idle, deployment(2, 2, 2))
	scaledToZero.Autoscaled[ollama] = true
	hook := waitsBecause("PostStartHookError", `Exec lifecycle hook ([/bin/sh /etc/llm-operator/pull-models.sh llama9:7b]) for Container "ollama" in Pod "stack-ollama-a_default(1)" failed - error: command '/bin/sh' exited with 1: , message: "model llama9:7b: Error: pull model manifest: file does not exist\n"`)
	cases := map[string]struct {
		seen    Observed
		problem *Problem
		paused  bool
	}{
		"paused": {seen: seen(deployment(2, 2, 2), deployment(2, 2, 1)), paused: true},
		"paused-and-not-applied": {
			seen: seen(deployment(2, 2, 2), deployment(2, 2, 2)), paused: true,
			problem: &Problem{v1alpha1.ReasonPaused, `spec.paused is true; not applied: Deployment "stack-ollama"`},
		},
		"paused-with-another-problem": {
			seen: seen(deployment(2, 2, 2), deployment(2, 2, 2)), paused: true,
			problem: &Problem{v1alpha1.ReasonTrustNotUsable, `ConfigMap "corporate" of spec.trust.configMapRef does not exist`},
		},
		"restart-queued": {seen: queued(seen(deployment(2, 2, 2), deployment(2, 2, 2)), ollama, tabby)},
		"debt":           {seen: withDebt(seen(deployment(2, 2, 2), deployment(2, 2, 2)))},
		"nothing-yet":    {},
		"some-ready":     {seen: seen(deployment(2, 2, 2), deployment(2, 2, 1))},
		"all-ready": {seen: seen(
			deployment(2, 2, 2, deploymentCondition(appsv1.DeploymentAvailable, "True", "MinimumReplicasAvailable", "ok")),
			deployment(2, 2, 2))},
		"older-template":              {seen: seen(deployment(2, 0, 2), deployment(2, 2, 2))},
		"old-pod-on-its-way-out":      {seen: seen(deployment(3, 2, 2), deployment(2, 2, 2))},
		"old-pod-to-remove":           {seen: seen(deployment(3, 2, 3), deployment(2, 2, 2))},
		"surge-while-it-rolls":        {seen: seen(deployment(3, 1, 3), deployment(2, 2, 2))},
		"spec-not-seen-by-controller": {seen: seen(unseen, deployment(2, 2, 2))},
		"created-a-moment-ago":        {seen: seen(created, created)},
		"autoscaled":                  {seen: autoscaled},
		"scaled-to-zero":              {seen: scaledToZero},
		"name-conflict": {
			seen:    seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			problem: &Problem{v1alpha1.ReasonNameConflict, `other; Service "stack-ollama" exists and does not belong to this OllamaDeployment; delete or rename it, or choose another name`},
		},
		"not-admitted": {problem: &Problem{
			v1alpha1.ReasonNotAdmitted,
			"the spec was stored without passing the operator's webhooks and lacks its defaults; it is not reconciled before they have admitted it, which the operator asks for by itself",
		}},
		"apply-failed": {problem: &Problem{v1alpha1.ReasonApplyFailed, "no; it is still tried"}},
		"old-hook-failed": {seen: seen(deployment(2, 2, 0), deployment(2, 2, 0),
			podWith("stack-ollama-b", corev1.ContainerStatus{Name: "ollama", State: hook}),
			podWith("stack-ollama-a", corev1.ContainerStatus{Name: "ollama", State: hook}))},
		"model-missing": {seen: withModels(seen(deployment(2, 2, 0), deployment(2, 2, 0)),
			lacking("stack-ollama-a", PodPull{Failure: notThere}), lacking("stack-ollama-b", PodPull{Failure: notThere, Running: true}))},
		"model-missing-while-ready": {seen: withModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			having("stack-ollama-a"), lacking("stack-ollama-b", PodPull{}))},
		"model-needs-newer-ollama": {seen: withModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			having("stack-ollama-a"), lacking("stack-ollama-b", PodPull{Failure: "pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama."}))},
		"model-pulling": {seen: withModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			lacking("stack-ollama-a", PodPull{Running: true, Completed: 70, Total: 100}), lacking("stack-ollama-b", PodPull{Running: true, Completed: 43, Total: 100}))},
		"pod-unreachable": {seen: withModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			having("stack-ollama-a"), ModelPod{Name: "stack-ollama-b", Unreachable: "dial tcp 10.0.0.7:11434: i/o timeout"})},
		"pod-unreachable-and-model-missing": {seen: withModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)),
			lacking("stack-ollama-a", PodPull{}), ModelPod{Name: "stack-ollama-b", Unreachable: "dial tcp 10.0.0.7:11434: i/o timeout"})},
		"pod-starting": {seen: withModels(seen(deployment(2, 2, 1), deployment(2, 2, 2)),
			having("stack-ollama-a"), ModelPod{Name: "stack-ollama-b", IsStarting: true})},
		"models-not-known-yet": {seen: withoutModels(seen(deployment(2, 2, 2), deployment(2, 2, 2)))},
		"model-missing-and-image-missing": {seen: withModels(seen(deployment(2, 2, 1), deployment(2, 2, 0),
			podWith("stack-tabby-a", corev1.ContainerStatus{
				Name: "tabby", Image: "tabbyml/tabby:0", State: waitsBecause("ImagePullBackOff", `Back-off pulling image "tabbyml/tabby:0": ErrImagePull: not found`),
			})), lacking("stack-ollama-a", PodPull{Failure: notThere}))},
		"unschedulable": {seen: seen(deployment(2, 2, 1), deployment(2, 2, 2), corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "stack-ollama-a"},
			Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{
				Type: corev1.PodScheduled, Status: "False", Reason: "Unschedulable", Message: "0/4 nodes are available: 4 Insufficient nvidia.com/gpu.",
			}}},
		})},
		"evicted": {seen: seen(deployment(2, 2, 1), deployment(2, 2, 2),
			evicted("stack-ollama-a", then, "The node was low on resource: memory."), evicted("stack-ollama-b", now, "The node was low on resource: ephemeral-storage."))},
		"evicted-and-replaced": {seen: seen(deployment(2, 2, 2), deployment(2, 2, 2), evicted("stack-ollama-a", then, "no disk"))},
		"quota": {seen: seen(deployment(0, 0, 0,
			deploymentCondition(appsv1.DeploymentReplicaFailure, "True", "FailedCreate", `pods "x" is forbidden: exceeded quota`)), deployment(2, 2, 2))},
		"deadline-exceeded": {seen: seen(deployment(2, 2, 1,
			deploymentCondition(appsv1.DeploymentProgressing, "False", "ProgressDeadlineExceeded", `ReplicaSet "x" has timed out progressing.`)), deployment(2, 2, 2))},
		"deadline-exceeded-once-and-ready-since": {seen: seen(deployment(2, 2, 2,
			deploymentCondition(appsv1.DeploymentProgressing, "False", "ProgressDeadlineExceeded", `ReplicaSet "x" has timed out progressing.`)), deployment(2, 2, 2))},
	}
	files := make([]string, 0, len(cases))
	for name, tc := range cases {
		files = append(files, name+".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, generation: 7}
spec:
  ollama: {models: ["llama2:7b"], replicas: 2}
  openwebui: {}
  tabby: {enabled: true, replicas: 2}
`))
			d.Spec.Paused = &tc.paused
			text, err := yaml.Marshal(Compute(d, tc.seen, tc.problem, now))
			require.NoError(t, err)
			golden.Equal(t, filepath.Join("testdata", name+".yaml"), string(text))
		})
	}
	t.Cleanup(func() { golden.OnlyFiles(t, "testdata", append(files, "routes")) }) // those of TestRoutesCondition
}

// A condition's time is when it changed, not when it was last looked at.
func TestConditionTime(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.Status = Compute(d, Observed{}, nil, then)
	same := Compute(d, Observed{}, nil, now)
	assert.Equal(t, then, meta.FindStatusCondition(same.Conditions, "Ready").LastTransitionTime)
	changed := Compute(d, seen(deployment(1, 1, 1), nil), nil, now)
	assert.Equal(t, now, meta.FindStatusCondition(changed.Conditions, "Ready").LastTransitionTime)
}

// Tabby's pods say what they wait for; that they wait is a failure after two minutes,
// which count from when the object's own Ollama is ready.
func TestWaitingForOllama(t *testing.T) {
	t.Parallel()
	const minute = 60
	available := func(at int64) appsv1.DeploymentCondition {
		c := deploymentCondition(appsv1.DeploymentAvailable, "True", "x", "x")
		c.LastTransitionTime = metav1.Unix(at, 0)
		return c
	}
	pulling, ready := deployment(1, 1, 0), deployment(1, 1, 1, available(0))
	for name, tc := range map[string]struct {
		tabby  string
		ollama *appsv1.Deployment
		after  int64
		at     string
		failed bool
	}{
		"another Ollama, just now":            {", ollamaServiceName: custom-ollama, ollamaServicePort: 80, modelName: codellama:13b", pulling, minute, "codellama:13b at http://custom-ollama:80", false},
		"another Ollama, which does not come": {", ollamaServiceName: custom-ollama, ollamaServicePort: 80, modelName: codellama:13b", pulling, 3 * minute, "codellama:13b at http://custom-ollama:80", true},
		"the own one, which pulls for long":   {"", pulling, 300 * minute, "llama2:7b at http://stack-ollama:11434", false},
		"the own one, which is ready":         {"", ready, 3 * minute, "llama2:7b at http://stack-ollama:11434", true},
		"the own one, which was not long ago": {"", deployment(1, 1, 1, available(100*minute)), 101 * minute, "llama2:7b at http://stack-ollama:11434", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"]}
  tabby: {enabled: true`+tc.tabby+`}
`))
			pod := podWith("stack-tabby-a", corev1.ContainerStatus{Name: "tabby", State: waitsBecause("PodInitializing", "")})
			pod.Status.InitContainerStatuses = []corev1.ContainerStatus{{
				Name: "wait-for-models", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Unix(0, 0)}},
			}}
			status := Compute(d, seen(tc.ollama, deployment(1, 1, 0), pod), nil, metav1.Unix(tc.after, 0))
			assert.Contains(t, meta.FindStatusCondition(status.Conditions, "Ready").Message, "tabby has 0 of 1 pods ready and up to date and waits for "+tc.at)
			degraded := meta.FindStatusCondition(status.Conditions, "Degraded")
			if tc.failed {
				assert.Equal(t, "WaitingForOllama", degraded.Reason)
				assert.Equal(t, "tabby: waits for "+tc.at+"; see the log of container wait-for-models (pod stack-tabby-a)", degraded.Message)
			} else {
				assert.Equal(t, "AsExpected", degraded.Reason)
			}
		})
	}
}

// A Deployment's conditions are shown as our status may hold them: whoever may write a
// Deployment's status cannot make ours one that the API server refuses.
func TestExposedCondition(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		from appsv1.DeploymentCondition
		want *metav1.Condition
	}{
		"as its controller sets it": {
			deploymentCondition(appsv1.DeploymentAvailable, "True", "MinimumReplicasAvailable", "ok"),
			&metav1.Condition{Type: "Available", Status: "True", Reason: "MinimumReplicasAvailable", Message: "ok", LastTransitionTime: then},
		},
		"without a reason": {
			deploymentCondition(appsv1.DeploymentProgressing, "False", "", ""),
			&metav1.Condition{Type: "Progressing", Status: "False", Reason: "Unknown", LastTransitionTime: then},
		},
		"with an ill-formed reason": {
			deploymentCondition(appsv1.DeploymentReplicaFailure, "maybe", "not so", ""),
			&metav1.Condition{Type: "ReplicaFailure", Status: "Unknown", Reason: "Unknown", LastTransitionTime: then},
		},
		"with a reason that is too long": {
			deploymentCondition(appsv1.DeploymentAvailable, "True", strings.Repeat("x", maxForeign+1), ""),
			&metav1.Condition{Type: "Available", Status: "True", Reason: "Unknown", LastTransitionTime: then},
		},
		"with the time of an update only": {
			appsv1.DeploymentCondition{Type: appsv1.DeploymentAvailable, Status: "True", Reason: "A", LastUpdateTime: then},
			&metav1.Condition{Type: "Available", Status: "True", Reason: "A", LastTransitionTime: then},
		},
		"without a time": {appsv1.DeploymentCondition{Type: appsv1.DeploymentAvailable, Status: "True", Reason: "A"}, nil},
		"foreign":        {deploymentCondition("Mesh Ready", "True", "A", ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, exposedCondition(&tc.from))
		})
	}
}
