package integration

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// kubelet writes a pod's status as a kubelet would: the container is this, and the
// pod is not ready.
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

func waits(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// condition waits for a condition's status, reason and part of its message.
func (k kubectl) condition(t *testing.T, name, kind, status, reason, message string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got := k.get(t, "ollamadeployment/"+name, `.status.conditions[?(@.type=="`+kind+`")]`)
		var found struct{ Status, Reason, Message string }
		if assert.NoError(c, json.Unmarshal([]byte(got), &found), got) {
			assert.Equal(c, status, found.Status, got)
			assert.Equal(c, reason, found.Reason, got)
			assert.Contains(c, found.Message, message)
		}
	}, patience, tick)
}

// A pod that cannot start says so in the object: the model and Ollama's own words,
// an image, a crash; and is forgotten when it is well again.
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

	const said = "model llama2:7b: Error: pull model manifest: file does not exist"
	k.kubelet(t, pod, corev1.ContainerStatus{Name: "ollama", State: waits("PostStartHookError",
		`Exec lifecycle hook ([/bin/sh /etc/llm-operator/pull-models.sh llama2:7b]) for Container "ollama" in Pod "x" failed - error: command '/bin/sh' exited with 1: , message: "`+said+`\n"`)})
	k.condition(t, name, "Degraded", "True", "ModelPullFailed", "ollama: "+said+" ("+strings.Replace(pod, "pod/", "pod ", 1)+")")
	k.condition(t, name, "ModelsPulled", "False", "ModelPullFailed", said)
	k.condition(t, name, "Ready", "False", "ReplicasNotReady", "ollama has 0 of 1 pods ready")
	k.condition(t, name, "Progressing", "True", "RollingOut", "ollama has 0 of 1 pods ready")
	k.eventually(t, "ollamadeployment/"+name, ".status.phase", "Pending")
	k.eventually(t, "ollamadeployment/"+name, ".status.ready", "0/1")

	k.kubelet(t, pod, corev1.ContainerStatus{Name: "ollama", State: waits("ImagePullBackOff", `Back-off pulling image "ollama/ollama:latest": ErrImagePull: no such tag`)})
	k.condition(t, name, "Degraded", "True", "ImagePullFailed", "image ollama/ollama:latest: no such tag")
	k.condition(t, name, "ModelsPulled", "False", "Pulling", "0 of 1 Ollama pods have all models")

	k.kubelet(t, pod, corev1.ContainerStatus{
		Name: "ollama", RestartCount: 3, State: waits("CrashLoopBackOff", "back-off 40s"),
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled"}},
	})
	k.condition(t, name, "Degraded", "True", "CrashLooping", "container ollama keeps ending, the last time with exit code 137 (OOMKilled)")

	k.ok(t, "", "delete", pod, "--wait=false")
	k.ready(t, name)
	k.condition(t, name, "Degraded", "False", "AsExpected", "")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		events := k.ok(t, "", "events", "--for=ollamadeployment/"+name)
		for _, reason := range []string{"ModelPullFailed", "ImagePullFailed", "CrashLooping", "AsExpected", "AllReplicasReady"} {
			assert.Contains(c, events, reason)
		}
	}, patience, tick)
}

// What the scheduler says of a pod that no node takes.
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

// What the API server refuses is told, and tried until it is taken.
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
