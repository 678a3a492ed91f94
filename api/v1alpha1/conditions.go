// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Condition types of an OllamaDeployment.
const (
	// ConditionReady is True when all pods of all enabled components are ready and up to
	// date, and no Ollama pod is known to lack a listed model.
	ConditionReady = "Ready"
	// ConditionProgressing is True while a rollout is in progress.
	ConditionProgressing = "Progressing"
	// ConditionDegraded is True when a pod has a failure that is unlikely to resolve itself.
	ConditionDegraded = "Degraded"
	// ConditionModelsPulled is True when all Ollama pods have all listed models, and
	// Unknown if that is not known.
	ConditionModelsPulled = "ModelsPulled"
	// ConditionRoutesAccepted is True when all parents of all routes have accepted them, and Unknown
	// while some have not answered. It is absent without routes. ConditionReady does not depend on
	// it, because the pods do not, and other ways to them may exist.
	ConditionRoutesAccepted = "RoutesAccepted"
	// ConditionDebt is True when the stored spec has errors that updates tolerate, or deprecated fields. It is
	// absent otherwise.
	ConditionDebt = "Debt"
)

// Reasons of ConditionReady.
const (
	// ReasonAllReplicasReady: all pods are ready.
	ReasonAllReplicasReady = "AllReplicasReady"
	// ReasonReplicasNotReady: some pods are not ready yet, or run an old pod template.
	ReasonReplicasNotReady = "ReplicasNotReady"
	// ReasonModelsNotPulled: all pods are ready, but some Ollama pod lacks a listed model.
	ReasonModelsNotPulled = "ModelsNotPulled"
	// ReasonNameConflict: an object that the OllamaDeployment does not own has the name of
	// a child.
	ReasonNameConflict = "NameConflict"
	// ReasonNotAdmitted: the spec was stored while the webhooks were not called, and lacks
	// defaults.
	ReasonNotAdmitted = "NotAdmitted"
	// ReasonPaused: spec.paused is true. ConditionReady has it only while something is not applied.
	ReasonPaused = "Paused"
	// ReasonNotAllowed: the operator's flags do not allow a part of the spec, such as a
	// hostPath volume without --allow-host-path.
	ReasonNotAllowed = "NotAllowed"
	// ReasonClaimNotShareable: several replicas need a ReadWriteOnce claim.
	ReasonClaimNotShareable = "ClaimNotShareable"
	// ReasonTrustNotUsable: the ConfigMap of spec.trust does not exist, or has no certificates.
	ReasonTrustNotUsable = "TrustNotUsable"
	// ReasonIdentityNotUsable: the Secret of spec.ollama.identitySecretRef does not exist, or has no key that
	// Ollama can read.
	ReasonIdentityNotUsable = "IdentityNotUsable"
	// ReasonDatabaseNotUsable: the Secret of spec.openwebui.database does not exist, or has no URL of
	// PostgreSQL.
	ReasonDatabaseNotUsable = "DatabaseNotUsable"
	// ReasonRedisNotUsable: the Secret of spec.openwebui.redis does not exist, or has no URL of Redis.
	ReasonRedisNotUsable = "RedisNotUsable"
	// ReasonApplyFailed: the API server rejected a child, or requests to it have failed
	// for two minutes.
	ReasonApplyFailed = "ApplyFailed"
)

// Reasons of ConditionProgressing, in addition to those of ConditionReady if children
// cannot be applied.
const (
	// ReasonRollingOut: pods are being created or replaced.
	ReasonRollingOut = "RollingOut"
	// ReasonMigratingDatabase: one pod of Open WebUI migrates the database, and the others wait for it.
	ReasonMigratingDatabase = "MigratingDatabase"
	// ReasonRestartQueued: pods that a new version of the operator changes wait until those of other objects
	// are replaced.
	ReasonRestartQueued = "RestartQueued"
	// ReasonRolloutComplete: all pods are up to date.
	ReasonRolloutComplete = "RolloutComplete"
	// ReasonProgressDeadlineExceeded: a rollout has made no progress within its deadline.
	// Kubernetes continues it.
	ReasonProgressDeadlineExceeded = "ProgressDeadlineExceeded"
)

// Reasons of ConditionDegraded.
const (
	// ReasonAsExpected: no known failures.
	ReasonAsExpected = "AsExpected"
	// ReasonModelPullFailed: Ollama could not pull a model.
	ReasonModelPullFailed = "ModelPullFailed"
	// ReasonModelNeedsNewerOllama: a model requires a newer version of Ollama.
	ReasonModelNeedsNewerOllama = "ModelNeedsNewerOllama"
	// ReasonImagePullFailed: the image of a container could not be pulled.
	ReasonImagePullFailed = "ImagePullFailed"
	// ReasonUnschedulable: a pod does not fit on any node.
	ReasonUnschedulable = "Unschedulable"
	// ReasonContainerNotCreated: a container could not be created, for example because a
	// Secret is missing.
	ReasonContainerNotCreated = "ContainerNotCreated"
	// ReasonMountFailed: a volume could not be mounted, for example because its ConfigMap,
	// Secret or PersistentVolumeClaim is missing.
	ReasonMountFailed = "MountFailed"
	// ReasonOOMKilled: a container was killed because it ran out of memory.
	ReasonOOMKilled = "OOMKilled"
	// ReasonCrashLooping: a container exits repeatedly.
	ReasonCrashLooping = "CrashLooping"
	// ReasonEvicted: a pod was evicted, for example because its node ran out of disk space
	// or memory, and its replacement is not ready.
	ReasonEvicted = "Evicted"
	// ReasonPodFailed: a pod failed for another reason, and its replacement is not ready.
	ReasonPodFailed = "PodFailed"
	// ReasonWaitingForOllama: Tabby waits for an Ollama that does not respond or does not
	// have a model.
	ReasonWaitingForOllama = "WaitingForOllama"
	// ReasonPodsNotCreated: the API server rejects the pods, for example because of a
	// quota.
	ReasonPodsNotCreated = "PodsNotCreated"
)

// Reasons of ConditionModelsPulled, in addition to ReasonModelPullFailed and
// ReasonModelNeedsNewerOllama.
const (
	// ReasonAllModelsPulled: all Ollama pods have all models.
	ReasonAllModelsPulled = "AllModelsPulled"
	// ReasonPulling: some Ollama pods do not have all models yet.
	ReasonPulling = "Pulling"
	// ReasonPodsUnreachable: the operator cannot reach Ollama in some pods, for example
	// because of a NetworkPolicy, and does not know which models they have.
	ReasonPodsUnreachable = "PodsUnreachable"
)

// Reasons of ConditionRoutesAccepted. If a parent rejects a route, the reason is the one that it gives, such
// as NoMatchingListenerHostname.
const (
	// ReasonRoutesAccepted: all parents have accepted the routes.
	ReasonRoutesAccepted = "RoutesAccepted"
	// ReasonWaitingForGateway: some parent has not answered for the latest route, for example because there
	// is no such Gateway, or no controller for it.
	ReasonWaitingForGateway = "WaitingForGateway"
	// ReasonGatewayAPIMissing: the cluster does not have HTTPRoutes. They are created when it has.
	ReasonGatewayAPIMissing = "GatewayAPIMissing"
	// ReasonRouteRejected: a parent rejects a route without a valid reason.
	ReasonRouteRejected = "RouteRejected"
)

// Reasons of ConditionDebt.
const (
	// ReasonToleratedErrors: admission would reject the spec if it were new.
	ReasonToleratedErrors = "ToleratedErrors"
	// ReasonDeprecatedFields: the spec has deprecated fields, and no errors.
	ReasonDeprecatedFields = "DeprecatedFields"
)
