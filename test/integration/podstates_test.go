// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// kubelet writes the status of a pod that is not ready, as a kubelet does, with a container's status.
func (k kubectl) kubelet(t *testing.T, pod string, status corev1.ContainerStatus) {
	t.Helper()
	status.Image, status.ImageID = "ollama/ollama:latest", ""
	patch, err := json.Marshal(map[string]any{"status": corev1.PodStatus{
		Phase:             corev1.PodRunning,
		Conditions:        []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse}, {Type: corev1.ContainersReady, Status: corev1.ConditionFalse}},
		ContainerStatuses: []corev1.ContainerStatus{status},
	}})
	require.NoError(t, err)
	k.ok(t, "", "patch", pod, "--subresource=status", "--type=strategic", "-p", string(patch))
}

// waits returns the state of a waiting container.
func waits(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// condition waits for a condition's status, reason and a part of its message. An empty reason matches
// any.
func (k kubectl) condition(t *testing.T, name, kind, status, reason, message string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got, err := reader(t).value(k.namespace, "ollamadeployment/"+name, `.status.conditions[?(@.type=="`+kind+`")]`)
		if !assert.NoError(c, err) {
			return // the operator may still have to create the object of an alias
		}
		var found struct{ Status, Reason, Message string }
		if assert.NoError(c, json.Unmarshal([]byte(got), &found), got) {
			assert.Equal(c, status, found.Status, got)
			if reason != "" {
				assert.Equal(c, reason, found.Reason, got)
			}
			assert.Contains(c, found.Message, message)
		}
	}, patience, tick)
}

// The status reports why a pod cannot start, such as a missing model, an image or a crash, and recovers
// with the pod.
func TestPodStates(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.ready(t, name)
	k.condition(t, name, "ModelsPulled", "True", "AllModelsPulled", "every Ollama pod has all models")
	k.condition(t, name, "Progressing", "False", "RolloutComplete", "all pods")
	k.condition(t, name, "Degraded", "False", "AsExpected", "")
	pod := strings.TrimSpace(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name, "-o", "name"))

	list := func(models string) {
		k.ok(t, "", "patch", "ollamadeployment", name, "--type=merge", "-p", `{"spec":{"ollama":{"models":[`+models+`]}}}`)
	}
	list(`"llama2:7b", "not-found:7b"`)
	message := "model not-found:7b: pull model manifest: file does not exist (" + strings.Replace(pod, "pod/", "pod ", 1) + ")"
	k.condition(t, name, "Degraded", "True", "ModelPullFailed", message)
	k.condition(t, name, "ModelsPulled", "False", "ModelPullFailed", message)
	k.condition(t, name, "Ready", "False", "ModelsNotPulled", message)
	k.eventually(t, "ollamadeployment/"+name, ".status.phase", "Ready")
	list(`"llama2:7b"`)
	k.ready(t, name)

	k.kubelet(t, pod, corev1.ContainerStatus{Name: "ollama", State: waits("ImagePullBackOff", `Back-off pulling image "ollama/ollama:latest": ErrImagePull: no such tag`)})
	k.condition(t, name, "Degraded", "True", "ImagePullFailed", "image ollama/ollama:latest: no such tag")
	k.condition(t, name, "ModelsPulled", "False", "Pulling", "no Ollama pod runs")
	k.condition(t, name, "Ready", "False", "ReplicasNotReady", "ollama: image ollama/ollama:latest: no such tag")
	k.condition(t, name, "Progressing", "True", "RollingOut", "ollama has 0 of 1 pods ready")
	k.eventually(t, "ollamadeployment/"+name, ".status.phase", "Pending")
	k.eventually(t, "ollamadeployment/"+name, ".status.ready", "0/1")

	k.kubelet(t, pod, corev1.ContainerStatus{
		Name: "ollama", RestartCount: 3, State: waits("CrashLoopBackOff", "back-off 40s"),
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled"}},
	})
	k.condition(t, name, "Degraded", "True", "OOMKilled", "container ollama was killed because it ran out of memory")
	k.condition(t, name, "Ready", "False", "ReplicasNotReady", "ollama: container ollama was killed")

	k.ok(t, "", "delete", pod, "--wait=false")
	k.ready(t, name)
	k.condition(t, name, "Degraded", "False", "AsExpected", "")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		events := k.ok(t, "", "events", "--for=ollamadeployment/"+name)
		for _, reason := range []string{"ModelPullFailed", "ImagePullFailed", "OOMKilled", "AsExpected", "AllReplicasReady"} {
			assert.Contains(c, events, reason)
		}
	}, patience, tick)
}

// The status has the scheduler's message.
func TestUnschedulable(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: greedy}
spec:
  ollama: {models: ["llama2:7b"], resources: {limits: {memory: 8Gi, nvidia.com/gpu: 1001}}}
`)
	k.condition(t, "greedy", "Degraded", "True", "Unschedulable", "Insufficient nvidia.com/gpu")
	k.eventually(t, "ollamadeployment/greedy", ".status.phase", "Pending")
	k.ok(t, "", "patch", "ollamadeployment", "greedy", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"limits":{"nvidia.com/gpu":"1"}}}}}`)
	k.ready(t, "greedy")
	k.condition(t, "greedy", "Degraded", "False", "AsExpected", "")
}

// The status reports that the API server rejects a child, which is retried until it succeeds.
func TestQuota(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "create", "quota", "none", "--hard=count/services=0,pods=0")
	k.eventually(t, "resourcequota/none", ".status.hard.pods", "0")
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.condition(t, name, "Ready", "False", "ApplyFailed", `applying Service "minimal-ollama-ollama": services "minimal-ollama-ollama" is forbidden: exceeded quota`)
	k.condition(t, name, "Degraded", "True", "PodsNotCreated", "exceeded quota")
	k.ok(t, "", "delete", "quota", "none")
	k.ready(t, name)
}

// kubeletPod writes the whole status of a pod.
func (k kubectl) kubeletPod(t *testing.T, pod string, status corev1.PodStatus) {
	t.Helper()
	patch, err := json.Marshal(map[string]any{"status": status})
	require.NoError(t, err)
	k.ok(t, "", "patch", pod, "--subresource=status", "--type=strategic", "-p", string(patch))
}

// creating returns the status of a pod whose volumes and network are not ready.
func creating(container string, since metav1.Time) corev1.PodStatus {
	return corev1.PodStatus{
		Phase: corev1.PodPending,
		Conditions: []corev1.PodCondition{
			{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionFalse, LastTransitionTime: since},
			{Type: corev1.PodReady, Status: corev1.ConditionFalse},
			{Type: corev1.ContainersReady, Status: corev1.ConditionFalse},
		},
		ContainerStatuses: []corev1.ContainerStatus{{Name: container, Image: "x", State: waits("ContainerCreating", "")}},
	}
}

// A kubelet reports a missing source of a volume in an event only.
func TestMountFailed(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	pod := strings.TrimSpace(k.ok(t, "", "get", "pods", "-l", "ollama-deployment=stack,app.kubernetes.io/component=tabby", "-o", "name"))
	k.kubeletPod(t, pod, creating("tabby", metav1.NewTime(time.Now().Add(-time.Minute))))
	const message = `MountVolume.SetUp failed for volume "repositories" : configmap "repositories" not found`
	now := time.Now().UTC().Format(time.RFC3339)
	event, err := json.Marshal(corev1.Event{
		TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta:     metav1.ObjectMeta{GenerateName: "x", Namespace: k.namespace},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: k.namespace, Name: strings.TrimPrefix(pod, "pod/"), UID: types.UID(k.get(t, pod, ".metadata.uid"))},
		Reason:         "FailedMount", Message: message, Type: "Warning",
	})
	require.NoError(t, err)
	text := strings.Replace(string(event), `"lastTimestamp":null`, `"lastTimestamp":"`+now+`"`, 1)
	k.ok(t, text, "create", "-f", "-")
	// Another change triggers a reconcile, which would otherwise follow after a minute.
	k.kubeletPod(t, pod, creating("tabby", metav1.NewTime(time.Now().Add(-50*time.Second))))
	k.condition(t, "stack", "Degraded", "True", "MountFailed", "tabby: "+message+" ("+strings.Replace(pod, "pod/", "pod ", 1)+")")

	k.ok(t, "", "delete", pod, "--wait=false")
	k.ready(t, "stack")
	k.condition(t, "stack", "Degraded", "False", "AsExpected", "")
}

// The status reports an evicted pod until its replacement is ready.
func TestEvicted(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.ready(t, name)
	pods := func() []string {
		return strings.Fields(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name, "--field-selector=status.phase!=Failed", "-o", "name"))
	}
	pod := pods()[0]
	// The replacement cannot be created at first.
	k.ok(t, "", "create", "quota", "none", "--hard=pods=0")
	k.eventually(t, "resourcequota/none", ".status.hard.pods", "0")
	k.kubeletPod(t, pod, corev1.PodStatus{
		Phase: corev1.PodFailed, Reason: "Evicted", Message: "The node was low on resource: ephemeral-storage.",
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse}},
	})
	k.condition(t, name, "Degraded", "True", "", "Evicted: The node was low on resource: ephemeral-storage. ("+strings.Replace(pod, "pod/", "pod ", 1)+")")
	k.ok(t, "", "delete", "quota", "none")
	k.ready(t, name)
	k.condition(t, name, "Degraded", "False", "AsExpected", "")
	assert.True(t, k.exists(t, pod), "the evicted pod still exists")
}

// Tabby waits for an Ollama that does not exist, as in an example of the reference.
func TestWaitingForOllama(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "tabby-advanced")
	k.apply(t, yaml)
	k.ready(t, name)
	pod := strings.Fields(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name+",app.kubernetes.io/component=tabby", "-o", "name"))[0]
	status := creating("tabby", metav1.Now())
	status.Conditions[0].Status = corev1.ConditionTrue
	status.ContainerStatuses[0].State = waits("PodInitializing", "")
	started := func(ago time.Duration) corev1.PodStatus {
		status.InitContainerStatuses = []corev1.ContainerStatus{{
			Name: "wait-for-models", Image: "x", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(time.Now().Add(-ago))}},
		}}
		return status
	}
	const what = "codellama:13b at http://custom-ollama:11434"
	k.kubeletPod(t, pod, started(0))
	k.condition(t, name, "Ready", "False", "ReplicasNotReady", "tabby has 1 of 2 pods ready and up to date and waits for "+what)
	k.condition(t, name, "Degraded", "False", "AsExpected", "")
	k.kubeletPod(t, pod, started(10*time.Minute))
	k.condition(t, name, "Degraded", "True", "WaitingForOllama", "tabby: waits for "+what)
}

// Pods with the labels but without the owner references of the operator's pods are ignored.
func TestPodsOfOthers(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.ready(t, name)
	labels := "ollama-deployment: " + name + ", app.kubernetes.io/component: ollama"
	const image = "containers: [{name: ollama, image: x}]"
	uid := k.get(t, "deployment/"+name+"-ollama", ".metadata.uid")
	k.ok(t, `
apiVersion: v1
kind: Pod
metadata: {name: bare, labels: {`+labels+`}}
spec: {`+image+`}
---
apiVersion: v1
kind: Pod
metadata:
  name: pretender
  labels: {`+labels+`}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: `+name+`-ollama, uid: `+uid+`, controller: true}]
spec: {`+image+`}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: theirs, labels: {`+labels+`}}
spec:
  selector: {matchLabels: {app: theirs}}
  template: {metadata: {labels: {app: theirs, `+labels+`}}, spec: {`+image+`}}
`, "apply", "-f", "-")
	var theirs string
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		theirs = strings.TrimSpace(k.ok(t, "", "get", "pods", "-l", "app=theirs", "-o", "name"))
		assert.NotEmpty(c, theirs)
	}, patience, tick)
	pods := strings.Fields(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name, "-o", "name"))
	const hostile = "\x1b[2J\u202eevil\nsecond line"
	for _, pod := range pods {
		if !strings.Contains(pod, name) {
			k.kubelet(t, pod, corev1.ContainerStatus{Name: "ollama", State: waits("ErrImagePull", hostile)})
		}
	}
	k.atRest(t)
	k.condition(t, name, "Degraded", "False", "AsExpected", "")

	for _, pod := range pods {
		if strings.Contains(pod, name) {
			k.kubelet(t, pod, corev1.ContainerStatus{Name: "ollama", State: waits("ErrImagePull", hostile)})
			k.condition(t, name, "Degraded", "True", "ImagePullFailed", "ollama: image ollama/ollama:latest: [2Jevil second line ("+strings.Replace(pod, "pod/", "pod ", 1)+")")
		}
	}
	message := k.get(t, "ollamadeployment/"+name, `.status.conditions[?(@.type=="Degraded")].message`)
	assert.NotContains(t, message, "pods,", "other pods are counted: %s", message)
}
