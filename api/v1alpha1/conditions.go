// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Condition types of an OllamaDeployment.
const (
	// ConditionReady is True when every pod of every enabled component is ready
	// and runs what the spec says.
	ConditionReady = "Ready"
	// ConditionProgressing is True while a rollout is on its way.
	ConditionProgressing = "Progressing"
	// ConditionDegraded is True when something keeps a pod from becoming ready that
	// will hardly go away by waiting alone.
	ConditionDegraded = "Degraded"
	// ConditionModelsPulled is True when every Ollama pod has all models.
	ConditionModelsPulled = "ModelsPulled"
)

// Reasons of ConditionReady.
const (
	// ReasonAllReplicasReady: every pod is ready.
	ReasonAllReplicasReady = "AllReplicasReady"
	// ReasonReplicasNotReady: some pods are not ready yet, or run an older template.
	ReasonReplicasNotReady = "ReplicasNotReady"
	// ReasonNameConflict: an object that is not ours has the name of a child.
	ReasonNameConflict = "NameConflict"
	// ReasonNotAdmitted: the spec was stored without passing the operator's
	// webhooks and is not fully defaulted.
	ReasonNotAdmitted = "NotAdmitted"
	// ReasonNotAllowed: the spec has what admission refuses as the operator is run, such
	// as a hostPath volume without --allow-host-path.
	ReasonNotAllowed = "NotAllowed"
	// ReasonClaimNotShareable: a claim that one pod at a time can use is there for
	// several replicas.
	ReasonClaimNotShareable = "ClaimNotShareable"
	// ReasonApplyFailed: the API server did not take a child, or could not be asked for
	// two minutes.
	ReasonApplyFailed = "ApplyFailed"
)

// Reasons of ConditionProgressing, beside those of a Ready that is False because a
// child cannot be written.
const (
	// ReasonRollingOut: pods are being made or replaced.
	ReasonRollingOut = "RollingOut"
	// ReasonRolloutComplete: every pod runs what the spec says.
	ReasonRolloutComplete = "RolloutComplete"
	// ReasonProgressDeadlineExceeded: a rollout has stood still for long. Kubernetes
	// goes on with it all the same.
	ReasonProgressDeadlineExceeded = "ProgressDeadlineExceeded"
)

// Reasons of ConditionDegraded.
const (
	// ReasonAsExpected: no known failures.
	ReasonAsExpected = "AsExpected"
	// ReasonModelPullFailed: Ollama could not pull a model.
	ReasonModelPullFailed = "ModelPullFailed"
	// ReasonImagePullFailed: the image of a container could not be pulled.
	ReasonImagePullFailed = "ImagePullFailed"
	// ReasonUnschedulable: no node takes a pod.
	ReasonUnschedulable = "Unschedulable"
	// ReasonContainerNotCreated: a container could not be made, because of a missing
	// Secret for example.
	ReasonContainerNotCreated = "ContainerNotCreated"
	// ReasonMountFailed: a volume of a pod cannot be mounted, because its ConfigMap,
	// Secret or claim is missing for example.
	ReasonMountFailed = "MountFailed"
	// ReasonOOMKilled: a container was killed because it ran out of memory.
	ReasonOOMKilled = "OOMKilled"
	// ReasonCrashLooping: a container ends again and again.
	ReasonCrashLooping = "CrashLooping"
	// ReasonEvicted: a node put a pod out, because it ran out of disk or memory for
	// example, and its successor is not ready.
	ReasonEvicted = "Evicted"
	// ReasonPodFailed: a node gave a pod up for another reason, and its successor is not
	// ready.
	ReasonPodFailed = "PodFailed"
	// ReasonWaitingForOllama: Tabby waits for an Ollama that does not answer or lacks a
	// model.
	ReasonWaitingForOllama = "WaitingForOllama"
	// ReasonPodsNotCreated: the API server refuses the pods, because of a quota for
	// example.
	ReasonPodsNotCreated = "PodsNotCreated"
)

// Reasons of ConditionModelsPulled, beside ReasonModelPullFailed.
const (
	// ReasonAllModelsPulled: every Ollama pod has all models.
	ReasonAllModelsPulled = "AllModelsPulled"
	// ReasonPulling: some Ollama pods do not have all models yet.
	ReasonPulling = "Pulling"
)
